"""Sends the link to answers that somebody saved. Not part of their request: nobody waits for it. When it cannot be sent
the person has their code."""

from __future__ import annotations

import logging

from ..adapters.mail import MailRefused, compose
from ..commands.drafts import link_path
from ..domain import messages
from ..domain.language import speaking
from ..domain.ports import Services
from ..domain.words import day_and_time

log = logging.getLogger("cases")


def send_link(services: Services, id_: str) -> None:
    """To the address that was given, while the answers are there."""
    asked, kept = services.store.link_asked(id_), services.store.kept_by_id(id_)
    if asked is None or kept is None or kept.end.at is None:
        return
    language, council = services.book.language(asked.language), services.book.council
    with speaking(language):
        values = {"council": council["name"], "until": day_and_time(kept.end.at)}
        text = messages.compose(services.book.message("draft-link"), "email", values)
    link = services.settings.site_url + link_path(services, id_)
    plain, html = compose(council, text.subject, text.paragraphs, link, language)
    try:
        services.mail.send(asked.to, text.subject, plain, html)
    except MailRefused as refused:  # not tried again: what follows in the stream would wait for it
        log.warning("mail_refused", extra={"fields": {"code": str(refused)}})
