"""Answers that were not sent yet. The browser holds a random id only; the answers have a short end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain import retention
from ..domain.model import Draft
from ..domain.ports import Services


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


def discard(services: Services, token: str) -> None:
    services.store.discard_draft(token)
