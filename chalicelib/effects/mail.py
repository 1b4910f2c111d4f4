"""Sends what was queued. queued → sending → sent; after eight refusals failed, and a person is told on the timeline."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from ..adapters.mail import MailRefused, compose
from ..commands.post import settle
from ..commands.track import link_of
from ..domain import messages
from ..domain.model import Message
from ..domain.ports import Services

log = logging.getLogger("cases")

MAX_ATTEMPTS = 8
LINKS = {"track": "/track", "case": "/staff/cases/"}


def send(services: Services, reference: str, number: int) -> bool:
    """Send one message; True when nothing is left to do, False when it must be tried again later.

    A sender that died after sending may send again: the law wants the person told, twice rather than never.
    """
    message = services.store.message(reference, number)
    if message is None or message.channel == "print" or message.status in ("sent", "failed"):
        return True
    ways = _ways(services, message)
    if not ways:
        settle(services, message, "failed")
        return True
    if not services.store.claim_message(message, services.clock.now()):
        return False
    try:
        for way in ways:
            way()
    except MailRefused as refused:
        log.warning("mail_refused", extra={"fields": {"code": str(refused), "case": reference}})
        if message.attempts + 1 >= MAX_ATTEMPTS:
            settle(services, message, "failed")
            return True
        services.store.settle_message(message, "queued", services.clock.now())
        return False
    settle(services, message, "sent")
    return True


def _ways(services: Services, message: Message) -> list[Callable[[], None]]:
    """What sends the message, once for each address; nothing when there is none any more."""
    if message.channel == "email":
        link, language = _link(services, message), services.book.language(message.language)
        text, html = compose(services.book.council, message.subject, message.paragraphs, link, language)
        return [
            partial(services.mail.send, address, message.subject, text, html)
            for address in _addresses(services, message)
        ]
    party = services.store.requester(message.reference)
    if party is None or not messages.can_go(services.book.post, message.channel, party.details):
        return []
    if message.channel == "text":
        return [partial(services.mail.text, party.details["phone"], " ".join(message.paragraphs))]
    address = messages.address_lines(party.name, party.details)
    return [partial(services.mail.letter, address, message.subject, message.paragraphs)]


def _addresses(services: Services, message: Message) -> tuple[str, ...]:
    """The addresses behind `party:…`, `person:…`, `role:…` or `contact:…`, as they are now; `address:…` as it was."""
    kind, _, who = message.to.partition(":")
    if kind == "party":
        party = services.store.requester(message.reference)
        email = party.details.get("email", "") if party else ""
        return (email,) if email else ()
    if kind == "address":
        return (who,)
    if kind == "contact":
        return (services.book.council["contacts"][who],)
    access = services.book.access
    staff = services.store.people()
    if kind == "person":
        return tuple(person.email for person in staff if person.id == who)
    return tuple(person.email for person in staff if who in access.held(person.roles))


def _link(services: Services, message: Message) -> str:
    if not message.link:
        return ""
    if message.link == "track" and message.to.startswith("party:"):
        return services.settings.site_url + link_of(services, message)
    path = LINKS[message.link]
    return services.settings.site_url + path + (message.reference if path.endswith("/") else "")
