"""Who may not decide a task: whoever decided what it checks, whoever took part in what is looked at again, and whoever
a complaint is about (LGSCO Complaint Handling Code, stage 2 by somebody else; SI 2006/1738 regs 17 and 19).

It is computed from the case when the task is decided, and the decision is written only while the case is as it was
read: so it holds even when somebody took part at the very same moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from .errors import Invalid, NotAllowed, NotFound, Problem, Stale
from .model import Actor, Case, Change, Person, Task
from .policy import Book
from .record import Record


def barred(book: Book, case: Case, task: str) -> frozenset[str]:
    """Those who may not decide this task of the case, by what has happened in it until now."""
    took_part = {who for earlier in book.task(task).get("not_by", ()) for who in case.took_part.get(earlier, ())}
    return frozenset(took_part - set(case.overrides.get(task, ()))) | case.kept_out


def check_names(pointers: Sequence[str], data: Mapping[str, Any], tasks: Sequence[Task]) -> None:
    """Raises Invalid when somebody who is named as independent (an independent person, a member of a panel) decided
    something in the case before. We know them by name only."""
    before = {_plain(task.decided_by_name) for task in tasks if task.decided_by_name}
    before |= {_plain(task.decided_by) for task in tasks if task.decided_by}
    for pointer in pointers:
        given = data[pointer.lstrip("/")]
        named = [given] if isinstance(given, str) else list(given)
        if any(_plain(name) in before for name in named):
            words = "Somebody named here took part in this case before. Choose somebody else."
            raise Invalid((Problem(f"/data{pointer}", "independent", words),))


def _plain(name: str) -> str:
    return " ".join(sorted(name.replace(",", " ").casefold().split()))


def override(book: Book, case: Case, task: Task, actor: Actor, person: Person, reason: str, now: datetime) -> Change:
    """A manager lets somebody decide although they took part before, and says why; everybody who sees the case sees
    that. Nobody does it for themselves, nor for somebody whom the complaint is about.

    Raises NotFound, NotAllowed, Invalid or Stale.
    """
    if task.status != "open" or not case.is_open:
        raise Stale
    if person.id == actor.id:
        raise NotAllowed("Somebody else must decide that you may.")
    if person.id in case.kept_out:
        raise NotAllowed("The complaint is about this person. They cannot decide it.")
    if person.id not in task.not_by | barred(book, case, task.task):
        raise NotFound("Nothing keeps this person from the task.")
    if not reason.strip():
        raise Invalid((Problem("/reason", "required", "Write why nobody else can do it."),))
    record = Record(book, case, now, actor=actor)
    named = (*case.overrides.get(task.task, ()), person.id)
    record.put(overrides={**case.overrides, task.task: named}, people=case.people | {person.id})
    record.task(replace(task, not_by=task.not_by - {person.id}, version=task.version + 1))
    record.happened(
        "independence_set_aside",
        reason=reason,
        task=task.number,
        data={"name": person.name, "names": {person.id: person.name}, "task": task.task},
    )
    return record.change()
