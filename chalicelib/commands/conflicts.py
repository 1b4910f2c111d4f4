"""Somebody says that they, or for a manager somebody else, should have no part in a case; a manager ends that."""

from __future__ import annotations

from ..domain import conflicts
from ..domain.errors import Conflict, Invalid, Problem
from ..domain.model import Actor, Person
from ..domain.ports import RACES, Services
from .link import committed, reason_problems
from .view import load


def declare(services: Services, actor: Actor, reference: str, *, person: str = "", reason: str) -> str:
    """Keep a person out of the case, oneself when none is named; returns the reference. Raises NotFound, NotAllowed,
    Invalid or Stale."""
    services.book.access.require(actor, "conflict.declare")
    other = person not in ("", actor.id)
    if other:
        services.book.access.require(actor, "conflict.manage")
    if problems := reason_problems(reason):
        raise Invalid(tuple(problems))
    who = Person(actor.id, actor.name, actor.email, actor.roles)
    if other:
        known = {one.id: one for one in services.store.people()}
        if person not in known:
            raise Invalid((Problem("/person", "people", "Choose somebody from the list."),))
        who = known[person]
    for _ in range(RACES):
        file, now = load(services, actor, reference), services.clock.now()
        change = conflicts.declare(services.book, file.case, file.tasks, actor, who, reason.strip(), now)
        if committed(services, change):
            return file.case.reference
    raise Conflict


def end(services: Services, actor: Actor, reference: str, person: str, *, reason: str) -> str:
    """Returns the reference. Raises NotFound, NotAllowed or Invalid."""
    services.book.access.require(actor, "conflict.manage")
    if problems := reason_problems(reason):
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        case, now = load(services, actor, reference).case, services.clock.now()
        if committed(services, conflicts.end(services.book, case, actor, person, reason.strip(), now)):
            return case.reference
    raise Conflict
