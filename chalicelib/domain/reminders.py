"""Who hears that a date is near or past, or that we wait: by the clock, rung by rung, or because a person says so.
`policy/deadlines.json` holds the rungs. No reminder decides anything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from . import beside, chasers, clock
from .dates import open_alerts
from .errors import NotFound, Stale
from .model import Actor, Case, Change, Party, Task
from .policy import Book
from .record import Record
from .words import days, days_left, long_date


def check_clock(book: Book, case: Case, current: Task | None, requester: Party | None, now: datetime) -> Change | None:
    """Raise every alert that is due and was not raised; None when there is none. Each rung is raised exactly once.

    Rungs missed while nothing ran are marked as raised together, and each person hears of the latest only. A clock
    that stands is chased and reviewed and never closes by itself.
    """
    record = Record(book, case, now)
    due = [alert for alert in open_alerts(book, case, now) if alert.at <= now]
    if not due:
        record.put(next_alert=record.next_alert())
        return record.change() if record.case.next_alert != case.next_alert else None
    record.put(alerts_raised=(*case.alerts_raised, *(alert.key for alert in due)))
    record.put(next_alert=record.next_alert())
    chased = {(alert.date_name, alert.to): alert for alert in due if chasers.is_chaser(alert)}
    latest = {alert.to: alert for alert in due if not chasers.is_chaser(alert)}
    told = tuple(_remind(record, to, alert, current, requester) for to, alert in latest.items())
    told += tuple(number for alert in chased.values() for number in beside.remind(record, alert))
    record.happened(
        "alert_raised",
        messages=told,
        data={
            "dates": [
                {"name": alert.date_name, "label": alert.label, "rung": alert.rung}
                for alert in (*latest.values(), *chased.values())
            ]
        },
    )
    return record.change()


def chase(book: Book, case: Case, task: Task | None, actor: Actor, now: datetime) -> Change:
    """A reminder to whoever has a task, once a day each. Raises NotFound or Stale."""
    if task is None or task.status != "open" or not case.is_open:
        raise NotFound("That is done already, or there is no such task.")
    record = Record(book, case, now, actor=actor)
    if task.is_beside:
        beside.chase(record, task.number)
    else:
        _chase_current(record, task)
    return record.change()


def _chase_current(record: Record, task: Task) -> None:
    """The workflow's own task: to the person who has it, or to everybody who may do it."""
    today = clock.london_date(record.now)
    if record.case.chased_on == today:
        raise Stale("A reminder went out today already.")
    record.put(chased_on=today)
    title = record.book.task(task.task)["title"]
    due = f"It is due on {long_date(task.due)}: {days_left(task.due, today)}." if task.due else "It has no date."
    told = record.tell("task-reminder", to=_owner(task), task_title=title, task_due=due)
    record.happened("task_chased", messages=(told,), data={"task": task.task, "about": ""})


def _remind(record: Record, to: str, alert: clock.Alert, current: Task | None, requester: Party | None) -> int:
    """Queue the text of a rung: that a date is near or past, or how long we have waited for somebody."""
    legal = record.dates().date(alert.date_name)
    assert legal is not None
    today = clock.london_date(record.now)
    values: dict[str, Any] = {}
    if alert.since is not None:
        values = {"waited": days(alert.since, today), "waiting_words": " ".join(legal.explanation[1:])}
    elif legal.date is not None:
        words = f"{alert.label} by {long_date(legal.date)}"
        values = {"date_words": words, "rung_words": f"That is {days_left(legal.date, today)}."}
    name = f"{'waiting' if alert.since is not None else 'reminder'}-{to}"
    if to == "requester":
        return record.tell(name, requester, **values)
    return record.tell(name, to=_owner(current) if to == "owner" else "", **values)


def _owner(current: Task | None) -> str:
    """Whoever has the open task; the IG officers while nobody has."""
    if current is None or current.status != "open":
        return "role:ig_officer"
    return f"person:{current.person}" if current.person else f"role:{current.role}"
