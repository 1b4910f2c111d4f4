"""What staff enter for people: it counts from the day anybody in the council first had it, whoever saw it when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .clock.days import WorkCalendar
from .errors import Problem
from .model import Case

OLD = 400
"""Days after which a receipt is likely to be mistyped: asked about, never refused."""


@dataclass(frozen=True, kw_only=True)
class Entered:
    """How something came: `came_to` is a holder of policy/notice.json, empty for Information Governance itself;
    `recognised_on` the London day on which Information Governance saw it; `read_back` what the person said when it was
    read to them."""

    recognised_on: date | None = None
    came_to: str = ""
    taken_by: str = ""
    read_back: str = ""


def problems(entered: Entered, received_on: date, today: date) -> tuple[Problem, ...]:
    """What cannot be so (all London days)."""
    seen = entered.recognised_on
    if seen is None or received_on <= seen <= today:
        return ()
    words = "Give a day from the day it came until today."
    return (Problem("/recognised_on", "range", words),)


def days_lost(case: Case) -> int:
    """The calendar days that went by before Information Governance saw it: they are part of the time that the law
    gives (Art 12A: receipt by the controller, not by a team)."""
    return max(0, (case.recognised_on - case.received_on).days) if case.recognised_on else 0


def working_days_lost(case: Case, calendar: WorkCalendar) -> int:
    """As `days_lost`, in working days of this calendar."""
    if case.recognised_on is None or case.recognised_on <= case.received_on:
        return 0
    count, day = 0, case.received_on
    while (day := calendar.add(day, 1)) <= case.recognised_on:
        count += 1
    return count
