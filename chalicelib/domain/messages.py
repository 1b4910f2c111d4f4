"""Composes what we tell a person from a versioned text of `policy/messages/`.

A text names the values it needs; composing without one of them fails, so that nothing is sent half empty. Mail says
no more than the person needs to find the case (UK GDPR Art 5(1)(c)): what was written stays behind the reference and
the access code. A printed letter, which goes to one safe address, may carry the answer itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from typing import Any


@dataclass(frozen=True)
class Text:
    """A composed message, plain text: subject, paragraphs, and the named parts that it holds."""

    subject: str
    paragraphs: tuple[str, ...]
    parts: frozenset[str] = frozenset()


def compose(template: Mapping[str, Any], channel: str, values: Mapping[str, str]) -> Text:
    """Fill a text for a channel (`email` or `print`). Raises KeyError naming the value that is missing.

    A paragraph may be a named part, so that a text can be held against what the law wants in it. A part that is empty
    when it is filled is not there.
    """
    body = template.get("letter", template["paragraphs"]) if channel == "print" else template["paragraphs"]
    paragraphs: list[str] = []
    parts: set[str] = set()
    for paragraph in body:
        text, part = (paragraph["text"], paragraph["part"]) if isinstance(paragraph, Mapping) else (paragraph, "")
        filled = split(Template(text).substitute(values))
        if filled and part:
            parts.add(part)
        paragraphs.extend(filled)
    subject = Template(template["subject"]).substitute(values)
    return Text(subject=subject, paragraphs=tuple(paragraphs), parts=frozenset(parts))


def split(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, without the space around them and without empty ones."""
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())


def can_reach(details: Mapping[str, str]) -> bool:
    """Whether a person left any way to be told something."""
    return any(details.get(way) for way in ("email", "phone", "address"))
