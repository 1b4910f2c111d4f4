"""The legal dates of cases: what the clock says of one, and which reminders wait.

The answers are remembered per process: cases that came in on one day, and to which the same has happened, have the
same dates. The keys hold days and kinds of events, and nothing of a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from . import chasers
from .clock import Alert, Clock, Happening, LegalDate, Rules, alerts, compute, london_date
from .model import Case
from .policy import Book


def dates_of(book: Book, case: Case, now: datetime) -> Clock:
    """All legal dates of the case with their explanations, as they look today (London) at `now` (UTC)."""
    return _clock(*_key(book, case, now))


def open_alerts(book: Book, case: Case, now: datetime) -> list[Alert]:
    """What is to be raised and was not yet, earliest first: the rungs of the reminder ladder of the case's dates, the
    chasers of those who were asked for something, and the nudges of a kind that must not lie."""
    ladder = _ladder(*_key(book, case, now))
    if case.beside or book.kind(case.kind).get("nudges"):
        more = [*ladder, *chasers.alerts(book, case), *_nudges(book, case)]
        ladder = tuple(sorted(more, key=lambda alert: (alert.at, alert.key)))
    return [alert for alert in ladder if alert.key not in case.alerts_raised]


def _nudges(book: Book, case: Case) -> list[Alert]:
    """Reminders some hours after receipt while nobody has done the first task: a worry about a child cannot lie."""
    row = book.kind(case.kind)
    if case.stage != row["first_stage"]:
        return []
    first = row["promised"][0]
    label = book.rules.regimes[case.regime].label(first)
    return [
        Alert(f"nudge/{rung['hours']}/{to}", first, label, f"nudge-{rung['hours']}", at, to)
        for rung in row.get("nudges", ())
        for at in (case.received_at + timedelta(hours=rung["hours"]),)
        for to in rung["to"]
    ]


def promised(
    book: Book, kind: str, context: Mapping[str, str], received_at: datetime, now: datetime
) -> tuple[LegalDate, ...]:
    """The dates that a person is promised for a submission of this kind received then (both instants aware)."""
    row = book.kind(kind)
    found = _clock(book.rules, row["regime"], london_date(received_at), (), _pairs(context), london_date(now))
    dates = (found.date(name) for name in row["promised"])
    return tuple(legal for legal in dates if legal is not None and legal.date is not None)


def context_of(row: Mapping[str, Any], submission: Mapping[str, Any]) -> dict[str, str]:
    """What the rules of this kind (its row in `policy/kinds.json`) ask of the submission besides days."""
    return {name: str(submission.get(field, "")) for name, field in row.get("context", {}).items()}


Pairs = tuple[tuple[str, str], ...]
Key = tuple[Rules, str, date | datetime, tuple[Happening, ...], Pairs, date]


def _pairs(context: Mapping[str, str]) -> Pairs:
    return tuple(sorted(context.items()))


def _key(book: Book, case: Case, now: datetime) -> Key:
    """A limit in hours counts from the instant; all others from the London day."""
    in_hours = book.rules.regimes[case.regime].row["method"] == "hours"
    received = case.received_at if in_hours else case.counts_from or case.received_on
    return book.rules, case.regime, received, case.happenings, _pairs(case.context), london_date(now)


@lru_cache(maxsize=1024)
def _clock(
    rules: Rules, regime: str, received: date | datetime, happenings: tuple[Happening, ...], context: Pairs, today: date
) -> Clock:
    return compute(rules, regime, received, happenings, dict(context), today=today)


@lru_cache(maxsize=1024)
def _ladder(
    rules: Rules, regime: str, received: date | datetime, happenings: tuple[Happening, ...], context: Pairs, today: date
) -> tuple[Alert, ...]:
    return alerts(rules, _clock(rules, regime, received, happenings, context, today), today=today)
