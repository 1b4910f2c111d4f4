"""Cases that only named people may open: about somebody who works here or their family, or where more eyes do harm (UK
GDPR Art 5(1)(f), Art 32: need to know).

Whoever sees such a case may shut it at once; only a manager opens it to the others again. From the transaction that
writes it, nobody else sees it: not on the desk, in no search, no count and no list. What somebody who is not named had
of it goes back to its role, where a manager gives it to somebody; who is given a task of it is named by that. Managers
and the Data Protection Officer (`case.view_narrow` in `policy/roles.json`) always may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from .errors import Invalid, Problem, Stale
from .model import Actor, Case, Change, Person, Task
from .policy import Book
from .record import Record


def shut(
    book: Book,
    case: Case,
    tasks: Sequence[Task],
    actor: Actor,
    why: str,
    people: Sequence[Person],
    reason: str,
    now: datetime,
) -> Change:
    """Only these people, and whoever does it, may open the case from now on; done again, only those of the last time.
    `why` is one of `only_named` in `policy/roles.json`. Raises Invalid."""
    problems = []
    titles = {row["id"]: row["title"] for row in book.file("roles")["only_named"]}
    if why not in titles:
        problems.append(Problem("/why", "enum", "Choose why."))
    out = [person.name for person in people if person.id in case.kept_out]
    if out:
        words = f"{', '.join(out)} should have no part in this case. Leave them out."
        problems.append(Problem("/people", "conflict", words))
    if problems:
        raise Invalid(tuple(problems))
    named = frozenset({actor.id, *(person.id for person in people)})
    record = Record(book, case, now, actor=actor)
    record.put(only_named=why, people=named)
    for task in tasks:
        if task.status == "open" and task.person and task.person not in named:
            record.task(replace(task, person="", version=task.version + 1))
    names = {actor.id: actor.name, **{person.id: person.name for person in people}}
    said = ", ".join(sorted(names.values()))
    record.happened("case_shut", reason=reason, data={"name": said, "names": names, "title": titles[why]})
    return record.change()


def open_up(book: Book, case: Case, actor: Actor, reason: str, now: datetime) -> Change:
    """All whose work it is may open the case again. Raises Stale when they may already."""
    if not case.only_named:
        raise Stale("Everybody whose work it is may open this case already.")
    record = Record(book, case, now, actor=actor)
    record.put(only_named="")
    record.happened("case_opened_up", reason=reason)
    return record.change()
