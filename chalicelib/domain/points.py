"""The points of a complaint and what was found of each (LGSCO Complaint Handling Code 6.7: address all points)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import Problem

UPHELD, PARTLY, NOT_UPHELD, NO_FINDING = "upheld", "partly_upheld", "not_upheld", "no_finding"
WORDS = {
    UPHELD: "We agree with you.",
    PARTLY: "We agree with part of this.",
    NOT_UPHELD: "We do not agree.",
    NO_FINDING: "We could not find out.",
}


def problems(points: Sequence[str], findings: Sequence[Mapping[str, Any]], pointer: str) -> tuple[Problem, ...]:
    """What is wrong with the findings (`pointer` is where they stand): each point needs one, and none may be new."""
    wanted = [_plain(point) for point in points]
    found: list[Problem] = []
    seen: set[str] = set()
    for number, row in enumerate(findings):
        point = _plain(row["point"])
        if point not in wanted:
            words = "This is not one of the points of the complaint. Leave the words of the point as they are."
            found.append(Problem(f"{pointer}/{number}/point", "point", words))
        elif point in seen:
            found.append(Problem(f"{pointer}/{number}/point", "twice", "This point is answered twice."))
        seen.add(point)
    missing = sum(point not in seen for point in dict.fromkeys(wanted))
    if missing and not found:
        words = "One point has no answer yet." if missing == 1 else f"{missing} points have no answer yet."
        found.append(Problem(pointer, "all_points", f"{words} Answer every point."))
    return tuple(found)


def overall(findings: Sequence[Mapping[str, Any]]) -> str:
    """What was found of the whole: upheld or not upheld when that is so of all points that have a finding, else partly;
    no finding when no point has one."""
    kinds = {row["finding"] for row in findings if row["finding"] != NO_FINDING}
    if not kinds:
        return NO_FINDING
    return kinds.pop() if len(kinds) == 1 else PARTLY


def listing(findings: Sequence[Mapping[str, Any]]) -> str:
    """All points with their answers, for the letter: a paragraph for each, what is put right at its end."""
    parts = []
    for number, row in enumerate(findings, 1):
        said = [f"{number}. You said: {_sentence(row['point'])}", f"{WORDS[row['finding']]} {row['why']}"]
        if row.get("remedy"):
            said.append(f"What we will put right: {_sentence(row['remedy'])}")
        parts.append("\n".join(said))
    return "\n\n".join(parts)


def _plain(text: str) -> str:
    return " ".join(str(text).split()).casefold()


def _sentence(text: str) -> str:
    words = str(text).strip()
    return words if words[-1:] in ".!?" else f"{words}."
