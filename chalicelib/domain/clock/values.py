"""What goes into the clock and what comes out. Only what happened goes in; nothing derived is ever stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class ClockError(ValueError):
    """An input that no rule allows: `rule` is a stable word, `message` says what to change, without the value."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule, self.message = rule, message


class PolicyError(ValueError):
    """A deadline or calendar file that makes no sense: `pointer` says where, `reason` why."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(f"{pointer}: {reason}")
        self.pointer, self.reason = pointer, reason


@dataclass(frozen=True)
class Happening:
    """Something the law counts from. `at` is a Europe/London civil date."""

    type: str
    at: dt.date
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class LegalDate:
    """One date with its working. The last date that `explanation` names is `date`, when there is one.

    `counted_from` is the day from which it was counted; `limit` marks an outer bound, which is no promise;
    `label` says in a resident's words what is due. A date that waits for somebody has no `date` and says `since` when.
    A limit in hours has its instant `at` (UTC) besides its London day.
    """

    name: str
    date: dt.date | None
    status: str
    rule: str
    source: str
    calendar: str
    explanation: tuple[str, ...]
    counted_from: dt.date | None = None
    limit: bool = False
    label: str = ""
    since: dt.date | None = None
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Clock:
    """All dates of a matter. `answers` are the results under the names of the date vectors."""

    regime: str
    status: str
    dates: tuple[LegalDate, ...]
    answers: Mapping[str, Any]
    explanation: tuple[str, ...]

    def date(self, name: str) -> LegalDate | None:
        return next((legal for legal in self.dates if legal.name == name), None)


@dataclass(frozen=True)
class Alert:
    """One rung of a ladder of reminders: when it is due (UTC) and who is told. `key` names it for ever. `since` is
    given when it says how long we have waited, and not that a date is near."""

    key: str
    date_name: str
    label: str
    rung: str
    at: dt.datetime
    to: str
    since: dt.date | None = None


def status(due: dt.date, met: Sequence[dt.date], today: dt.date | None) -> str:
    """`met`, `met_late`, `missed` or `running`: the only place that says whether something is late."""
    if met:
        return "met" if min(met) <= due else "met_late"
    return "missed" if today is not None and today > due else "running"
