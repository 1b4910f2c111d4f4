"""Loads deadlines and calendars from policy data into values that the engine reads. A fault names where and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .days import WorkCalendar, add_months
from .values import PolicyError

UNITS = ("working_days", "days", "months", "hours")
METHODS = ("dates", "rights", "retention", "breach")


@dataclass(frozen=True)
class Regime:
    """One set of rules as the policy states it: `row` is its entry, `calendar` None when nothing is rolled."""

    name: str
    row: Mapping[str, Any]
    calendar: WorkCalendar | None
    version: str

    def label(self, date_name: str) -> str:
        """What a date is for, in words."""
        return next((str(row["label"]) for row in self.row["dates"] if row["name"] == date_name), "")

    @property
    def rule(self) -> str:
        return f"{self.name}@{self.version}"


class Rules:
    """All regimes and calendars in force. Made by `load`."""

    def __init__(self, regimes: Mapping[str, Regime], calendars: Mapping[str, WorkCalendar], version: str) -> None:
        self.regimes, self.calendars, self.version = regimes, calendars, version


def load(deadlines: Mapping[str, Any], holidays: Mapping[str, Any]) -> Rules:
    """Rules from the parsed `deadlines` and `bank_holidays` policy. Raises PolicyError(pointer, reason)."""
    calendars = {name: _calendar(name, row, holidays["version"]) for name, row in holidays["calendars"].items()}
    regimes = {}
    for name, row in deadlines["regimes"].items():
        pointer = f"/regimes/{name}"
        calendar = row.get("calendar")
        if calendar is not None and calendar not in calendars:
            raise PolicyError(f"{pointer}/calendar", "there is no such calendar")
        if row["method"] not in METHODS:
            raise PolicyError(f"{pointer}/method", "there is no such way of counting")
        regime = Regime(name, row, calendars[calendar] if calendar else None, deadlines["version"])
        _check(regime, pointer, deadlines["ladders"])
        regimes[name] = Regime(
            name,
            {**row, "ladder": deadlines["ladders"].get(row.get("ladder", ""), [])},
            regime.calendar,
            regime.version,
        )
    return Rules(regimes, calendars, deadlines["version"])


def calendar_warning(rules: Rules, today: date) -> tuple[str, ...]:
    """One sentence for each calendar whose data ends within twelve months of `today`."""
    limit = add_months(today, 12)
    return tuple(
        f"The bank holidays of {calendar.title} are known until {calendar.last.isoformat()} only. Load newer ones."
        for calendar in rules.calendars.values()
        if calendar.last < limit
    )


def _calendar(name: str, row: Mapping[str, Any], version: str) -> WorkCalendar:
    pointer = f"/calendars/{name}"
    days: dict[date, str] = {}
    for number, entry in enumerate(row["holidays"]):
        try:
            days[date.fromisoformat(entry["date"])] = entry["title"]
        except ValueError:
            raise PolicyError(f"{pointer}/holidays/{number}/date", "there is no such date") from None
    first, last = date.fromisoformat(row["complete_from"]), date.fromisoformat(row["complete_until"])
    if first > last:
        raise PolicyError(f"{pointer}/complete_until", "it ends before it begins")
    outside = next((day for day in days if not first <= day <= last), None)
    if outside is not None:
        raise PolicyError(f"{pointer}/holidays", f"{outside.isoformat()} lies outside the years that are complete")
    return WorkCalendar(name, row["title"], version, days, first, last)


def _check(regime: Regime, pointer: str, ladders: Mapping[str, Any]) -> None:
    row = regime.row
    if row.get("ladder", "") and row["ladder"] not in ladders:
        raise PolicyError(f"{pointer}/ladder", "there is no such ladder")
    known = {"received"}
    for number, part in enumerate(row.get("dates", ())):
        here = f"{pointer}/dates/{number}"
        if row["method"] == "dates":
            unit, count = next(iter(part["add"].items()))
            if len(part["add"]) != 1 or unit not in UNITS:
                raise PolicyError(f"{here}/add", "give one of working_days, days, months")
            if count < 1:
                raise PolicyError(f"{here}/add/{unit}", "the count must be one or more")
            if unit == "working_days" and regime.calendar is None:
                raise PolicyError(f"{here}/add", "working days need a calendar")
            if part.get("roll") and regime.calendar is None:
                raise PolicyError(f"{here}/roll", "rolling off a bank holiday needs a calendar")
            if part["from"] not in known | set(row["happenings"]):
                raise PolicyError(f"{here}/from", "it counts from something that is not known before it")
        known.add(part["name"])
