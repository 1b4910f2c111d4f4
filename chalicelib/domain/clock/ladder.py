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
Rung = Mapping[str, Any]


def alerts(rules: Rules, clock: Clock, *, today: date) -> tuple[Alert, ...]:
    """The rungs of every promised date that is not met, earliest first, in UTC; days begin at 09:00 in London.

    A key holds the date, so that a moved date has rungs of its own and an old one is never raised for it. A date that
    waits for somebody has the rungs of the waiting ladder instead, under the day since when it waits.
    """
    regime = rules.regimes[clock.regime]
    calendar = regime.calendar or next(iter(rules.calendars.values()))
    found: list[Alert] = []
    for legal in clock.dates:
        if legal.since is not None:
            for rung in regime.row["waiting_ladder"]:
                found += _waiting(legal, legal.since, rung, today)
        elif legal.date is not None and not legal.limit and legal.status not in ("met", "met_late"):
            for rung in regime.row["ladder"]:
                for name, at in _instants(rung, legal, legal.date, calendar, today):
                    key = f"{legal.name}/{legal.date.isoformat()}/{name}"
                    found += [Alert(f"{key}/{to}", legal.name, legal.label, name, at, to) for to in rung["to"]]
    return tuple(sorted(found, key=lambda alert: (alert.at, alert.key)))


def _instants(
    rung: Rung, legal: LegalDate, due: date, calendar: WorkCalendar, today: date
) -> Iterator[tuple[str, datetime]]:
    if rung["at"] == "hours_before":
        if legal.at is not None:
            yield f"hours-{rung['hours']}", legal.at - timedelta(hours=rung["hours"])
        return
    for name, day in _days(rung, legal.counted_from or due, due, calendar, today):
        yield name, _morning(day)


def _days(rung: Rung, start: date, due: date, calendar: WorkCalendar, today: date) -> Iterator[tuple[str, date]]:
    """The days of one rung. A rung before the count began says nothing new, and is left out. Of the rungs after the
    date those that have come are there, and the one that comes next."""
    if rung["at"] == "half":
        day = start + (due - start) / 2
        if start < day < due:
            yield "half", day
    elif rung["at"] == "before":
        day = calendar.before(due, rung["working_days"])
        if day > start:
            yield f"before-{rung['working_days']}", day
    elif rung["at"] == "on_the_day":
        yield "on-the-day", due
    elif rung["at"] == "after":
        day = due
        for count in range(1, rung["times"] + 1):
            day += timedelta(days=1)
            while day.weekday() > 4 or day in calendar.holidays:
                day += timedelta(days=1)
            yield f"after-{count}", day
            if day > today:
                return


def _waiting(legal: LegalDate, since: date, rung: Rung, today: date) -> Iterator[Alert]:
    """Chasers and reviews of a clock that stands: after so many days, and again every so many, never a closing."""
    if rung["at"] != "waiting":
        return
    for count in range(rung.get("times", 1)):
        days = rung["days"] + count * rung.get("every", 0)
        name, day = f"waiting-{days}", since + timedelta(days=days)
        for to in rung["to"]:
            key = f"{legal.name}/waiting/{since.isoformat()}/{days}/{to}"
            yield Alert(key, legal.name, legal.label, name, _morning(day), to, since)
        if day > today:
            return


@lru_cache(maxsize=4096)
def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, LONDON).astimezone(UTC)
