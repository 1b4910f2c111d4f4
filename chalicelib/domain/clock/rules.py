"""Loads deadlines and calendars from policy data into values that the engine reads. A fault names where and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from string import Formatter
from typing import Any

from . import words
from .days import WorkCalendar, add, add_months
from .values import LegalDate, PolicyError

METHODS = ("dates", "period", "hours", "retention")
WORDS = {
    "dates": ("received",),
    "period": ("received", "later_start", "projection"),
    "hours": ("received",),
    "retention": ("received",),
}


@dataclass(frozen=True)
class Regime:
    """One set of rules as the policy states it: `row` is its entry, `calendar` None when nothing is rolled."""

    name: str
    row: Mapping[str, Any]
    calendar: WorkCalendar | None
    version: str

    @property
    def rule(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def period(self) -> tuple[str, int]:
        """Unit and count of the period."""
        return _unit(self.row["period"])

    @property
    def extension(self) -> tuple[str, int]:
        """Unit and count by which a notice makes the period longer."""
        return _unit(self.row["extension"]["add"])

    def part(self, name: str) -> Mapping[str, Any]:
        """The part of the row with this name; empty when the regime has none."""
        found: Mapping[str, Any] = self.row.get(name, {})
        return found

    def words(self, name: str, **values: date | str | None) -> str:
        return words.filled(self.row["words"][name], **values)

    def has(self, date_name: str) -> bool:
        return any(row["name"] == date_name for row in self.row["dates"])

    def date_row(self, date_name: str) -> Mapping[str, Any]:
        """What the policy says of one date; empty for a date that it does not name."""
        return next((row for row in self.row["dates"] if row["name"] == date_name), {})

    def knows(self, date_name: str) -> bool:
        return bool(self.date_row(date_name))

    def label(self, date_name: str) -> str:
        """What a date is for, in a resident's words."""
        return str(self.date_row(date_name).get("label", ""))

    def roll(self, day: date) -> date:
        """The next working day, in a regime whose calendar rolls; else the day itself."""
        return self.calendar.roll(day) if self.calendar is not None else day

    def nominal(self, start: date, *, extended: bool = False) -> date:
        """The period's last day before pauses and roll; an extension counts from the same start."""
        unit, count = self.period
        return add(self.calendar, start, unit, count + (self.extension[1] if extended else 0))

    def legal(
        self, name: str, day: date | None, word: str, said: Sequence[str], counted_from: date, **more: Any
    ) -> LegalDate:
        """A date of this regime with its rule, source, calendar version and label."""
        row = self.date_row(name)
        calendar = self.calendar.label if self.calendar is not None else ""
        return LegalDate(
            name=name,
            date=day,
            status=word,
            rule=self.rule,
            source=row.get("source", self.row["source"]),
            calendar=calendar,
            explanation=tuple(said),
            counted_from=counted_from,
            label=self.label(name),
            **more,
        )


class Rules:
    """All regimes and calendars in force. Made by `load`. `version` changes with every file that dates depend on."""

    def __init__(self, regimes: Mapping[str, Regime], calendars: Mapping[str, WorkCalendar], version: str) -> None:
        self.regimes, self.calendars, self.version = regimes, calendars, version


def load(
    deadlines: Mapping[str, Any], holidays: Mapping[str, Any], closures: Sequence[Mapping[str, Any]] = ()
) -> Rules:
    """Rules from the parsed `deadlines` and `bank_holidays` policy and the council's office closures.

    Raises PolicyError(pointer, reason); a pointer into another file than the deadlines begins with its name.
    """
    closed = _closed(closures)
    calendars = {name: _calendar(name, row, holidays["version"], closed) for name, row in holidays["calendars"].items()}
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
        unnamed = next((event for event in row["happenings"] if event not in deadlines["events"]), None)
        if unnamed is not None:
            raise PolicyError("/events", f"the event {unnamed} has no words")
        ladders = {kind: deadlines["ladders"].get(row.get(kind, ""), []) for kind in ("ladder", "waiting_ladder")}
        regimes[name] = Regime(name, {**row, **ladders}, regime.calendar, regime.version)
    return Rules(regimes, calendars, f"{deadlines['version']}/{holidays['version']}")


def calendar_warning(rules: Rules, today: date) -> tuple[str, ...]:
    """One sentence for each calendar whose data ends within twelve months of `today`."""
    limit = add_months(today, 12)
    return tuple(
        f"The bank holidays of {calendar.title} are known until {words.long(calendar.last)} only. Load newer ones."
        for calendar in rules.calendars.values()
        if calendar.last < limit
    )


def _unit(amount: Mapping[str, int]) -> tuple[str, int]:
    return next(iter(amount.items()))


def _calendar(name: str, row: Mapping[str, Any], version: str, closed: frozenset[date]) -> WorkCalendar:
    pointer = f"bank_holidays:/calendars/{name}"
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
    return WorkCalendar(name, row["title"], version, days, first, last, closed)


def _closed(closures: Sequence[Mapping[str, Any]]) -> frozenset[date]:
    days: set[date] = set()
    for number, row in enumerate(closures):
        first, last = date.fromisoformat(row["from"]), date.fromisoformat(row["until"])
        if not 0 <= (last - first).days <= 366:
            raise PolicyError(f"council:/closures/{number}/until", "it ends before it begins, or lasts over a year")
        days |= {first + timedelta(days=count) for count in range((last - first).days + 1)}
    return frozenset(days)


def _check(regime: Regime, pointer: str, ladders: Mapping[str, Any]) -> None:
    row = regime.row
    for kind in ("ladder", "waiting_ladder"):
        if row.get(kind, "") and row[kind] not in ladders:
            raise PolicyError(f"{pointer}/{kind}", "there is no such ladder")
    force = row["in_force"]
    if force.get("until", "9999-12-31") < force["from"]:
        raise PolicyError(f"{pointer}/in_force/until", "it ends before it begins")
    for name in WORDS[row["method"]]:
        if name not in row["words"]:
            raise PolicyError(f"{pointer}/words", f"the words for {name} are missing")
    _check_texts(row, pointer)
    happenings = set(row["happenings"])
    _check_happenings(row, pointer, happenings)
    if row["method"] == "dates":
        _check_dates(regime, pointer, happenings)
    elif row["method"] == "period":
        _check_period(regime, pointer)
    elif row["method"] == "hours" and "hours" not in row.get("period", {}):
        raise PolicyError(f"{pointer}/period", "give the hours")


def _check_dates(regime: Regime, pointer: str, happenings: set[str]) -> None:
    known = {"received"} | happenings
    for number, part in enumerate(regime.row["dates"]):
        here = f"{pointer}/dates/{number}"
        if "from_last" in part:
            if "add" not in part or not set(part["from_last"]) <= happenings:
                raise PolicyError(here, "say what is added, and from which events")
        elif "from" not in part or ("add" not in part and part["from"] not in happenings):
            raise PolicyError(here, "say what is added, and from when")
        if "add" in part:
            _check_amount(regime, part["add"], f"{here}/add")
        if part.get("roll") and regime.calendar is None:
            raise PolicyError(f"{here}/roll", "rolling off a bank holiday needs a calendar")
        if part.get("from", "received") not in known:
            raise PolicyError(f"{here}/from", "it counts from something that is not known before it")
        if part.get("from") != "received" and "from_words" not in part:
            raise PolicyError(here, "the words for the day it counts from are missing")
        if part.get("replaced_by", "") not in {"", *happenings} or ("replaced_by" in part) is not (
            "in_time_key" in part
        ):
            raise PolicyError(here, "say what replaces it, and which answer says whether that was in time")
        known.add(part["name"])


def _check_period(regime: Regime, pointer: str) -> None:
    row = regime.row
    if "period" not in row:
        raise PolicyError(pointer, "the period is missing")
    _check_amount(regime, row["period"], f"{pointer}/period")
    if "extension" in row:
        _check_amount(regime, row["extension"]["add"], f"{pointer}/extension/add")
        if regime.extension[0] != regime.period[0]:
            raise PolicyError(f"{pointer}/extension/add", "it must be counted in the unit of the period")
    if not regime.has("due"):
        raise PolicyError(f"{pointer}/dates", "the date named due is missing")
    for number, part in enumerate(row["dates"]):
        if part["name"] not in ("due", row.get("target", {}).get("name")) and "words" not in part:
            raise PolicyError(f"{pointer}/dates/{number}", "its words are missing")


def _check_amount(regime: Regime, amount: Mapping[str, int], here: str) -> None:
    unit, count = _unit(amount) if len(amount) == 1 else ("", 0)
    if unit not in ("working_days", "open_days", "days", "months"):
        raise PolicyError(here, "give one of working_days, open_days, days, months")
    if count < 1:
        raise PolicyError(f"{here}/{unit}", "the count must be one or more")
    if unit in ("working_days", "open_days") and regime.calendar is None:
        raise PolicyError(here, "working days need a calendar")


def _check_happenings(row: Mapping[str, Any], pointer: str, known: set[str]) -> None:
    """Every event that a part of the row names is one that the regime knows."""
    named = [(f"{pointer}/met_by", name) for name in row.get("met_by", ())]
    for number, gate in enumerate(row.get("gates", ())):
        named += [(f"{pointer}/gates/{number}/{side}", gate[side]) for side in ("asked", "given")]
    for part, sides in (
        ("pause", ("asked", "answered")),
        ("restart", ("asked", "answered")),
        ("extension", ("notice",)),
    ):
        named += [(f"{pointer}/{part}/{side}", row[part][side]) for side in sides if part in row]
    for number, part_row in enumerate(row["dates"]):
        here = f"{pointer}/dates/{number}"
        named += [(f"{here}/{side}", part_row[side]) for side in ("when", "unless") if side in part_row]
        named += [(f"{here}/{side}", name) for side in ("met_by", "satisfied_by") for name in part_row.get(side, ())]
    for here, name in named:
        if name not in known:
            raise PolicyError(here, "it is not among the events of this regime")


def _check_texts(value: Any, pointer: str) -> None:
    """A text with a place to fill in fills in `{day}` or `{days}` and nothing else."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _check_texts(inner, f"{pointer}/{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check_texts(inner, f"{pointer}/{number}")
    elif isinstance(value, str):
        try:
            fields = {field for _, field, _, _ in Formatter().parse(value) if field is not None}
        except ValueError:
            raise PolicyError(pointer, "its braces do not pair") from None
        if fields - {"day", "days"}:
            raise PolicyError(pointer, "only {day} and {days} can be filled in")
