"""What the fictional cases of a demonstration say (`tools/demo.json`), as staff enter what came by phone or letter."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from .local import ROOT

WORDS: Mapping[str, Any] = json.loads((ROOT / "tools" / "demo.json").read_text())
KINDS = {"complaint": 8, "rights_request": 6, "data_protection_complaint": 3, "feedback": 5}
# Days from receipt until it is entered, and of these some with somebody else in the council first.
ENTERED_AFTER = (0, 0, 1, 1, 2, 3, 3, 4, 5, 7, 12)
CAME_TO = ("early_help", "family_worker", "social_care", "education")
ELSEWHERE = 0.15
ADJUSTED, SAFE, NEVER, WORRIED, BY_POST, MYSELF = 0.2, 0.2, 0.06, 0.05, 0.15, 0.4
# What of the examples is said only of somebody else.
OF_OTHERS = ("subject_name", "relationship", "agreed", "responsible", "child_view")


def body(chance: random.Random, number: int) -> dict[str, Any]:
    """A case as `POST /v1/cases` takes it."""
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    schema = json.loads((ROOT / "schemas" / "submissions" / f"{kind}.json").read_text())
    days = chance.choice(ENTERED_AFTER)
    received = date.today() - timedelta(days=days)
    sent = {"kind": kind, "channel": "phone", "received_at": received.isoformat()}
    if days and chance.random() < ELSEWHERE:
        seen = received + timedelta(days=chance.randint(1, days))
        sent |= {"came_to": chance.choice(CAME_TO), "recognised_on": seen.isoformat()}
    return {**sent, "answers": _answers(chance, number, kind, schema)}


def _answers(chance: random.Random, number: int, kind: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The example of the kind, with another person, another story, and what some people need."""
    fields = schema["properties"]
    left_out = ("adjustments", "safe_contact", "when_happened")
    answers = {name: value for name, value in schema["examples"][0].items() if name not in left_out}
    answers |= chance.choice(WORDS[kind])
    if "service" in fields:
        answers["service"] = chance.choice(fields["service"]["enum"])
    if kind == "feedback" and chance.random() < 0.5:
        return answers  # without a name
    if kind == "feedback":
        answers |= {"answer_wanted": "yes", "contact_way": "email", "email": ""}
    answers["name"] = person(chance)
    if "subject_name" in answers:
        answers["subject_name"] = person(chance)
    if "on_behalf_of" in answers and chance.random() < MYSELF:
        answers = {**_without(answers, OF_OTHERS), "on_behalf_of": "myself"}
    if chance.random() < BY_POST:
        address = f"{chance.randint(1, 90)} {chance.choice(WORDS['streets'])}, Bolton BL1 0XX"
        answers = {**_without(answers, ("email",)), "contact_way": "post", "address": address}
    else:
        answers["email"] = f"resident{number}@example.com"
    for field, share in (("adjustments", ADJUSTED), ("safe_contact", SAFE)):
        if field in fields and chance.random() < share:
            answers[field] = chance.choice(WORDS[field])
    if "never_phone" in fields and chance.random() < NEVER:
        answers |= chance.choice(WORDS["never"])
    if "worried" in fields and chance.random() < WORRIED:
        answers["worried"] = "yes"
    return answers


def person(chance: random.Random) -> str:
    return f"{chance.choice(WORDS['first'])} {chance.choice(WORDS['last'])} (made up)"


def _without(answers: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if name not in fields}
