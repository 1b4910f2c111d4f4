"""A note on a case that only staff see."""

from __future__ import annotations

from ..domain import cases
from ..domain.errors import Conflict, Invalid, Problem
from ..domain.model import Actor
from ..domain.ports import RACES, Services
from .view import load

MOST = 4000


def write(services: Services, actor: Actor, reference: str, text: str) -> str:
    """Returns the case's reference. Raises NotFound, NotAllowed or Invalid."""
    services.book.access.require(actor, "case.note")
    tidy = text.strip()
    if not tidy or len(tidy) > MOST:
        raise Invalid((Problem("/note", "required", f"Write the note, in {MOST:,} characters or fewer."),))
    for _ in range(RACES):
        case = load(services, actor, reference).case
        try:
            services.store.commit(cases.note(services.book, case, actor, tidy, services.clock.now()))
        except Conflict:
            continue
        return case.reference
    raise Conflict
