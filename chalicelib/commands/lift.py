"""A limit on the use of somebody's information ends, because the person was told first (UK GDPR Art 18(3))."""

from __future__ import annotations

from datetime import date

from ..domain import restriction
from ..domain.errors import Conflict, Invalid, Problem, Stale
from ..domain.model import Actor
from ..domain.ports import RACES, Services
from . import restrictions
from .view import load

SCHEMA = "api/lifting"
MAX_REASON = 4000


def lift(services: Services, actor: Actor, reference: str, *, reason: str, told_on: date, how: str) -> None:
    """The limit ends, because the person was told first: on which day, and how (a word of `schemas/api/lifting.json`).

    Raises NotFound, NotAllowed, Invalid (no reason, not told yet, told before it began) or Stale (there is no limit).
    """
    services.book.access.require(actor, "restriction.lift")
    ways = services.schemas.document(SCHEMA)["properties"]["how"]["x-words"]
    problems = []
    if not reason.strip() or len(reason) > MAX_REASON:
        problems.append(Problem("/reason", "required", f"Say why, in {MAX_REASON:,} characters or fewer."))
    if how not in ways:
        problems.append(Problem("/how", "enum", "Say how they were told."))
    if problems:
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        case = load(services, actor, reference).case
        now = services.clock.now()
        change = restriction.lift(services.book, case, actor, reason.strip(), told_on, ways[how], now)
        try:
            services.store.commit(restrictions.with_flags(services, case, change))
        except Conflict:
            continue  # another write was first: read again, and say so when the limit has ended by it
        return
    raise Stale
