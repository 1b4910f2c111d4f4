"""Staff read words: no choice, day or list of a form shows as a code of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.commands import in_words, view
from chalicelib.domain.policy import schemas_of
from chalicelib.domain.ports import Services

from ..support import samples
from ..support.world import World

# A field in snake case, a day in figures, a question with a colon behind it.
CODE = re.compile(r"(?<![\w@.-])(?:[a-z]+_[a-z_]+|\d{4}-\d{2}-\d{2})(?![\w@-])|\?:")


def outcomes(services: Services) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]:
    """Each outcome that may be decided of a kind, with each of its schemas and examples."""
    for task in services.book.file("tasks")["tasks"].values():
        for outcome in task["outcomes"].values():
            for name in schemas_of(outcome):
                schema = services.schemas.document(name)
                for example in schema["examples"]:
                    yield task["kind"], outcome, schema, example


def test_what_was_decided(world: World) -> None:
    seen = 0
    for _, _, schema, example in outcomes(world.services):
        for question, answer in in_words.labelled(schema, example):
            assert not CODE.search(f"{question} {answer}"), (schema["title"], question, answer)
            seen += 1
    assert seen > 100


def test_what_a_case_holds(world: World) -> None:
    seen = 0
    for kind, outcome, _, example in outcomes(world.services):
        for name, pointer in outcome["keeps"].items():
            value = example.get(pointer.lstrip("/"))
            if value not in (None, ""):
                assert not CODE.search(words := in_words.fact(world.services, kind, name, value)), (kind, name, words)
                seen += 1
    assert seen > 50


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("finding", "upheld", "We agree with your complaint"),
        ("plan", "We call on Monday.", "We call on Monday."),
        ("points", ["One.", "Two."], "One.\nTwo."),
        (
            "learning",
            [
                {"action": "Check each morning.", "owner": "any", "by": "2026-12-18"},
                {"action": "Say who comes.", "owner": "sana.service", "by": "2027-01-04"},
            ],
            "1. What is to be done? Check each morning.\n"
            "By whom? Any service manager\n"
            "By which day? Friday 18 December 2026\n\n"
            "2. What is to be done? Say who comes.\nBy whom? sana.service\nBy which day? Monday 4 January 2027",
        ),
    ],
)
def test_a_matter_reads(world: World, name: str, value: Any, words: str) -> None:
    assert in_words.fact(world.services, "complaint", name, value) == words


def test_how_something_came_and_to_whom_a_message_goes(world: World) -> None:
    services = world.services
    for name in ("api/case", "api/next_stage"):
        for channel in services.schemas.document(name)["properties"]["channel"]["enum"]:
            assert "_" not in services.book.channels[channel]
    assert in_words.came_in(services, "api") == "from a program"
    assert in_words.came_in(services, "pigeon") == "pigeon", "shown as it was kept, never left out"
    file = world.file(world.submit().reference)
    to = {
        "party:requester": "The person",
        "address:old@example.com": "The address before this one",
        "role:ig_officer": "Any Information Governance officer",
        "contact:dpo": "Data Protection Officer",
        "contact:ig": "Information Governance",
        "person:sana.service": "Sana",
        "person:gone.away": "gone.away",
    }
    sent = tuple(replace(file.messages[0], to=one) for one in to)
    assert in_words.addressees(services, replace(file, messages=sent), {"sana.service": "Sana"}) == to


def test_a_task_that_is_a_question_ends_as_one(world: World) -> None:
    title = world.services.book.task("safeguarding_referral.confirm")["title"]
    assert title.endswith("?")
    file = world.file(world.submit().reference)
    asked = replace(file.events[0], type="task_opened", data={"task": "safeguarding_referral.confirm"})
    seen = view.view_of(world.services, samples.OFFICER, replace(file, events=(asked,)))
    assert seen.timeline[0].text == f"Waiting for: {title[0].lower()}{title[1:]}"
