"""Who was asked for something beside the workflow, in words, and when they are chased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from .clock import Alert
from .clock.days import LONDON, WorkCalendar
from .model import Beside, Case, Task
from .policy import Book

CALENDAR = "england-and-wales"
MORNING = time(9)


def about_row(book: Book, task: str, about: str) -> Mapping[str, Any]:
    """What the policy knows of what a task is for: a service or a recipient of the notice; nothing of free words."""
    name = book.task(task).get("beside", {}).get("list", "")
    rows: Sequence[Mapping[str, Any]] = book.file("notice")[name] if name else ()
    return next((row for row in rows if row["id"] == about), {})


def title(book: Book, beside: Beside | Task) -> str:
    """What a task is for, in words; empty when it is for nothing in particular."""
    row = about_row(book, beside.task, beside.about)
    return str(row.get("title") or row.get("words") or beside.about).rstrip(".")


def calendar(book: Book) -> WorkCalendar:
    return book.rules.calendars[CALENDAR]


def alerts(book: Book, case: Case) -> list[Alert]:
    """The chasers of the open tasks of a case, earliest first, in UTC; days begin at 09:00 in London."""
    found = []
    for beside in case.beside:
        row = book.task(beside.task)
        for rung in row["beside"]["chase"]:
            at = datetime.combine(_rung_day(book, beside.due, rung["working_days"]), MORNING, LONDON).astimezone(UTC)
            name = f"chase{rung['working_days']:+d}"
            key = f"beside/{beside.number}/{beside.due.isoformat()}/{name}/{rung['to']}"
            found.append(Alert(key, f"beside:{beside.number}", row["title"], name, at, rung["to"]))
    return sorted(found, key=lambda alert: (alert.at, alert.key))


def _rung_day(book: Book, due: date, working_days: int) -> date:
    working = calendar(book)
    return working.add(due, working_days) if working_days >= 0 else working.before(due, -working_days)


def is_chaser(alert: Alert) -> bool:
    return alert.date_name.startswith("beside:")
