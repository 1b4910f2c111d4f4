"""Faults that people met in other systems, tried here on purpose."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.commands import desk, track, view
from chalicelib.domain.errors import CaseServiceError

from ..support import samples
from ..support.world import BOOK, World
from .test_kinds import begin, example, walk
from .test_linked import only

# Where time is told to residents: their catalogue, and every text that goes out.
MONTH_IN_DAYS = re.compile(r"\b(30|31|thirty)[\s-]+days?\b", re.I)
TO_STAFF = ("digest",)


@pytest.mark.promise("fault:unverified-requests-hidden-by-default-while-the")
@pytest.mark.parametrize("kind", sorted(BOOK.sent))
def test_what_came_in_is_before_somebody_at_once(world: World, kind: str) -> None:
    reference = begin(world, kind)
    role = world.open_task(reference).role
    holder = next(actor for actor in samples.STAFF if role in actor.roles)
    assert reference in {row.reference for row in desk.view(world.services, holder, name="", kind="").rows}


@pytest.mark.promise("fault:unverified-requests-hidden-by-default-while-the")
@pytest.mark.parametrize("ask", ["ask_identity", "ask_authority"])
def test_a_request_without_proof_stays_before_somebody(world: World, ask: str) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, ask)
    for name in ("", "team", "waiting"):
        rows = desk.view(world.services, samples.OFFICER, name=name, kind="").rows
        assert reference in {row.reference for row in rows}, name


@pytest.mark.promise("fault:photo-id-and-proof-of-address-asked-of-almost-ev")
def test_nobody_is_asked_for_proof_without_a_doubt_that_is_written_down(world: World) -> None:
    reference = begin(world, "rights_request")
    status = track.status(world.services, reference)
    assert status.dates, "the time runs"
    assert not status.asked
    with pytest.raises(CaseServiceError):
        world.decide(reference, "ask_identity", data={})
    schema = world.services.schemas.document("outcomes/rights_request/triage.ask_identity")
    assert "doubt" in schema["required"]
    fields = [field for step in BOOK.journey("request")["steps"] for field in step["fields"]]
    assert not [field["name"] for field in fields if re.search("passport|identity|proof|licence", field["name"])]


@pytest.mark.promise("fault:extending-by-changing-the-request-type-so-the-or", "feature:typed-links")
def test_another_kind_moves_no_date_and_both_cases_tell_of_it(world: World) -> None:
    reference = begin(world, "complaint")
    answers = example(world, "data_protection_complaint")
    straight = world.submit(answers, kind="data_protection_complaint", key="another").reference
    world.settle()
    world.clock.move(days=5)
    given = {"kind": "data_protection_complaint", "explanation": "We look into it."}
    walk(world, reference, "another_kind", another_kind=given)
    child = only(world, reference).case
    assert child.received_at == world.file(reference).case.received_at
    assert child.told == world.file(straight).case.told, "five days were gone, and are"
    assert world.file(reference).case.kind == "complaint", "what it was stays"
    for one, relation in ((reference, "Turned into"), (child.reference, "Was before")):
        shown = view.case_file(world.services, samples.OFFICER, one)
        assert [link.relation for link in shown.links] == [relation]
        assert any(event.data.get("relation") for event in world.file(one).events), "its history says so too"


@pytest.mark.promise("fault:destructive-action-chosen-from-the-text-on-the-b")
def test_the_words_of_a_button_decide_nothing(world: World) -> None:
    reference = begin(world, "rights_request")
    task = world.open_task(reference)
    before = world.file(reference)
    for row in BOOK.task(task.task)["outcomes"].values():
        for words in (row["title"], row["title"].lower(), row["title"].split()[0]):
            with pytest.raises(CaseServiceError):
                world.decide(reference, words, data={})
    assert world.file(reference) == before


@pytest.mark.promise("fault:30-days-told-to-residents-when-the-law-says-a-mo")
def test_no_text_counts_days_where_the_law_says_a_month(world: World) -> None:
    from babel.messages.pofile import read_po

    with open("languages/messages.pot", "rb") as file:
        catalogue = read_po(file)
    told = [
        message
        for message in catalogue
        if message.id and not all(any(name in place for name in TO_STAFF) for place, _ in message.locations)
    ]
    assert len(told) > 500
    assert not [message.id for message in told if MONTH_IN_DAYS.search(str(message.id))]
    reference = begin(world, "rights_request")
    due = next(legal for legal in track.status(world.services, reference).dates if legal.name == "due")
    assert due.date is not None
    mail = world.mail.sent[-1]
    assert f"{due.date.day} {due.date:%B %Y}" in mail.text, "the day itself"


@pytest.mark.promise("fault:status-mapping-raises-for-8-of-16-states")
@pytest.mark.parametrize("kind", sorted(BOOK.sent))
def test_every_stage_has_words_for_the_person_and_for_staff(world: World, kind: str) -> None:
    reference = begin(world, kind)
    file = world.file(reference)
    for stage in BOOK.kind(kind)["stages"]:
        there = replace(file, case=replace(file.case, stage=stage))
        status = track.status_of(world.services, there)
        assert status.happening_now, stage
        assert status.next_step, stage
        assert view.view_of(world.services, samples.OFFICER, there).stage, stage
