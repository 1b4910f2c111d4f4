"""A letter for a person without e-mail was printed and posted by a member of staff."""

from __future__ import annotations

from ..domain import cases
from ..domain.errors import Conflict, NotFound, Stale
from ..domain.model import Actor, Message
from ..domain.ports import Services
from .view import load


def mark_posted(services: Services, actor: Actor, reference: str, number: int) -> None:
    """Say on the timeline who posted the letter. Raises NotFound, or Stale when it was marked already."""
    services.book.access.require(actor, "message.mark_posted")
    file = load(services, actor, reference)
    message = next((message for message in file.messages if message.number == number), None)
    if message is None or message.channel != "print":
        raise NotFound
    if message.status == "posted":
        raise Stale("Somebody has already marked this letter as posted.")
    settle(services, message, "posted", actor)


def settle(services: Services, message: Message, status: str, actor: Actor | None = None) -> None:
    """Record how a message ended: on the message, and, when a person has to know of it, on the timeline."""
    now = services.clock.now()
    services.store.settle_message(message, status, now)
    if status == "sent":
        return
    for _ in range(5):
        case = services.store.case(message.reference)
        if case is None:
            return
        change = cases.message_settled(services.book, case, message.number, message.template, status, now, actor)
        try:
            services.store.commit(change)
        except Conflict:
            continue
        return
    raise Conflict
