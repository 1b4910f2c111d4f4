"""Feedback: themed, thanked, passed on, turned into a complaint when the person agrees; and what is counted of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commands import dates as correcting
from chalicelib.commands import figures, track
from chalicelib.domain.errors import Invalid, NotAllowed
from chalicelib.domain.figures import Figure
from chalicelib.effects.figures import id_of

from ..support import aws, samples
from ..support.world import World

NAMED = {
    "about": "comment",
    "what_happened": "Zebrafinch: nobody came twice.",
    "service": "family_worker",
    "answer_wanted": "yes",
    "name": "Wren Quillfeather",
    "contact_way": "email",
    "email": "wren.quillfeather@example.org",
}
ANONYMOUS = {"about": "compliment", "what_happened": "Zebrafinch listened.", "answer_wanted": "no"}


def sent(world: World, key: str = "key-1", **changes: Any) -> str:
    reference = world.submit({**NAMED, **changes}, key=key, kind="feedback").reference
    world.settle()
    return reference


def rows(world: World, kind: str = "feedback", month: str = "2026-11") -> tuple[Figure, ...]:
    return world.services.store.figures(kind, [month])


@pytest.mark.promise("notice:purpose-feedback")
def test_it_is_themed_and_the_person_thanked(world: World) -> None:
    reference = sent(world)
    world.decide(reference, "noted", data={"theme": "waiting", "answer": "Thank you."})
    world.settle()
    file = world.file(reference)
    assert file.case.outcome == "noted"
    assert "feedback-thanks" in [message.template for message in file.messages]
    (row,) = rows(world)
    assert (row.outcome, row.on_time, row.days) == ("noted", True, 0)
    assert row.parts == {
        "theme": "waiting",
        "about": "comment",
        "service": "family_worker",
        "on_time": "in_time",
    }


def test_the_team_hears_of_it_and_may_read_it(world: World) -> None:
    reference = sent(world)
    assert not world.services.book.access.may_see(samples.SERVICE, world.file(reference).case)
    world.decide(reference, "passed_on", data={"theme": "waiting", "to_team": "housing"})
    world.settle()
    file = world.file(reference)
    assert world.services.book.access.may_see(samples.SERVICE, file.case)
    told = next(message for message in file.messages if message.template == "feedback-passed-on")
    assert told.to == "role:service_manager"
    assert "housing team" in " ".join(told.paragraphs)
    assert "Zebrafinch" not in json.dumps(told.paragraphs)


def test_it_becomes_a_complaint_only_when_the_person_agrees(world: World) -> None:
    reference = sent(world)
    ask = {"theme": "waiting", "question": "May we look into it as a complaint?"}
    world.decide(reference, "ask_complaint", data=ask)
    world.settle()
    assert track.status(world.services, reference).asked == ask["question"]
    with pytest.raises(Invalid):
        world.decide(reference, "no_answer", data={})
    track.write(world.services, reference, "Yes please.")
    world.settle()
    world.clock.move(days=3)
    world.decide(reference, "agreed", data={"agreed": "They wrote it on the page."})
    world.settle()
    ended = world.file(reference).case
    ((child, relation),) = ended.links.items()
    assert (ended.outcome, relation) == ("turned", "turned_into")
    complaint = world.file(child)
    assert (complaint.case.kind, complaint.case.received_on) == ("complaint", ended.received_on)
    assert complaint.answers["what_happened"] == NAMED["what_happened"]


def test_without_an_answer_it_stays_feedback_but_not_at_once(world: World) -> None:
    reference = sent(world)
    world.decide(reference, "ask_complaint", data={"theme": "waiting", "question": "May we?"})
    world.settle()
    world.clock.move(days=14)
    world.decide(reference, "no_answer", data={})
    world.settle()
    assert world.file(reference).case.outcome == "noted"
    assert not world.file(reference).case.links


@pytest.mark.parametrize("outcome", ["ask_complaint", "turned"])
def test_who_cannot_be_reached_cannot_agree(world: World, outcome: str) -> None:
    reference = world.submit(ANONYMOUS, kind="feedback").reference
    world.settle()
    with pytest.raises(Invalid) as error:
        world.decide(reference, outcome)
    assert "no way to reach them" in error.value.problems[0].message


def test_words_stay_only_when_a_person_checked_them_and_lead_nowhere(world: World) -> None:
    reference = sent(world)
    kept = {"theme": "waiting", "words_kept": "Nobody came twice."}
    with pytest.raises(Invalid) as error:
        world.decide(reference, "noted", data=kept)
    assert error.value.problems[0].pointer == "/data/nobody_known"
    world.decide(reference, "noted", data={**kept, "nobody_known": True})
    world.settle()
    (voice,) = [item for item in world.items() if item["type"] == "voice"]
    body = json.loads(voice["body"])
    assert body == {"theme": "waiting", "month": "2026-11", "text": "Nobody came twice."}
    assert "expires_at" not in voice
    elsewhere = json.dumps([item for item in world.items() if item["type"] != "voice"], default=str)
    for value in (voice["sk"], reference, id_of(world.services, reference)):
        assert (value in json.dumps(voice, default=str)) is (value == voice["sk"])
    assert voice["sk"] not in elsewhere, "nothing of the case knows under which name its words are kept"


def test_what_is_counted_holds_nothing_of_a_person_and_outlives_the_case(world: World) -> None:
    reference = sent(world)
    world.decide(reference, "noted", data={"theme": "staff", "answer": "Thank you."})
    world.settle()
    counted = [item for item in world.items() if item["type"] == "figure"]
    for item in counted:
        for word in (*samples.PRIVATE_WORDS, reference, "Thank you"):
            assert word not in json.dumps(item, default=str)
        assert "expires_at" not in item
    before = rows(world)
    for item in world.items():
        if item["pk"] == f"CASE#{reference}":
            world.dynamodb.delete_item(TableName=aws.TABLE, Key={"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}})
    world.heal()
    assert rows(world) == before


def test_a_case_is_counted_once_in_the_month_in_which_it_came(world: World) -> None:
    reference = sent(world)
    version = world.file(reference).case.version
    earlier = world.clock.now() - timedelta(days=40)
    correcting.correct_receipt(
        world.services, samples.OFFICER, reference, earlier, reason="It lay in a tray.", version=version
    )
    world.settle()
    assert rows(world) == ()
    (row,) = rows(world, month="2026-10")
    assert row.month == "2026-10"


def many(world: World) -> None:
    """Feedback of one quarter: two themes with large counts, one with a small one."""
    for number in range(14):
        theme = "staff" if number < 6 else "access" if number < 12 else "waiting"
        reference = world.submit(ANONYMOUS, key=f"many-{number}", kind="feedback").reference
        world.settle()
        world.decide(reference, "noted", data={"theme": theme})
        world.settle()


def themes(world: World) -> figures.Series:
    series = figures.monitoring(world.services, samples.MANAGER).series
    return next(one for one in series if one.name == "feedback-themes")


@pytest.mark.promise("notice:anonymised")
def test_a_quarter_is_published_once_and_never_changes(world: World) -> None:
    many(world)
    assert figures.publish(world.services) >= 1, "the quarters before, in which nothing came"
    seen = themes(world)
    assert "2026-Q4" in seen.running
    assert "2026-Q4" not in seen.published
    world.clock.move(days=75)
    assert figures.publish(world.services) >= 1
    assert figures.publish(world.services) == 0
    first = themes(world).published["2026-Q4"]
    shown = dict(zip((*first.rows, "all"), first.shown, strict=True))
    assert shown["waiting"][1] is None, "two cases: left out"
    assert sum(count is None for line in first.shown for count in line) >= 4
    late = world.clock.now() - timedelta(days=50)
    reference = world.submit(ANONYMOUS, key="late", kind="feedback").reference
    world.settle()
    correcting.correct_receipt(
        world.services, samples.OFFICER, reference, late, reason="Late.", version=world.file(reference).case.version
    )
    world.settle()
    assert figures.publish(world.services) == 0
    assert themes(world).published["2026-Q4"] == first
    with pytest.raises(NotAllowed):
        figures.monitoring(world.services, samples.SERVICE)


def test_the_commissioner_can_be_told_exact_counts(world: World) -> None:
    example = world.services.schemas.document("submissions/data_protection_complaint")["examples"][0]
    for number in range(3):
        world.submit(example, key=f"dp-{number}", kind="data_protection_complaint")
    world.settle()
    counts = figures.monitoring(world.services, samples.DPO).counts
    row = next(one for one in counts if one.quarter == "2026-Q4" and "information" in one.title)
    assert (row.numbers["received"], row.numbers["closed"]) == (3, 0)
