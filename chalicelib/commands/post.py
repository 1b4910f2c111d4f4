"""A letter for a person without e-mail was printed and posted by a member of staff."""

from __future__ import annotations

from ..domain import cases
from ..domain.errors import Conflict, NotFound, Stale
from ..domain.model import Actor, Message
from ..domain.ports import RACES, Services
from .view import load


def mark_posted(services: Services, actor: Actor, reference: str, number: int) -> None:
    """Say on the timeline who posted the letter. Raises NotFound, or Stale when it was marked already."""
    services.book.access.require(actor, "message.mark_posted")
    file = load(services, actor, reference)
    message = next((message for message in file.messages if message.number == number), None)
    if message is None or message.channel != "print":
        raise NotFound
    if not settle(services, message, "posted", actor):
        raise Stale("Somebody has already marked this letter as posted.")


def settle(services: Services, message: Message, status: str, actor: Actor | None = None) -> bool:
    """Record how a message ended; False when that is recorded already.

    That it was sent stands on the message. That it failed or was posted also stands on the timeline, in one commit.
    """
    now = services.clock.now()
    if status == "sent":
        services.store.settle_message(message, status, now)
        return True
    for _ in range(RACES):
        case = services.store.case(message.reference)
        current = services.store.message(message.reference, message.number)
        if case is None or current is None or current.status == status:
            return False
        try:
            services.store.commit(cases.message_settled(services.book, case, current, status, now, actor))
        except Conflict:
            continue
        return True
    raise Conflict
