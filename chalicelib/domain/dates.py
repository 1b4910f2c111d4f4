"""The legal dates of cases: what the clock says of one, and which reminders wait.

The answers are remembered per process: cases that came in on one day, and to which the same has happened, have the
same dates. The keys hold days and kinds of events, and nothing of a person.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from .clock import Alert, Clock, Happening, LegalDate, Rules, alerts, compute, london_date
from .model import Case
from .policy import Book


def dates_of(book: Book, case: Case, now: datetime) -> Clock:
    """All legal dates of the case with their explanations, as they look today (London) at `now` (UTC)."""
    return _clock(book.rules, case.regime, case.received_on, case.happenings, case.kind, london_date(now))


def open_alerts(book: Book, case: Case, now: datetime) -> list[Alert]:
    """The rungs of the reminder ladder of the case's dates that were not raised yet, earliest first."""
    ladder = _ladder(book.rules, case.regime, case.received_on, case.happenings, case.kind, london_date(now))
    return [alert for alert in ladder if alert.key not in case.alerts_raised]


def promised(book: Book, kind: str, received_at: datetime, now: datetime) -> tuple[LegalDate, ...]:
    """The dates that a person is promised for a submission of this kind received then (both instants aware)."""
    row = book.kind(kind)
    found = _clock(book.rules, row["regime"], london_date(received_at), (), kind, london_date(now))
    dates = (found.date(name) for name in row["promised"])
    return tuple(legal for legal in dates if legal is not None and legal.date is not None)


@lru_cache(maxsize=1024)
def _clock(
    rules: Rules, regime: str, received: date, happenings: tuple[Happening, ...], kind: str, today: date
) -> Clock:
    return compute(rules, regime, received, happenings, {"kind": kind}, today=today)


@lru_cache(maxsize=1024)
def _ladder(
    rules: Rules, regime: str, received: date, happenings: tuple[Happening, ...], kind: str, today: date
) -> tuple[Alert, ...]:
    return alerts(rules, _clock(rules, regime, received, happenings, kind, today), today=today)
