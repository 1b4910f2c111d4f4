"""The views of the desk: which open tasks each shows to whom, and how many they are.

`""`, `mine` and `anybody` are what a person may do at once; the others are all of the team, whoever has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from .model import Actor, Case, Task
from .policy import Book

VIEWS = {
    "": "Yours and your role's",
    "mine": "Yours",
    "anybody": "Nobody has it yet",
    "team": "All of the team",
    "late": "Late",
    "waiting": "Paused or without a date",
    "approval": "Waits for a second person",
    "disposal": "May it be deleted?",
}


def shows(book: Book, actor: Actor, view: str, task: Task, today: date) -> bool:
    """Whether a view of this person's desk holds an open task, as far as the task itself tells (`today`: London)."""
    if view == "mine":
        return task.person == actor.id
    if view == "":
        return task.person == actor.id or (not task.person and task.role in actor.roles)
    if task.role not in book.access.held(actor.roles):
        return False
    return {
        "anybody": not task.person,
        "team": True,
        "late": task.due is not None and task.due < today,
        "waiting": task.due is None,
        "approval": bool(book.task(task.task).get("not_by")),
        "disposal": "decides_disposal" in book.kind(task.kind),
    }[view]


def counted(book: Book, actor: Actor, tasks: Iterable[tuple[Task, Case]], today: date) -> Mapping[str, int]:
    """How many of these open tasks, each with its case, the views hold. What this person may not open is in no count
    (`today`: London)."""
    found = dict.fromkeys(VIEWS, 0)
    for task, case in tasks:
        if book.access.may_see(actor, case):
            for view in VIEWS:
                found[view] += shows(book, actor, view, task, today)
    return found
