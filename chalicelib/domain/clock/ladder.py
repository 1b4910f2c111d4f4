"""When to remind whom of a date: the ladder of the regime, as policy states it, turned into instants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from .days import LONDON, WorkCalendar
from .rules import Rules
from .values import Alert, Clock, LegalDate

MORNING = time(9)


def alerts(rules: Rules, clock: Clock, *, today: date) -> tuple[Alert, ...]:
    """The rungs of every promised date that is not met, earliest first; instants are 09:00 in London, in UTC.

    A key holds the date, so that a moved date has rungs of its own and an old one is never raised for it.
    """
    regime = rules.regimes[clock.regime]
    calendar = regime.calendar or next(iter(rules.calendars.values()))
    found: list[Alert] = []
    for legal in clock.dates:
        if legal.date is None or legal.limit or legal.status in ("met", "met_late"):
            continue
        for rung in regime.row["ladder"]:
            for name, day in _days(rung, legal, calendar, today):
                found += [_alert(legal, name, day, to) for to in rung["to"]]
    return tuple(sorted(found, key=lambda alert: (alert.at, alert.key)))


def _days(rung: Mapping[str, Any], legal: LegalDate, calendar: WorkCalendar, today: date) -> Iterator[tuple[str, date]]:
    """The days of one rung. A rung before the count began says nothing new, and is left out. Of the rungs after the
    date those that have come are there, and the one that comes next."""
    assert legal.date is not None
    start = legal.counted_from or legal.date
    if rung["at"] == "half":
        day = start + (legal.date - start) / 2
        if start < day < legal.date:
            yield "half", day
    elif rung["at"] == "before":
        day = calendar.before(legal.date, rung["working_days"])
        if day > start:
            yield f"before-{rung['working_days']}", day
    elif rung["at"] == "on_the_day":
        yield "on-the-day", legal.date
    elif rung["at"] == "after":
        day = legal.date
        for count in range(1, rung["times"] + 1):
            day += timedelta(days=1)
            while day.weekday() > 4 or day in calendar.holidays:
                day += timedelta(days=1)
            yield f"after-{count}", day
            if day > today:
                return


@lru_cache(maxsize=4096)
def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, LONDON).astimezone(UTC)


def _alert(legal: LegalDate, rung: str, day: date, to: str) -> Alert:
    assert legal.date is not None
    at = _morning(day)
    return Alert(f"{legal.name}/{legal.date.isoformat()}/{rung}/{to}", legal.name, legal.label, rung, at, to)
