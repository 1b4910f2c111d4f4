"""Rights requests, complaints about information and feedback, from the submission to the close."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.commands import link, track, view
from chalicelib.domain.errors import Invalid, NotAllowed, Stale
from chalicelib.domain.policy import Book

from ..support import samples
from ..support.world import World, fresh

KINDS = ("rights_request", "data_protection_complaint", "feedback")
RIGHTS = tuple(samples.ANSWERED)
LETTERS = (
    *(f"{kind}-{finding}" for kind in ("request", "access") for finding in ("granted", "partly-granted", "refused")),
    "data-complaint-outcome",
    "request-extended",
    "request-lapsed",
    "request-not-taken",
    "review-answer",
)


def example(world: World, kind: str, **changes: Any) -> dict[str, Any]:
    row = world.services.book.kind(kind)
    return {**world.services.schemas.document(row["submission"])["examples"][0], **changes}


def begin(world: World, kind: str, **changes: Any) -> str:
    reference = world.submit(example(world, kind, **changes), kind=kind).reference
    world.settle()
    return reference


def walk(world: World, reference: str, *outcomes: str, **data: dict[str, Any]) -> None:
    for outcome in outcomes:
        given = {"data": data[outcome]} if outcome in data else {}
        world.decide(reference, outcome, **given)
        world.settle()


def told(world: World, reference: str) -> list[str]:
    return [message.template for message in world.file(reference).messages]


def letter(world: World, reference: str) -> str:
    answer = track.status(world.services, reference).answer
    assert answer is not None
    return "\n".join(answer.paragraphs)


@pytest.mark.promise(
    "feature:rectify-erase-restrict-port-object-automated-dec",
    "notice:right-access",
    "notice:right-rectify",
    "notice:right-erase",
    "notice:right-restrict",
    "notice:right-port",
    "notice:right-object",
    "notice:right-automated",
)
@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("finding", ["granted", "partly_granted", "refused"])
def test_every_right_is_answered_by_two_people(world: World, right: str, finding: str) -> None:
    reference = begin(world, "rights_request", right=right)
    accept = {"right": right, "where_to_look": "The Early Help team"}
    draft = samples.answered(right, finding)
    walk(world, reference, "accept", "collected", "answer_drafted", accept=accept, answer_drafted=draft)
    with pytest.raises(NotAllowed):
        world.decide(reference, "approve", actor=samples.OFFICER)
    assert track.status(world.services, reference).answer is None, "a draft is not an answer"
    walk(world, reference, "approve")
    file = world.file(reference)
    assert (file.case.status, file.case.outcome) == ("closed", finding)
    limited = right == "restriction" and finding != "refused"
    assert (file.case.end.at is None) == limited, "it is kept while the limit is in force"
    words = letter(world, reference)
    assert "This is what we did." in words
    assert "complain to us" in words
    assert "Commissioner" in words
    if right == "access" and finding != "granted":
        assert "We did not send: A note of 3 March." in words
        assert "They called in trust" not in words, "the file's reasons are not the letter's"
    if finding != "granted":
        assert "The law keeps some of it." in words
        assert "go to court" in words
    assert {message.status for message in file.messages if message.channel == "email"} == {"sent"}
    assert not any("This is what we did." in mail.text for mail in world.mail.sent), "no answer in a mail"


def test_those_who_got_the_information_are_told_before_a_correction_closes(world: World) -> None:
    reference = begin(world, "rights_request", right="rectification")
    walk(world, reference, "accept", "collected", "answer_drafted", "approve_and_inform")
    assert world.file(reference).case.status == "open"
    assert "This is our answer" in letter(world, reference), "the person does not wait for that"
    walk(world, reference, "informed")
    assert world.file(reference).case.status == "closed"


@pytest.mark.promise(
    "ours-alone:clock-start-guard", "feature:ask-for-id-only-on-recorded-doubt", "ours-alone:proportionate-identity"
)
@pytest.mark.parametrize(("ask", "shown"), [("ask_identity", "identity_shown"), ("ask_authority", "authority_shown")])
def test_the_time_starts_when_the_proof_came(world: World, ask: str, shown: str) -> None:
    reference = begin(world, "rights_request", right="erasure")
    walk(world, reference, ask)
    status = track.status(world.services, reference)
    assert status.dates == ()
    assert status.asked, "the resident reads what we need"
    world.clock.move(days=9)
    came = {"came_on": "2026-11-30", "seen": "A letter of ours."}
    walk(world, reference, shown, **{shown: came})
    assert world.file(reference).case.told["due"] == "2026-12-30"
    assert world.open_task(reference).task == "rights_request.collect"


@pytest.mark.promise("ours-alone:clock-start-guard")
@pytest.mark.parametrize(("ask", "shown"), [("ask_identity", "authority_shown"), ("ask_authority", "identity_shown")])
def test_proof_that_nobody_asked_for_starts_no_time(world: World, ask: str, shown: str) -> None:
    """Else the person would read that the time has started, and the case would have no date for ever."""
    reference = begin(world, "rights_request")
    walk(world, reference, ask)
    (task,) = view.case_file(world.services, samples.OFFICER, reference).tasks
    assert shown not in {row.outcome for row in task.outcomes}, "it is not offered"
    with pytest.raises(Invalid) as refused:
        world.decide(reference, shown)
    assert refused.value.problems[0].rule == "unasked"
    assert world.open_task(reference).task == "rights_request.identity"


@pytest.mark.parametrize("came_on", ["2026-11-22", "2026-11-24"])
def test_proof_cannot_have_come_before_the_request_or_tomorrow(world: World, came_on: str) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, "ask_identity")
    with pytest.raises(Invalid) as refused:
        world.decide(reference, "identity_shown", data={"came_on": came_on, "seen": "A letter."})
    assert refused.value.problems[0].pointer == "/data/came_on"


@pytest.mark.parametrize(("right", "due"), [("access", "2027-01-06"), ("erasure", "2026-12-23")])
def test_a_question_stops_the_clock_of_a_copy_only(world: World, right: str, due: str) -> None:
    """UK GDPR Art 12A(5): fourteen days between question and answer do not count, for access."""
    reference = begin(world, "rights_request", right=right)
    walk(world, reference, "accept", accept={"right": right, "where_to_look": "All teams"})
    walk(world, reference, "ask_question")
    dates = track.status(world.services, reference).dates
    assert bool(dates) is (right != "access")
    world.clock.move(days=14)
    walk(world, reference, "answered", answered={"came_on": "2026-12-07", "answer_given": "This year."})
    assert world.file(reference).case.told["due"] == due


def test_triage_may_put_the_right_right(world: World) -> None:
    reference = begin(world, "rights_request", right="not_sure")
    walk(world, reference, "accept", "ask_question")
    assert world.file(reference).case.context == {"right": "access"}
    assert track.status(world.services, reference).dates == ()


@pytest.mark.promise("feature:extension-with-a-reason")
def test_more_time_is_taken_in_time_with_reasons_or_not_at_all(world: World) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, "accept", "extend")
    assert world.file(reference).case.told["due"] == "2027-02-23"
    assert world.open_task(reference).task == "rights_request.collect", "the same task goes on"
    assert "request-extended" in told(world, reference)


@pytest.mark.promise(
    "feature:extension-refused-if-notice-is-late",
    "ours-alone:extension-gate",
    "fault:extension-is-one-click-with-no-notice-and-no-che",
)
@pytest.mark.parametrize(("days", "allowed"), [(30, True), (31, False), (80, False)])
def test_more_time_may_be_taken_on_the_last_day_and_not_after(world: World, days: int, allowed: bool) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, "accept")
    world.clock.move(days=days, hours=13.9)
    before = world.file(reference)
    if allowed:
        walk(world, reference, "extend")
        return
    with pytest.raises(Invalid) as refused:
        world.decide(reference, "extend")
    assert refused.value.problems[0].rule == "extension_valid"
    after = world.file(reference)
    assert (after.case.happenings, after.case.told, after.messages) == (
        before.case.happenings,
        before.case.told,
        before.messages,
    )
    assert (after.tasks, after.case.status) == (before.tasks, "open"), "nothing moved and nobody was told"


@pytest.mark.parametrize("at", ["triage", "identity", "collect", "clarify"])
def test_a_person_may_take_it_back_at_any_time(world: World, at: str) -> None:
    way = {
        "triage": (),
        "identity": ("ask_identity",),
        "collect": ("accept",),
        "clarify": ("accept", "ask_question"),
    }
    reference = begin(world, "rights_request")
    walk(world, reference, *way[at], "withdrawn")
    case = world.file(reference).case
    assert (case.status, case.outcome) == ("closed", "withdrawn")
    assert told(world, reference)[-1] == "request-withdrawn"


@pytest.mark.promise("feature:refusal-states-reasons-and-rights", "fault:denial-accepted-with-no-reason")
@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_without_what_the_law_wants_is_not_sent(world: World, name: str) -> None:
    """Each part that must be said is taken out in turn: the decision is refused, and nothing is stored or sent."""
    text = world.services.book.message(name)
    assert text["must_say"]
    whole = world.services.book
    for part in text["must_say"]:
        broken: Any = copy.deepcopy(dict(text))
        broken["letter"] = [row for row in text["letter"] if not (isinstance(row, dict) and row["part"] == part)]
        other = fresh(world.dynamodb)
        book = Book(lambda file, broken=broken: broken if file == f"messages/{name}" else whole.file(file))
        other.services = replace(other.services, book=book)
        reference, last = _until_sent(other, name)
        before = other.file(reference)
        with pytest.raises(Invalid) as refused:
            other.decide(reference, last)
        assert part in refused.value.problems[0].message
        assert other.file(reference) == before


def _until_sent(world: World, name: str) -> tuple[str, str]:
    """A case just before this letter goes, and the outcome that sends it."""
    if name == "data-complaint-outcome":
        reference = begin(world, "data_protection_complaint")
        walk(world, reference, "accept", "outcome_drafted")
        return reference, "approve"
    reference = begin(world, "rights_request")
    if name == "review-answer":
        return _reviewed(world), "answered"
    if name == "request-extended":
        walk(world, reference, "accept")
        return reference, "extend"
    if name == "request-not-taken":
        return reference, "not_a_request"
    if name == "request-lapsed":
        walk(world, reference, "ask_identity")
        world.clock.move(days=60)
        return reference, "lapsed"
    kind, _, finding = name.partition("-")
    right = "access" if kind == "access" else "erasure"
    draft = samples.answered(right, finding.replace("-", "_"))
    accept = {"right": right, "where_to_look": "All teams"}
    walk(world, reference, "accept", "collected", "answer_drafted", accept=accept, answer_drafted=draft)
    return reference, "approve"


def _reviewed(world: World) -> str:
    reference = begin(world, "rights_request")
    walk(world, reference, "accept", "collected", "answer_drafted", "approve")
    made = link.open_from(world.services, samples.OFFICER, reference, "review", reason="r", data={"why": "All of it."})
    world.settle()
    return made


@pytest.mark.promise("notice:concerns", "notice:regulator", "feature:data-protection-complaint-dpa-2018-s-164a")
def test_a_complaint_about_information_is_acknowledged_followed_and_answered(world: World) -> None:
    reference = begin(world, "data_protection_complaint")
    assert world.file(reference).case.told["ack_due"] == "2026-12-23"
    walk(world, reference, "accept")
    assert "data-complaint-acknowledged" in told(world, reference)
    walk(world, reference, "progress")
    assert track.status(world.services, reference).asked.startswith("We have asked the team")
    walk(world, reference, "outcome_drafted", "return", "outcome_drafted", "approve")
    case = world.file(reference).case
    assert (case.status, case.outcome) == ("closed", "upheld")
    assert "Commissioner" in letter(world, reference)


@pytest.mark.promise("notice:purpose-feedback", "feature:feedback-and-compliments")
def test_feedback_may_be_without_a_name_and_nobody_is_written_to(world: World) -> None:
    reference = begin(world, "feedback")
    assert world.file(reference).messages == ()
    walk(world, reference, "noted")
    assert world.file(reference).case.status == "closed"
    assert [mail for mail in world.mail.sent if reference in mail.subject and "feedback" in mail.subject] == []


def test_feedback_that_wants_an_answer_gets_one(world: World) -> None:
    contact = {"answer_wanted": "yes", "name": "Jo Example", "contact_way": "email", "email": "jo@example.com"}
    reference = begin(world, "feedback", **contact)
    walk(world, reference, "passed_on")
    assert told(world, reference) == ["feedback-received", "feedback-thanks", "feedback-passed-on"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_resident_may_write_while_it_is_open(world: World, kind: str) -> None:
    reference = begin(world, kind)
    track.write(world.services, reference, "Zebrafinch: here is my answer.\n\nAnd more.")
    world.settle()
    file = world.file(reference)
    assert file.case.needs_attention == "resident_wrote"
    received = next(message for message in file.messages if message.channel == "tracking")
    assert received.paragraphs == ("Zebrafinch: here is my answer.", "And more.")
    assert not any("Zebrafinch" in mail.text + mail.subject for mail in world.mail.sent)
    first = next(iter(world.services.book.task(world.open_task(reference).task)["outcomes"]))
    world.decide(reference, first)
    assert world.file(reference).case.needs_attention == "", "a person has looked at the case"
    with pytest.raises(Invalid):
        track.write(world.services, reference, "  ")
    with pytest.raises(Invalid):
        track.write(world.services, reference, "x" * 4001)


def test_a_closed_case_takes_no_message(world: World) -> None:
    reference = begin(world, "feedback")
    walk(world, reference, "noted")
    with pytest.raises(Stale):
        track.write(world.services, reference, "One more thing.")
