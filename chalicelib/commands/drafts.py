"""Answers that were not sent yet. The browser holds a random id only; the answers have a short end."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..domain import retention
from ..domain.errors import Invalid, NotFound, Problem, TooOften
from ..domain.language import current
from ..domain.model import Draft, End, Kept, LinkAsked
from ..domain.ports import Services
from ..domain.reference import access_code, normal_code
from .track import WINDOW, tries_key

MOST_TRIES, MOST_MAILS = 20, 5
MOST_ADDRESS, ADDRESS = 254, re.compile(r"[^@\s,;<>\x00-\x1f]+@[^@\s,;<>\x00-\x1f]+\.[^@\s.,;<>\x00-\x1f]+")


def open_draft(services: Services, token: str, journey: str) -> Draft | None:
    """The draft of this journey under the token, or None when there is none or it is past its end."""
    draft = services.store.draft(token)
    return draft if draft and draft.journey == journey else None


def save(services: Services, token: str, journey: str, answers: Mapping[str, Any]) -> Draft:
    """Keep the answers given so far; each change gives them their full time again."""
    end = retention.short_end(services.book.retention, "draft", services.clock.now())
    assert end.at is not None
    draft = Draft(journey=journey, answers=dict(answers), expires_at=end.at)
    services.store.save_draft(token, draft)
    return draft


@dataclass(frozen=True)
class Code:
    """What opens the answers again, and until when."""

    code: str
    until: datetime


def keep_for_later(services: Services, token: str, journey: Mapping[str, Any]) -> Code:
    """A code to write down, so that the answers are found again on any device. It lives as long as they do, which is
    their full time again from now. Raises NotFound when there are no answers."""
    draft = open_draft(services, token, journey["kind"])
    if draft is None:
        raise NotFound("Your answers are no longer here.")
    kept = save(services, token, journey["kind"], draft.answers)
    code = access_code(hashlib.sha256(services.ids.token().encode()).digest())
    services.store.keep(normal_code(code), Kept(journey=journey["path"], token=token, end=End(at=kept.expires_at)))
    return Code(code, kept.expires_at)


def come_back(services: Services, code_text: str, caller: str) -> Kept:
    """What a code opens. `caller` is the sender's address; only a keyed hash of it is kept, for half an hour. Raises
    NotFound for a wrong code or one whose time is over, TooOften after many."""
    now = services.clock.now()
    window = int(now.timestamp() // WINDOW.total_seconds())
    tries = tries_key(services, window, f"resume:{caller}")
    kept, count = services.store.kept_and_tries(normal_code(code_text), tries)
    if count >= MOST_TRIES:
        raise TooOften(int(WINDOW.total_seconds() - now.timestamp() % WINDOW.total_seconds()) + 1)
    if kept is None or services.store.draft(kept.token) is None:
        end = retention.short_end(services.book.retention, "tries", now)
        assert end.at is not None
        services.store.count_try(tries, end.at)
        raise NotFound("We cannot find answers with this code. Check it, or start again.")
    return kept


def ask_link(services: Services, code_text: str, email: str, caller: str) -> bool:
    """Send a link to the answers of a code by mail, soon; False when one was sent before. Raises Invalid for what is no
    address, NotFound for a wrong code, TooOften: nobody shall be sent mail after mail by somebody else."""
    tidy = email.strip()
    if len(tidy) > MOST_ADDRESS or not ADDRESS.fullmatch(tidy):
        raise Invalid((Problem("/email", "format", "Write the e-mail address whole, like name@example.com."),))
    now = services.clock.now()
    tries = tries_key(services, int(now.timestamp() // WINDOW.total_seconds()), f"mail:{caller}")
    kept, count = services.store.kept_and_tries(normal_code(code_text), tries)
    if count >= MOST_MAILS:
        raise TooOften(int(WINDOW.total_seconds() - now.timestamp() % WINDOW.total_seconds()) + 1)
    end = retention.short_end(services.book.retention, "tries", now)
    assert end.at is not None
    services.store.count_try(tries, end.at)
    if kept is None:
        raise NotFound("Your answers are no longer here.")
    asked = LinkAsked(id="", to=tidy, end=kept.end, language=current().code)
    return services.store.ask_link(normal_code(code_text), asked)


def link_path(services: Services, id_: str) -> str:
    """The path of the link in a mail: it opens the answers once, without the code."""
    return f"/resume/link/{id_}/{_link_key(services, id_)}"


def by_link(services: Services, id_: str, key: str) -> Kept:
    """What the link of a mail opens, once. Raises NotFound when it is no link of ours, is used, or its time is over:
    the same words for all."""
    over = NotFound("This link works once, and while we keep your answers. Type the code that we showed you.")
    if not hmac.compare_digest(_link_key(services, id_).encode(), key.encode("utf-8", "surrogatepass")):
        raise over
    kept = services.store.kept_by_id(id_)
    if kept is None or kept.end.at is None or services.store.draft(kept.token) is None:
        raise over
    if not services.store.claim(f"resume#{id_}", kept.end.at):
        raise over
    return kept


def _link_key(services: Services, id_: str) -> str:
    return hmac.digest(services.keys.key("resume-link"), id_.encode("utf-8", "surrogatepass"), "sha256").hex()[:40]


def discard(services: Services, token: str) -> None:
    services.store.discard_draft(token)
