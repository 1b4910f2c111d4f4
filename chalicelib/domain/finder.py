"""Which rights apply to what the council does, by the lawful bases that the notice records. Nobody is kept from asking.

UK GDPR Arts 15 to 22: which right applies depends on the basis. With several a right may apply to some of the work
only, and is called limited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .language import mark, say

WORDS = {
    "yes": mark("You have this right"),
    "limited": mark("You have this right for some things"),
    "no": mark("Mostly not for what we do"),
}


@dataclass(frozen=True)
class Found:
    """A right as the finder shows it: `applies` is yes, limited or no."""

    right: str
    title: str
    applies: str
    words: str
    why: str


def rights(notice: Mapping[str, Any]) -> tuple[Found, ...]:
    """Each right that a person can ask for, in the notice's order, for the lawful bases that the notice names."""
    bases = {row["id"] for row in notice["lawful_bases"]}
    found = []
    for row in notice["rights"]:
        finder = row.get("finder")
        if finder is None:
            continue
        answers = {answer for basis, answer in finder["applies"].items() if basis in bases}
        applies = answers.pop() if len(answers) == 1 else "limited"
        found.append(Found(finder["right"], finder["title"], applies, say(WORDS[applies]), finder["why"]))
    return tuple(found)
