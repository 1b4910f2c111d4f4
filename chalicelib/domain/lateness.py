"""Why something came late: somebody says it, by a cause from a closed list (`late_causes` in `policy/figures.json`), so
that it can be counted and mended. It moves no date, and the person is told by the workflow, not by this."""

from __future__ import annotations

from datetime import datetime

from .clock import Clock
from .dates import dates_of
from .errors import Invalid, Problem, Stale
from .model import Actor, Case, Change
from .policy import Book
from .record import Record

LATE = ("missed", "met_late")
CAUSE = "late_cause"


def is_late(book: Book, case: Case, clock: Clock) -> bool:
    """Whether a date that the law or the council set was missed; an aim, or a limit that binds the person, is none."""
    rows = book.rules.regimes[case.regime]
    return any(
        legal.status in LATE and not legal.limit and not rows.date_row(legal.name).get("aim") for legal in clock.dates
    )


def say(book: Book, case: Case, cause: str, words: str, actor: Actor, now: datetime) -> Change:
    """Note the cause. Said again, the last one counts. Raises Invalid, or Stale when nothing is late."""
    titles = {row["id"]: row["title"] for row in book.file("figures")["late_causes"]}
    if cause not in titles:
        raise Invalid((Problem("/cause", "enum", "Choose one of the causes."),))
    if not is_late(book, case, dates_of(book, case, now)):
        raise Stale("No date of this case was missed.")
    record = Record(book, case, now, actor=actor)
    record.keep(**{CAUSE: cause})
    record.happened("late_explained", reason=words, data={"title": titles[cause]})
    return record.change()
