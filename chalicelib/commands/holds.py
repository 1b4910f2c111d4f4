"""Holds: placed and released by people, and by themselves for what another case is about."""

from __future__ import annotations

from datetime import date

from ..domain import holds
from ..domain.errors import Conflict, Invalid, NotFound, Problem
from ..domain.model import Actor
from ..domain.ports import RACES, Services
from .link import reason_problems
from .view import load

AUTHORITIES = {
    "litigation": "Court or legal claim",
    "regulator": "A regulator asks",
    "police": "Police or s.47 enquiry",
    "inquiry": "Public inquiry or safeguarding review",
    "access": "Open access request (DPA 2018 s.173)",
    "other": "Another reason",
}


def place(services: Services, actor: Actor, reference: str, *, authority: str, reason: str, review_on: date) -> str:
    """Put a case on hold; returns the hold's id. Raises NotFound, NotAllowed or Invalid."""
    services.book.access.require(actor, "hold.place")
    problems = reason_problems(reason)
    if authority not in AUTHORITIES:
        problems.append(Problem("/authority", "enum", "Choose what it is for."))
    if problems:
        raise Invalid(tuple(problems))
    id_ = services.ids.token()[:16]
    for _ in range(RACES):
        case = load(services, actor, reference).case
        change = holds.place(
            services.book,
            case,
            actor,
            id_=id_,
            authority=AUTHORITIES[authority],
            reason=reason.strip(),
            review_on=review_on,
            now=services.clock.now(),
        )
        try:
            services.store.commit(change)
        except Conflict:
            continue
        return id_
    raise Conflict


def release(services: Services, actor: Actor, reference: str, id_: str, *, reason: str) -> None:
    """End a hold. Raises NotFound, NotAllowed or Invalid."""
    services.book.access.require(actor, "hold.release")
    if problems := reason_problems(reason):
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        case = load(services, actor, reference).case
        change = holds.release(services.book, case, id_, services.clock.now(), actor=actor, reason=reason.strip())
        try:
            services.store.commit(change)
        except Conflict:
            continue
        return
    raise Conflict


def release_what_it_held(services: Services, reference: str) -> None:
    """A case has closed: the holds that it put on others end by themselves. Twice is harmless."""
    child = services.store.case(reference)
    if child is None or child.is_open:
        return
    for parent in child.links:
        for _ in range(RACES):
            case = services.store.case(parent)
            if case is None:
                break
            reason = f"{services.book.kind(child.kind)['title']}: it has ended."
            try:
                change = holds.release(services.book, case, reference, services.clock.now(), actor=None, reason=reason)
                services.store.commit(change)
            except NotFound:
                break
            except Conflict:
                continue
            break
        else:
            raise Conflict
