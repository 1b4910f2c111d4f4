"""The person asks for the next stage of their complaint: with one button on the page of the case, or by phone, letter
or visit, which somebody here enters."""

from __future__ import annotations

from datetime import datetime

from ..domain import rounds
from ..domain.errors import Conflict, Invalid, NotFound, Problem
from ..domain.language import in_english
from ..domain.model import Actor, Case
from ..domain.ports import RACES, Services
from .link import reason_problems
from .view import load

CHANNELS = ("phone", "letter", "email", "in_person")


@in_english
def ask(services: Services, reference: str) -> None:
    """The resident asks; twice at once is once. Raises NotFound, or Stale when there is nothing more to ask for."""
    for _ in range(RACES):
        case = services.store.case(reference)
        if case is None:
            raise NotFound
        if case.is_open and case.asked_again:
            return  # they pressed twice: it is asked for already
        now = services.clock.now()
        try:
            requester = services.store.requester(reference)
            services.store.commit(rounds.ask_again(services.book, case, requester, now, now))
        except Conflict:
            continue
        return
    raise Conflict


def may_enter(services: Services, actor: Actor, case: Case) -> bool:
    """Whether this person may enter now that the next stage is asked for."""
    may = services.book.access.may(actor.roles, "case.ask_again")
    return may and rounds.next_round(services.book, case) is not None


def enter(services: Services, actor: Actor, reference: str, *, asked_at: datetime, channel: str, reason: str) -> None:
    """Somebody here enters that the person asked at `asked_at` (aware). Raises NotFound, NotAllowed, Invalid, Stale."""
    services.book.access.require(actor, "case.ask_again")
    problems = reason_problems(reason)
    if channel not in CHANNELS:
        problems.append(Problem("/channel", "enum", "Say how the person asked."))
    if problems:
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        file = load(services, actor, reference)
        requester = next((party for party in file.parties if party.role == "requester"), None)
        change = rounds.ask_again(
            services.book,
            file.case,
            requester,
            asked_at,
            services.clock.now(),
            actor=actor,
            reason=reason.strip(),
            channel=channel,
        )
        try:
            services.store.commit(change)
        except Conflict:
            continue
        return
    raise Conflict
