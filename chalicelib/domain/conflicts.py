"""Conflicts of interest: who says that they should have no part in a case (it is about somebody they know, they gave
the advice that is complained of) does not see it any more and decides nothing in it.

Anybody says it of themselves, a manager of others too. It counts from the transaction that writes it: a decision of
theirs that is on its way then fails. Only a manager ends it, and never their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from .errors import NotAllowed, NotFound, Stale
from .model import Actor, Case, Change, Person, Task
from .policy import Book
from .record import Record


def declare(
    book: Book, case: Case, tasks: Sequence[Task], actor: Actor, person: Person, reason: str, now: datetime
) -> Change:
    """Keep a person out of the case and hand back what they have of it. Raises Stale when they are kept out already."""
    if person.id in case.kept_out:
        raise Stale("They are kept out of this case already.")
    record = Record(book, case, now, actor=actor)
    record.put(
        kept_out=case.kept_out | {person.id},
        conflicts={**case.conflicts, person.id: person.name},
        people=case.people - {person.id},
    )
    for task in tasks:
        if task.status == "open" and task.person == person.id:
            record.task(replace(task, person="", version=task.version + 1))
    told = record.tell("conflict-declared", to="role:ig_manager")
    record.happened("conflict_declared", reason=reason, messages=(told,), data={"name": person.name})
    return record.change()


def end(book: Book, case: Case, actor: Actor, person: str, reason: str, now: datetime) -> Change:
    """The conflict is over, or was none. Raises NotFound when nobody declared one for this person, NotAllowed for
    one's own."""
    if person not in case.conflicts:
        raise NotFound("Nobody said that this person should have no part in the case.")
    if person == actor.id:
        raise NotAllowed("Somebody else must decide that you may.")
    record = Record(book, case, now, actor=actor)
    left = {one: name for one, name in case.conflicts.items() if one != person}
    record.put(kept_out=case.kept_out - {person}, conflicts=left)
    record.happened("conflict_ended", reason=reason, data={"name": case.conflicts[person]})
    return record.change()
