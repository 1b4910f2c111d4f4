"""Somebody says why a case was late."""

from __future__ import annotations

from ..domain import lateness
from ..domain.errors import Conflict, Invalid
from ..domain.model import Actor
from ..domain.ports import RACES, Services
from .link import committed, reason_problems
from .view import load


def say(services: Services, actor: Actor, reference: str, cause: str, *, reason: str) -> str:
    """Returns the case's reference. Raises NotFound, NotAllowed, Invalid or Stale."""
    services.book.access.require(actor, "lateness.say")
    if problems := reason_problems(reason):
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        case, now = load(services, actor, reference).case, services.clock.now()
        if committed(services, lateness.say(services.book, case, cause, reason.strip(), actor, now)):
            return case.reference
    raise Conflict
