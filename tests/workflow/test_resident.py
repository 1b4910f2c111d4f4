"""What residents do on the page of their case: answer, take it back, go on after all; and more than one thing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.commands import submit, track, view
from chalicelib.domain.errors import Invalid, Stale

from ..support import samples
from ..support.world import World
from .test_kinds import begin, example, told, walk

ACCEPT = {"right": "access", "where_to_look": "All teams"}


def asked(world: World, right: str = "access") -> str:
    reference = begin(world, "rights_request", right=right)
    walk(world, reference, "accept", accept={**ACCEPT, "right": right})
    walk(world, reference, "ask_question")
    return reference


@pytest.mark.promise("feature:clarification-round-trip")
def test_the_answer_of_the_person_ends_the_pause_on_the_day_it_comes(world: World) -> None:
    """UK GDPR Art 12A(5): from the asking day to the receiving day, and not to the day on which somebody reads it."""
    reference = asked(world)
    waits = track.status(world.services, reference).waits
    assert waits is not None
    assert any("If it came today" in sentence for sentence in waits.explanation)
    world.clock.move(days=14)
    track.write(world.services, reference, "I mean this year only.")
    world.settle()
    assert world.file(reference).case.told["due"] == "2027-01-06"
    (event,) = world.events(reference, "question_answered")
    assert event.data["moved"]
    assert track.status(world.services, reference).waits is None
    world.clock.move(days=5)
    walk(world, reference, "answered", answered={"came_on": "2026-12-12", "answer_given": "This year only."})
    assert world.file(reference).case.told["due"] == "2027-01-06", "reading it later adds no day"


def test_a_second_message_is_a_message(world: World) -> None:
    reference = asked(world)
    track.write(world.services, reference, "This year.")
    world.clock.move(days=3)
    track.write(world.services, reference, "And last year.")
    assert len(world.events(reference, "question_answered")) == 1
    assert len(world.events(reference, "resident_wrote")) == 1
    assert world.file(reference).case.told["due"] == "2026-12-23"


@pytest.mark.promise("feature:pause-and-restart")
def test_an_answer_to_something_else_is_asked_again_and_the_time_stops_again(world: World) -> None:
    reference = asked(world)
    world.clock.move(days=2)
    track.write(world.services, reference, "Where is my bin?")
    world.clock.move(days=1)
    walk(world, reference, "ask_again")
    assert track.status(world.services, reference).waits is not None
    assert track.status(world.services, reference).asked == "Which school do you mean?"
    world.clock.move(days=4)
    track.write(world.services, reference, "The one in Farnworth.")
    assert world.file(reference).case.told["due"] == "2026-12-29", "two days and four days"


def test_for_other_rights_the_time_goes_on(world: World) -> None:
    reference = asked(world, "erasure")
    assert track.status(world.services, reference).waits is None
    world.clock.move(days=5)
    track.write(world.services, reference, "The notes of 2019.")
    assert world.file(reference).case.told["due"] == "2026-12-23"


def test_proof_that_is_only_told_starts_no_clock(world: World) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, "ask_identity")
    track.write(world.services, reference, "My worker is called Sam.")
    assert "due" not in world.file(reference).case.told, "a person looks at it"


# taking it back


@pytest.mark.promise("feature:withdrawal-by-the-resident")
@pytest.mark.parametrize(
    "path",
    [
        (),
        ("ask_identity",),
        ("accept",),
        ("accept", "ask_question"),
        ("accept", "collected"),
        ("accept", "collected", "answer_drafted"),
    ],
)
def test_a_person_takes_it_back_and_somebody_confirms_it(world: World, path: tuple[str, ...]) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, *path)
    before = dict(world.file(reference).case.told)
    track.withdraw(world.services, reference)
    track.withdraw(world.services, reference)
    world.settle()
    case = world.file(reference).case
    assert (case.status, case.needs_attention, dict(case.told)) == ("open", "wants_to_withdraw", before)
    assert told(world, reference).count("resident-withdraws") == 1, "twice is once"
    walk(world, reference, "withdrawn")
    assert world.file(reference).case.outcome == "withdrawn"
    with pytest.raises(Stale):
        track.withdraw(world.services, reference)


def test_a_person_may_change_their_mind(world: World) -> None:
    reference = begin(world, "rights_request")
    track.withdraw(world.services, reference, go_on=True)
    assert not world.events(reference, "withdrawal_taken_back")
    track.withdraw(world.services, reference)
    track.withdraw(world.services, reference, go_on=True)
    case = world.file(reference).case
    assert (case.needs_attention, case.withdrawal_asked_at) == ("", None)
    assert [entry.text for entry in track.status(world.services, reference).timeline][:2] == [
        "You asked us to go on after all.",
        "You asked us to stop.",
    ]


def test_feedback_is_not_taken_back_here(world: World) -> None:
    reference = begin(world, "feedback")
    with pytest.raises(Stale):
        track.withdraw(world.services, reference)


# more than one thing in one form


@pytest.mark.promise("ours-alone:mixed-submissions", "feature:one-submission-several-cases")
@pytest.mark.parametrize(
    ("also", "kinds"),
    [
        ("none", []),
        ("complaint", ["complaint"]),
        ("data_protection_complaint", ["data_protection_complaint"]),
        ("both", ["complaint", "data_protection_complaint"]),
    ],
)
def test_a_request_may_hold_complaints_and_each_has_its_own_clock(world: World, also: str, kinds: list[str]) -> None:
    more = {"also": also, **({"also_words": "Nobody called me back."} if kinds else {})}
    answers = example(world, "rights_request", **more)
    receipt = world.submit(answers, kind="rights_request")
    again = world.submit(answers, kind="rights_request")
    assert (again.repeated, again.besides) == (True, receipt.besides)
    world.settle()
    assert [row.kind for row in receipt.besides] == kinds
    for row in receipt.besides:
        case = world.file(row.reference).case
        assert case.received_at == receipt.received_at
        assert world.open_task(row.reference).task == f"{row.kind}.triage"
        assert {legal.name for legal in row.dates} <= set(world.services.book.kind(row.kind)["promised"])
        assert row.dates[0].name == "ack_due"
        assert track.sign_in(world.services, row.reference, receipt.access_code, "203.0.113.9").reference
    walk(world, receipt.reference, "accept", "ask_question")
    for row in receipt.besides:
        told_now = world.file(row.reference).case.told
        for legal in row.dates:
            assert legal.date is not None
            assert told_now[legal.name] == legal.date.isoformat(), "neither clock stops the other"


def test_what_went_wrong_must_be_said(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        submit.submit(
            world.services, "rights_request", example(world, "rights_request", also="both"), idempotency_key="k"
        )
    assert refused.value.problems[0].pointer == "/also_words"


def test_one_call_to_the_table_takes_all_of_it(world: World) -> None:
    world.watch()
    world.submit(example(world, "rights_request", also="both", also_words="All of it."), kind="rights_request")
    assert world.calls.made == ["TransactWriteItems"]


# who asks for whom


@pytest.mark.promise("ours-alone:family-file-safety-screen", "feature:third-party-authority")
@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"on_behalf_of": "my_child"}, "there is no fixed age"),
        ({"on_behalf_of": "my_child", "responsible": "no"}, "may not have parental responsibility"),
        ({"on_behalf_of": "my_child", "safety": "His dad must not see it."}, "Read it before you write to anybody"),
        ({"on_behalf_of": "someone_else"}, "What shows that the person agreed"),
        ({"on_behalf_of": "someone_who_died"}, "does not cover people who have died"),
    ],
)
def test_officers_are_asked_to_think_and_nobody_is_refused(world: World, answers: dict[str, str], words: str) -> None:
    """A child who asks for the other parent's data, a parent, somebody without authority: a person decides."""
    who = {"subject_name": "Sky Example", "relationship": "I am their mum"}
    reference = begin(world, "rights_request", **who, **answers)
    for path in ((), ("accept", "collected")):
        walk(world, reference, *path)
        (task,) = view.case_file(world.services, samples.OFFICER, reference).tasks
        assert any(words in prompt for prompt in task.prompts)
    own = begin_own(world)
    assert view.case_file(world.services, samples.OFFICER, own).tasks[0].prompts == ()


def begin_own(world: World) -> str:
    answers = example(world, "rights_request", on_behalf_of="myself")
    kept = {name: value for name, value in answers.items() if name not in ("subject_name", "relationship")}
    reference = world.submit(kept, kind="rights_request", key="own").reference
    world.settle()
    return reference


@pytest.mark.promise("feature:third-party-authority")
def test_somebody_without_authority_gets_nothing_until_it_is_shown(world: World) -> None:
    who = {"on_behalf_of": "someone_else", "authority": "asked_me", "subject_name": "Sky", "relationship": "friend"}
    reference = begin(world, "rights_request", **who)
    walk(world, reference, "ask_authority")
    assert "due" not in world.file(reference).case.told
    world.clock.move(days=60)
    walk(world, reference, "lapsed")
    assert world.file(reference).case.outcome == "lapsed"
    assert not [name for name in told(world, reference) if name.startswith("access-")]


# the last minute


@pytest.mark.promise("ours-alone:extension-gate")
@pytest.mark.parametrize(("second", "allowed"), [("22:59:30", True), ("23:00:00", False)])
def test_the_last_minute_is_london_time_in_summer(world: World, second: str, allowed: bool) -> None:
    """Received on 15 June 2027: notice by Thursday 15 July. 22:59:30 by world time is half a minute before midnight in
    London; half a minute later it is the 16th."""
    world.clock.set(datetime(2027, 6, 15, 9, 0, tzinfo=UTC))
    reference = begin(world, "rights_request")
    walk(world, reference, "accept")
    world.clock.set(datetime.fromisoformat(f"2027-07-15T{second}+00:00"))
    if allowed:
        walk(world, reference, "extend")
        assert world.file(reference).case.told["due"] == "2027-09-15"
    else:
        with pytest.raises(Invalid):
            world.decide(reference, "extend")
        assert world.events(reference, "attempt_refused")
