"""Composes what we tell a person from a versioned text of `policy/messages/`.

A text names the values it needs; composing without one of them fails, so that nothing is sent half empty. Mail says
no more than the person needs to find the case (UK GDPR Art 5(1)(c)): what was written stays behind the reference and
the access code. A printed letter, which goes to one safe address, may carry the answer itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

from . import people

ON_PAPER = ("print", "letter")


@dataclass(frozen=True)
class Text:
    """A composed message, plain text: subject, paragraphs, and the named parts that it holds."""

    subject: str
    paragraphs: tuple[str, ...]
    parts: frozenset[str] = frozenset()


def compose(template: Mapping[str, Any], channel: str, values: Mapping[str, str]) -> Text:
    """Fill a text for a channel: `email`, `text`, or one on paper (`print`, `letter`). Raises KeyError naming the value
    that is missing.

    A paragraph may be a named part, so that a text can be held against what the law wants in it. A part that is empty
    when it is filled is not there.
    """
    body = template["paragraphs"]
    if channel in ON_PAPER:
        body = template.get("letter", body)
    elif channel == "text":
        body = [template["text"]]
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


def can_go(post: Mapping[str, Any], channel: str, details: Mapping[str, str]) -> bool:
    """Whether a message may go this way (`email`, `text`, `letter` or `print`) to a person with these details, by
    `policy/post.json`. Only what the person chose as a way to reach them has its detail, and nothing goes to what they
    said must never be used; a letter can still be printed, and handed over."""
    if channel == "email":
        return bool(details.get("email"))
    if channel == "text":
        return post["text"] == "notify" and is_mobile(details.get("phone", "")) and "phone" not in barred(details)
    if channel == "letter":
        has_code = bool(people.postcode(details.get("address", "")))
        return post["letter"] == "notify" and has_code and "address" not in barred(details)
    return channel == "print"


def barred(details: Mapping[str, str]) -> frozenset[str]:
    """Which of `phone` and `address` are among those that the person said must never be used: where somebody lives who
    must not know, for example. A person may write both in a hurry, and an address may be changed later."""
    rules = {"address": people.lives_among, "phone": people.calls_among}
    given = ((field, details.get(field, ""), details.get(f"never_{field}", "")) for field in rules)
    return frozenset(field for field, used, never in given if used and never and rules[field](used, never))


def is_mobile(phone: str) -> bool:
    """Whether a number is that of a British mobile phone."""
    return people.phone(phone).startswith("447")


def address_lines(name: str, details: Mapping[str, str]) -> list[str]:
    """Where a letter goes, the name first and the postcode on a line of its own, last."""
    code = people.postcode(details["address"])
    written = re.compile(rf"(?i){code[:-3]}\s*{code[-3:]}")
    lines = (" ".join(written.sub("", line).split()) for line in re.split(r"[,\n]", details["address"]))
    return [name, *(line for line in lines if line), f"{code[:-3]} {code[-3:]}"]


def can_reach(details: Mapping[str, str]) -> bool:
    """Whether a person left any way to be told something."""
    return any(details.get(way) for way in ("email", "phone", "address"))
