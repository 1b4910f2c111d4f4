"""Answers that were not sent yet. The browser holds a random id only; the answers have a short end."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..domain import retention
from ..domain.errors import NotFound, TooOften
from ..domain.model import Draft, End, Kept
from ..domain.ports import Services
from ..domain.reference import access_code, normal_code
from .track import WINDOW, tries_key

MOST_TRIES = 20


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


def discard(services: Services, token: str) -> None:
    services.store.discard_draft(token)
