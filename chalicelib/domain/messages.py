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
    """A composed message, plain text: subject and paragraphs."""

    subject: str
    paragraphs: tuple[str, ...]


def compose(template: Mapping[str, Any], channel: str, values: Mapping[str, str]) -> Text:
    """Fill a text for a channel (`email` or `print`). Raises KeyError naming the value that is missing."""
    body = template.get("letter", template["paragraphs"]) if channel == "print" else template["paragraphs"]
    paragraphs: list[str] = []
    for paragraph in body:
        filled = Template(paragraph).substitute(values)
        paragraphs.extend(part.strip() for part in filled.split("\n\n") if part.strip())
    return Text(subject=Template(template["subject"]).substitute(values), paragraphs=tuple(paragraphs))
