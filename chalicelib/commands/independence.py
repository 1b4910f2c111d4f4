"""A manager lets somebody decide a task although they took part before, and says why."""

from __future__ import annotations

from ..domain import independence
from ..domain.errors import Conflict, Invalid, NotFound, Problem
from ..domain.model import Actor, split_task_id
from ..domain.ports import RACES, Services
from .link import reason_problems


def set_aside(services: Services, actor: Actor, task_id: str, person: str, *, reason: str) -> str:
    """Returns the case's reference. Raises NotFound, NotAllowed, Invalid or Stale."""
    services.book.access.require(actor, "independence.set_aside")
    address = split_task_id(task_id)
    problems = reason_problems(reason)
    if problems:
        raise Invalid(tuple(problems))
    if address is None:
        raise NotFound
    for _ in range(RACES):
        case, task, _requester, named = services.store.case_for_decision(*address, [person])
        if case is None or task is None or not services.book.access.may_see(actor, case):
            raise NotFound
        if person not in named:
            raise Invalid((Problem("/person", "people", "Choose somebody from the list."),))
        now = services.clock.now()
        try:
            services.store.commit(
                independence.override(services.book, case, task, actor, named[person], reason.strip(), now)
            )
        except Conflict:
            continue
        return case.reference
    raise Conflict
