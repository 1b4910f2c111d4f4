"""The schedule of a disclosure: for each item whether it is given, given in part or held back, and on what ground.

A ground is a row of the register in `policy/exemptions.json`, with its paragraph of the law and what must be answered
before it is relied on. Nothing is held back by itself: a person decides each item, and a second person looks at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from .clock import add_months
from .errors import Problem
from .words import long_date

Item = Mapping[str, Any]
Register = Mapping[str, Mapping[str, Any]]
OPINION_MONTHS = 6
WORDS = {"disclose": "given", "redact": "given in part", "withhold": "held back"}
NEEDED = {
    "harm": ("harm", "Say what harm it would do, and to whom."),
    "expectation": ("trust", "Say who told it, and what they expected."),
    "best_interests": ("best_interests", "Say who asks, and why it is not best for the child."),
    "privilege": ("privilege_holder", "Say whose advice it is."),
}


def problems(register: Register, right: str, finding: str, items: Sequence[Item], today: date) -> tuple[Problem, ...]:
    """What the schedule lacks, with pointers into the data; empty when it can go to the second person.

    Sources: UK GDPR Art 12(4) (reasons); DPA 2018 Sch 2 para 16 (third parties) and 17 (professionals), Sch 3 paras 5
    and 6 (health opinion), 7, 10, 17, 21; each ground only for the rights that its paragraph limits. `today` (London)
    is the day of the decision.
    """
    found: list[Problem] = []
    for number, item in enumerate(items):
        for name, words in _of_item(register, right, item, today):
            found.append(Problem(f"/data/items/{number}/{name}", "schedule", words))
    wrong = _of_finding(finding, {item["decision"] for item in items})
    return (*found, Problem("/data/finding", "schedule", wrong)) if wrong else tuple(found)


def _of_item(register: Register, right: str, item: Item, today: date) -> Iterable[tuple[str, str]]:
    ground = register.get(item.get("exemption", ""))
    if item["decision"] == "disclose":
        if ground is not None:
            yield "exemption", "You give this item: leave the ground empty, or hold something back."
        return
    if ground is None:
        yield "exemption", "Choose the ground."
        return
    if right not in ground["rights"]:
        yield "exemption", f"{ground['paragraph']} does not limit this right. Choose another ground."
    if not item.get("reason"):
        yield "reason", "Say why the ground applies here."
    for ask in ground["asks"]:
        if ask == "third_party":
            yield from _third_party(item)
        elif ask == "health_opinion":
            yield from _opinion(item, today)
        elif not item.get(NEEDED[ask][0]):
            yield NEEDED[ask]


def _third_party(item: Item) -> Iterable[tuple[str, str]]:
    """DPA 2018 Sch 2 para 16: consent, or whether it is reasonable without; para 17: to name a professional at their
    work is reasonable, so that holding the name back needs a harm of its own."""
    if not item.get("consent"):
        yield "consent", "Say whether the other person agreed."
    elif item["consent"] == "agreed":
        yield "consent", "They agreed: then this ground does not hold it back."
    if not item.get("fairness"):
        yield "fairness", "Say how you weighed it."
    if item.get("professional") and not item.get("harm"):
        yield "harm", "A professional at their work may be named. Say what harm it would do, or give it."


def _opinion(item: Item, today: date) -> Iterable[tuple[str, str]]:
    """DPA 2018 Sch 3 paras 5 and 6: nothing is held back for health without a health professional's opinion, which is
    at most six months old."""
    if not item.get("opinion_by"):
        yield "opinion_by", "Say whose opinion it is. Without one this ground cannot be used."
    if not item.get("opinion_on"):
        yield "opinion_on", "Give the day of the opinion."
        return
    on = date.fromisoformat(item["opinion_on"])
    if on > today:
        yield "opinion_on", "That day has not come yet."
    elif add_months(on, OPINION_MONTHS) < today:
        yield "opinion_on", f"The opinion of {long_date(on)} is more than six months old. Ask for a new one."


def _of_finding(finding: str, decisions: set[str]) -> str:
    """The finding must be what the items say."""
    if finding == "granted" and decisions - {"disclose"}:
        return "Something is held back: then you give some of it, and not all."
    if finding == "partly_granted" and decisions in ({"disclose"}, {"withhold"}):
        return "All items are treated alike: then you give all of it, or none."
    if finding == "refused" and decisions - {"withhold"}:
        return "Something is given: then you do not refuse all of it."
    return ""


def left_out(register: Register, items: Sequence[Item]) -> str:
    """For the person: what was left out or held back and why, a line each; empty when all is given."""
    lines = []
    for item in items:
        if item["decision"] != "disclose":
            what = "We left parts out of" if item["decision"] == "redact" else "We did not send"
            lines.append(f"{what}: {item['what'].rstrip('.')}. {register[item['exemption']]['words']}")
    return "\n\n".join(["This is what we left out, and why.", *lines]) if lines else ""


def listing(register: Register, items: Sequence[Item]) -> str:
    """For the second person and the file: each item, what was decided, and the paragraph relied on."""
    lines = []
    for number, item in enumerate(items, 1):
        ground = register.get(item.get("exemption", ""))
        law = f" ({ground['paragraph']}: {item.get('reason', '')})" if ground else ""
        lines.append(f"{number}. {item['what']}: {WORDS[item['decision']]}{law}")
    return "\n".join(lines)
