"""A person says that another class of the schedule is the right one for a closed case."""

from __future__ import annotations

from ..domain import disposal
from ..domain.errors import Conflict, Invalid, Stale
from ..domain.model import Actor, Case
from ..domain.ports import RACES, Services
from ..domain.retention import class_of
from .link import reason_problems
from .view import load


def offered(services: Services, case: Case) -> dict[str, str]:
    """The other classes that a closed case may have, with their titles; none for an open one."""
    if case.is_open:
        return {}
    now = class_of(services.book, case)
    return {name: title for name, title in disposal.choices(services.book, case).items() if name != now}


def reclassify(services: Services, actor: Actor, reference: str, *, retention_class: str, reason: str) -> None:
    """Give a closed case another class: every item of it gets the new end. Raises NotFound, NotAllowed, Invalid, or
    Stale when it is open again."""
    services.book.access.require(actor, "case.reclassify")
    if problems := reason_problems(reason):
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        case = load(services, actor, reference).case
        if case.is_open:
            raise Stale("It is open again. Its rule counts when it closes.")
        now = services.clock.now()
        change = disposal.reclassify(services.book, case, actor, retention_class, reason.strip(), now)
        try:
            services.store.commit(change)
        except Conflict:
            continue
        return
    raise Conflict
