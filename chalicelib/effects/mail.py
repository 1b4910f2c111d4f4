"""Sends what was queued. queued → sending → sent; after eight refusals failed, and a person is told on the timeline."""

from __future__ import annotations

import logging

from ..adapters.mail import MailRefused, compose
from ..commands.post import settle
from ..commands.track import link_of
from ..domain.model import Message
from ..domain.ports import Services

log = logging.getLogger("cases")

MAX_ATTEMPTS = 8
LINKS = {"track": "/track", "case": "/staff/cases/"}


def send(services: Services, reference: str, number: int) -> bool:
    """Send one message by mail; True when nothing is left to do, False when it must be tried again later.

    A sender that died after sending may send again: the law wants the person told, twice rather than never.
    """
    message = services.store.message(reference, number)
    if message is None or message.channel != "email" or message.status in ("sent", "failed"):
        return True
    addresses = _addresses(services, message)
    if not addresses:
        settle(services, message, "failed")
        return True
    if not services.store.claim_message(message, services.clock.now()):
        return False
    language = services.book.language(message.language)
    text, html = compose(services.book.council, message.subject, message.paragraphs, _link(services, message), language)
    try:
        for address in addresses:
            services.mail.send(address, message.subject, text, html)
    except MailRefused as refused:
        log.warning("mail_refused", extra={"fields": {"code": str(refused), "case": reference}})
        if message.attempts + 1 >= MAX_ATTEMPTS:
            settle(services, message, "failed")
            return True
        services.store.settle_message(message, "queued", services.clock.now())
        return False
    settle(services, message, "sent")
    return True


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
