"""Who has a task: somebody takes it, is given it, or hands it back to its role. Nothing is decided by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from . import chasers, independence
from .errors import Invalid, NotAllowed, Problem, Stale
from .model import Actor, Case, Change, Person, Task
from .policy import Book
from .record import Record
from .words import long_date


def assign(
    book: Book, case: Case, task: Task, actor: Actor, person: Person | None, reason: str, now: datetime
) -> Change | None:
    """Put the task on one person's desk, or with None back on that of the role. None when it is so already.

    Raises Stale (it is decided, or the case is closed), NotAllowed (they took part before, or it is about them) or
    Invalid (they do not have the role).
    """
    if task.status != "open" or not case.is_open:
        raise Stale("This is done already.")
    if task.person == (person.id if person else ""):
        return None
    if person is not None:
        if person.id in task.not_by | independence.barred(book, case, task.task):
            raise NotAllowed("They took part in this case before. Somebody else must decide this.")
        if task.role not in book.access.held(person.roles):
            raise Invalid((Problem("/person", "people", "Choose somebody from the list."),))
    record = Record(book, case, now, actor=actor)
    if person is not None:
        record.put(people=case.people | {person.id})
    record.task(replace(task, person=person.id if person else "", version=task.version + 1))
    told: tuple[int, ...] = ()
    if person is not None and person.id != actor.id:
        title = book.task(task.task)["title"]
        due = f"It is due on {long_date(task.due)}." if task.due else "It has no date."
        told = (record.tell("task-given", to=f"person:{person.id}", task_title=title, task_due=due),)
    record.happened(
        "task_handed_back" if person is None else "task_taken" if person.id == actor.id else "task_given",
        reason=reason,
        messages=told,
        task=task.number,
        data={
            "task": task.task,
            "name": person.name if person else "",
            "names": {person.id: person.name} if person else {},
            "about": chasers.title(book, task),
        },
    )
    return record.change()
