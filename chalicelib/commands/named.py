"""Somebody lets only named people open a case; a manager opens it to the others again."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain import named
from ..domain.errors import Conflict, Invalid, Problem
from ..domain.model import Actor
from ..domain.ports import RACES, Services
from .link import committed, reason_problems
from .view import load


def shut(services: Services, actor: Actor, reference: str, *, why: str, people: Sequence[str], reason: str) -> str:
    """Let only these people open the case; returns the reference. Raises NotFound, NotAllowed or Invalid."""
    services.book.access.require(actor, "case.shut")
    known = {person.id: person for person in services.store.people()}
    problems = reason_problems(reason)
    if not set(people) <= set(known):
        problems.append(Problem("/people", "people", "Choose people from the list."))
    if problems:
        raise Invalid(tuple(problems))
    chosen = [known[person] for person in people]
    for _ in range(RACES):
        file, now = load(services, actor, reference), services.clock.now()
        change = named.shut(services.book, file.case, file.tasks, actor, why, chosen, reason.strip(), now)
        if committed(services, change):
            return file.case.reference
    raise Conflict


def open_up(services: Services, actor: Actor, reference: str, *, reason: str) -> str:
    """Returns the reference. Raises NotFound, NotAllowed, Invalid or Stale."""
    services.book.access.require(actor, "case.open_up")
    if problems := reason_problems(reason):
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        case, now = load(services, actor, reference).case, services.clock.now()
        if committed(services, named.open_up(services.book, case, actor, reason.strip(), now)):
            return case.reference
    raise Conflict
