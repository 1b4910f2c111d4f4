"""What is counted of a case: no name, no reference, nothing that a person wrote. It stays when the case goes.

Which of a case's words are counted is data: `figures` of a kind in `policy/kinds.json`. Each comes from a closed list,
a choice in a form, so that nothing can be counted that tells who somebody is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from . import lateness
from .clock import london_date
from .dates import dates_of
from .entry import days_lost
from .model import Case
from .policy import Book
from .suppression import Table, publishable

NOT_SAID = "not_said"
ON_TIME, MONTH, KIND = "on_time", "month", "kind"
IN_TIME, LATE, OPEN = "in_time", "late", "open"
"""A part of every case: in time, late, or still open; the words are `on_time` in `policy/figures.json`."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One case as it is counted. `on_time` is None while it is open; `days` run from receipt to closing, `paused` of
    them stood still, `lost` went by before Information Governance saw what had come to `came_to`; `parts` are words of
    closed lists, by name."""

    kind: str
    received_on: date
    closed_on: date | None
    outcome: str
    on_time: bool | None
    days: int | None
    paused: int
    channel: str
    came_to: str = ""
    lost: int = 0
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def month(self) -> str:
        return f"{self.received_on:%Y-%m}"


def of_case(book: Book, case: Case, now: datetime) -> Figure:
    """What is counted of this case as it is now (`now`: aware UTC)."""
    closed_on = london_date(case.closed_at) if case.closed_at else None
    clock = dates_of(book, case, now)
    sources = {"facts": case.facts, "context": case.context}
    parts = {}
    for name, path in book.kind(case.kind).get("figures", {}).items():
        source, _, key = path.partition("/")
        parts[name] = str(sources[source].get(key) or NOT_SAID)
    on_time = not lateness.is_late(book, case, clock) if closed_on else None
    parts[ON_TIME] = OPEN if on_time is None else IN_TIME if on_time else LATE
    return Figure(
        kind=case.kind,
        received_on=case.received_on,
        closed_on=closed_on,
        outcome=case.outcome,
        on_time=on_time,
        days=(closed_on - case.received_on).days if closed_on else None,
        paused=int(clock.answers.get("paused_days") or 0),
        channel=case.channel,
        came_to=case.came_to,
        lost=days_lost(case),
        parts=parts,
    )


def quarter_of(day: date) -> str:
    """The calendar quarter of a London day: 2026-Q4."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def next_quarter(quarter: str) -> str:
    """The quarter after this one: 2027-Q1 after 2026-Q4."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year + 1}-Q1" if number == 4 else f"{year}-Q{number + 1}"


def months_of(quarter: str) -> tuple[str, ...]:
    year, _, number = quarter.partition("-Q")
    first = 3 * int(number) - 2
    return tuple(f"{year}-{month:02d}" for month in range(first, first + 3))


def months_until(day: date, count: int) -> tuple[str, ...]:
    """The month of a London day and those before it, `count` in all, the newest first."""
    first = day.year * 12 + day.month - 1
    return tuple(f"{number // 12}-{number % 12 + 1:02d}" for number in range(first, first - count, -1))


def may_publish_from(quarter: str) -> date:
    """The day from which a quarter may be published: a month after it ended, for what came in by then is known. What is
    published then never changes: two tables of the same time would tell their difference."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return date(year + 1, 2, 1) if number == 4 else date(year, 3 * number + 2, 1)


def quarters_before(day: date, count: int) -> tuple[str, ...]:
    """The last `count` quarters that ended before this day, the newest first."""
    year, number = day.year, (day.month + 2) // 3
    found = []
    for _ in range(count):
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
        found.append(f"{year}-Q{number}")
    return tuple(found)


def table(rows: Iterable[Figure], part: str, values: Iterable[str], months: tuple[str, ...]) -> Table:
    """Counts by a part and the month of receipt, as they may be published. Words that are not in `values` any more are
    counted as not said."""
    listed = (*values, NOT_SAID)
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        value = row.parts.get(part, NOT_SAID)
        key = (value if value in listed else NOT_SAID, row.month)
        counts[key] = counts.get(key, 0) + 1
    return publishable(listed, months, counts)


def by_part(rows: Iterable[Figure], part: str) -> Mapping[str, Mapping[str, Any]]:
    """Exact counts for each word of a part, for each kind or for each month of receipt; of the causes of lateness, only
    what was late. Not for publication."""
    groups: dict[str, list[Figure]] = {}
    for row in rows:
        if part != lateness.CAUSE or row.on_time is False:
            own = {MONTH: row.month, KIND: row.kind}
            groups.setdefault(own.get(part) or row.parts.get(part, NOT_SAID), []).append(row)
    return {value: totals(group) for value, group in sorted(groups.items())}


def lost_by_holder(rows: Iterable[Figure]) -> Mapping[str, tuple[int, int]]:
    """For each part of the council that first got something: how many cases, and how many days went by in all before
    Information Governance saw them. Empty is Information Governance itself."""
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        cases, days = found.get(row.came_to, (0, 0))
        found[row.came_to] = (cases + 1, days + row.lost)
    return found


def totals(rows: Iterable[Figure]) -> Mapping[str, Any]:
    """Exact counts for whoever must be told them by law, as the Commissioner (DPA 2018 s.164B): not for publication."""
    listed = tuple(rows)
    closed = [row for row in listed if row.closed_on is not None]
    by_outcome: dict[str, int] = {}
    for row in closed:
        by_outcome[row.outcome] = by_outcome.get(row.outcome, 0) + 1
    gross = [row.days for row in closed if row.days is not None]
    net = [row.days - row.paused for row in closed if row.days is not None]
    return {
        "received": len(listed),
        "closed": len(closed),
        "open": len(listed) - len(closed),
        "on_time": sum(bool(row.on_time) for row in closed),
        "median_days": median(gross) if gross else None,
        "median_net": median(net) if net else None,
        "outcomes": by_outcome,
    }
