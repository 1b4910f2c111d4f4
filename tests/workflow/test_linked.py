"""Cases opened from another: what else one submission holds, what is split off or turned into, and referrals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commands import link, track, view
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound, Stale
from chalicelib.domain.model import CaseFile

from ..support import samples
from ..support.world import World
from .test_kinds import begin, example, walk

WHY = "The letter says so."


def children(world: World, reference: str) -> list[CaseFile]:
    links = world.file(reference).case.links
    return [world.file(other) for other, relation in links.items() if not relation.endswith("_from")]


def only(world: World, reference: str) -> CaseFile:
    (child,) = children(world, reference)
    return child


# at triage


@pytest.mark.promise("feature:triage-type-validity-route-priority")
@pytest.mark.parametrize("kind", ["complaint", "data_protection_complaint", "feedback"])
def test_what_is_something_else_becomes_it_and_counts_from_the_true_receipt(world: World, kind: str) -> None:
    reference = begin(world, "rights_request")
    world.clock.move(days=6)
    walk(world, reference, "another_kind", another_kind={"kind": kind, "explanation": "We look into it."})
    child, before = only(world, reference), world.file(reference)
    assert (before.case.status, before.case.outcome) == ("closed", "turned")
    assert (child.case.kind, child.case.received_at) == (kind, before.case.received_at)
    assert child.answers == before.answers
    assert [party.name for party in child.parties] == [party.name for party in before.parties]
    assert child.case.received_on == before.case.received_on
    assert world.open_task(child.case.reference).kind == kind, "its own workflow runs"
    shown = view.case_file(world.services, samples.OFFICER, child.case.reference)
    assert dict(shown.answers)["What you ask for"] == before.answers["what_wanted"]
    assert [link_.relation for link_ in shown.links] == ["Was before"]


def test_a_complaint_that_is_a_request_names_the_right(world: World) -> None:
    reference = world.submit().reference
    world.settle()
    with pytest.raises(Invalid) as refused:
        world.decide(reference, "another_kind", data={"kind": "rights_request", "explanation": "We look."})
    assert refused.value.problems[0].pointer == "/data/right"
    given = {"kind": "rights_request", "right": "erasure", "explanation": "We look."}
    walk(world, reference, "another_kind", another_kind=given)
    assert only(world, reference).case.context == {"right": "erasure"}


@pytest.mark.promise("ours-alone:mixed-submissions", "feature:one-submission-several-cases")
def test_a_request_for_several_rights_is_split_and_each_is_answered(world: World) -> None:
    reference = begin(world, "rights_request", right="not_sure")
    data = {"right": "access", "other_rights": ["erasure", "rectification"], "where_to_look": "All teams"}
    walk(world, reference, "split", split=data)
    assert world.file(reference).case.context == {"right": "access"}
    assert world.open_task(reference).task == "rights_request.collect"
    split = children(world, reference)
    assert sorted(child.case.context["right"] for child in split) == ["erasure", "rectification"]
    for child in split:
        assert child.case.told["due"] == world.file(reference).case.told["due"]
        assert world.open_task(child.case.reference).task == "rights_request.triage"


def test_what_stays_is_not_split_off(world: World) -> None:
    reference = begin(world, "rights_request")
    data = {"right": "access", "other_rights": ["access"], "where_to_look": "All teams"}
    with pytest.raises(Invalid) as refused:
        world.decide(reference, "split", data=data)
    assert refused.value.problems[0].pointer == "/data/other_rights"
    assert world.open_task(reference).task == "rights_request.triage"


@pytest.mark.promise("feature:clarification-round-trip")
def test_the_same_code_opens_each_case_that_a_resident_may_follow(world: World) -> None:
    receipt = world.submit(example(world, "rights_request"), kind="rights_request")
    world.settle()
    walk(world, receipt.reference, "another_kind", another_kind={"kind": "complaint", "explanation": "We look."})
    child = only(world, receipt.reference).case.reference
    found = track.sign_in(world.services, child, receipt.access_code, "203.0.113.7")
    assert found.reference == child
    assert track.status(world.services, child).links == ((receipt.reference, "Was before"),)
    with pytest.raises(NotFound):
        track.sign_in(world.services, child, "AAAA-BBBB-CCCC", "203.0.113.7")


@pytest.mark.promise("ours-alone:rescue-of-misdirected-requests")
@pytest.mark.parametrize(("law", "regime"), [("foi", "foia"), ("eir", "eir")])
def test_a_question_about_the_council_is_handed_over_with_its_own_date(world: World, law: str, regime: str) -> None:
    """FOIA s.10: 20 working days from when the council got it, bank holidays of all of the UK left out."""
    reference = begin(world, "rights_request")
    world.clock.move(days=2)
    walk(world, reference, "information_request", information_request={"law": law, "explanation": "Another team."})
    child = only(world, reference)
    assert world.file(reference).case.outcome == "transferred"
    assert child.case.regime == regime
    assert child.case.told["due"] == "2026-12-22", "St Andrew's Day is left out"
    walk(world, child.case.reference, "handed_over")
    assert world.file(child.case.reference).case.outcome == "transferred"


def test_another_organisation_is_named_and_nothing_else_opens(world: World) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, "wrong_organisation")
    file = world.file(reference)
    assert (file.case.outcome, children(world, reference)) == ("wrong_organisation", [])
    answer = track.status(world.services, reference).answer
    assert answer is not None
    assert any("head teacher" in paragraph for paragraph in answer.paragraphs)


@pytest.mark.promise("feature:clearance-quality-check-drafter-is-not-approver")
def test_clearly_unfounded_needs_three_people(world: World) -> None:
    """UK GDPR Art 12(5): the controller bears the burden of showing it."""
    reference = begin(world, "rights_request")
    walk(world, reference, "unfounded")
    with pytest.raises(NotAllowed):
        world.decide(reference, "agree", actor=samples.OFFICER)
    walk(world, reference, "agree")
    with pytest.raises(NotAllowed):
        world.decide(reference, "refuse", actor=samples.MANAGER)
    walk(world, reference, "refuse")
    assert world.file(reference).case.outcome == "refused"
    answer = track.status(world.services, reference).answer
    assert answer is not None
    assert "go to court" in "\n".join(answer.paragraphs)


@pytest.mark.parametrize("path", [("unfounded", "disagree"), ("unfounded", "agree", "disagree")])
def test_one_who_does_not_agree_is_enough_to_go_on(world: World, path: tuple[str, ...]) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, *path)
    assert world.open_task(reference).task == "rights_request.triage"
    assert world.file(reference).case.told["due"] == "2026-12-23", "the time ran on"


# referrals and what comes after


def refer(world: World, reference: str, kind: str, actor: Any = samples.OFFICER, **more: Any) -> str:
    row = world.services.book.kind(kind)["opened_from_case"]
    data = world.services.schemas.document(row["schema"])["examples"][0]
    made = link.open_from(world.services, actor, reference, kind, **{"reason": WHY, "data": data, **more})
    world.settle()
    return made


@pytest.mark.promise("notice:safeguarding")
def test_a_worry_is_referred_within_a_day_and_warned_of_after_two_hours(world: World) -> None:
    reference = begin(world, "feedback")
    made = refer(world, reference, "safeguarding_referral")
    assert world.file(made).case.told["due"] == "2026-11-24"
    world.clock.move(hours=2, minutes=1)
    world.heal()
    assert [row["rung"] for event in world.events(made, "alert_raised") for row in event.data["dates"]] == [
        "nudge-2",
        "nudge-2",
    ]
    walk(world, made, "referred", "noted")
    assert world.file(made).case.outcome == "referred"


def test_a_worry_is_seen_by_few_and_told_to_no_resident(world: World) -> None:
    receipt = world.submit(example(world, "rights_request"), kind="rights_request")
    world.settle()
    made = refer(world, receipt.reference, "safeguarding_referral")
    assert world.services.book.access.may_see(samples.MANAGER, world.file(made).case)
    assert world.services.book.access.may_see(samples.OFFICER, world.file(made).case), "who referred it"
    assert not world.services.book.access.may_see(samples.SERVICE, world.file(made).case)
    status = track.status(world.services, receipt.reference)
    assert made not in str(status)
    assert not world.file(made).parties
    assert not world.file(made).answers
    with pytest.raises(NotFound):
        track.sign_in(world.services, made, receipt.access_code, "203.0.113.7")
    assert not [mail for mail in world.mail.sent if "left alone" in mail.text + mail.subject]


def test_not_referring_needs_a_second_person(world: World) -> None:
    made = refer(world, begin(world, "rights_request"), "safeguarding_referral")
    walk(world, made, "no_referral")
    assert world.open_task(made).task == "safeguarding_referral.confirm"
    walk(world, made, "refer_it")
    assert world.open_task(made).task == "safeguarding_referral.refer"
    walk(world, made, "no_referral", "agree")
    assert world.file(made).case.outcome == "not_referred"


@pytest.mark.promise("ours-alone:reminder-ladder-with-foresight")
def test_a_loss_of_information_has_72_hours_from_when_we_knew(world: World) -> None:
    """UK GDPR Art 33(1); nothing is left out of the hours."""
    reference = begin(world, "data_protection_complaint")
    knew = world.clock.now() - timedelta(hours=10)
    made = refer(world, reference, "breach", received_at=knew)
    clock = view.case_file(world.services, samples.OFFICER, made).clock
    due = clock.date("due_at")
    assert due is not None
    assert due.at == knew + timedelta(hours=72)
    world.clock.move(hours=39)
    world.heal()
    assert world.events(made, "alert_raised"), "a day before the end somebody hears of it"
    walk(world, made, "report_it", "reported")
    assert world.file(made).case.outcome == "reported"


def test_not_reporting_needs_the_data_protection_officer(world: World) -> None:
    made = refer(world, begin(world, "rights_request"), "breach")
    walk(world, made, "do_not_report", "agree")
    assert world.file(made).case.outcome == "not_reported"
    (decided,) = [task for task in world.file(made).tasks if task.task == "breach.confirm"]
    assert decided.decided_by == samples.DPO.id


@pytest.mark.parametrize("when", [timedelta(minutes=1), timedelta(days=-4000)])
def test_nobody_knew_tomorrow_or_ten_years_ago(world: World, when: timedelta) -> None:
    reference = begin(world, "rights_request")
    with pytest.raises(Invalid) as refused:
        refer(world, reference, "breach", received_at=world.clock.now() + when)
    assert refused.value.problems[0].pointer == "/received_at"


def test_a_referral_says_what_is_missing(world: World) -> None:
    reference = begin(world, "rights_request")
    with pytest.raises(Invalid) as refused:
        refer(world, reference, "breach", data={}, reason=" ")
    assert {problem.pointer for problem in refused.value.problems} == {"/data/what", "/reason"}
    with pytest.raises(NotFound):
        link.open_from(world.services, samples.OFFICER, reference, "complaint", reason=WHY, data={})
    with pytest.raises(NotAllowed):
        refer(world, reference, "breach", actor=samples.AUDITOR)


REFUSED = ("accept", "collected", "answer_drafted", "approve")


@pytest.mark.promise("ours-alone:independence-rule", "feature:stage-2-by-someone-new-to-the-case")
def test_a_second_look_is_by_somebody_who_took_no_part(world: World) -> None:
    reference = begin(world, "rights_request")
    with pytest.raises(Stale):
        refer(world, reference, "review")
    walk(world, reference, *REFUSED)
    made = refer(world, reference, "review")
    with pytest.raises(NotAllowed):
        world.decide(made, "answered", actor=samples.MANAGER)
    walk(world, made, "answered", answered={"finding": "changed", "answer": "We give you the notes of June."})
    assert world.file(made).case.outcome == "changed"
    assert track.status(world.services, made).answer is not None, "the person reads it with the same code"


def test_the_day_that_a_regulator_names_is_the_date(world: World) -> None:
    reference = begin(world, "rights_request")
    data = {"from": "commissioner", "their_reference": "IC-1", "answer_by": "2026-12-11", "what": "Why was it late?"}
    made = refer(world, reference, "regulator_enquiry", actor=samples.MANAGER, data=data)
    assert world.file(made).case.told == {"due": "2026-12-11"}
    walk(world, made, "answered", "asks_more", "answered", "done")
    assert world.file(made).case.outcome == "done"


def test_a_closed_case_goes_on_where_policy_says_and_has_no_end_meanwhile(world: World) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, *REFUSED)
    first = world.file(reference).case.end
    link.reopen(world.services, samples.OFFICER, reference, reason="A drawer was forgotten.")
    world.settle()
    case = world.file(reference).case
    assert (case.status, case.stage, case.outcome, case.end.at) == ("open", "draft", "", None)
    assert all("expires_at" not in item for item in world.items() if item["pk"] == f"CASE#{reference}")
    with pytest.raises(Stale):
        link.reopen(world.services, samples.OFFICER, reference, reason="Again.")
    world.clock.move(days=3)
    walk(world, reference, "answer_drafted", "approve")
    case = world.file(reference).case
    assert case.status == "closed"
    assert first.at is not None
    assert case.end.at is not None
    assert case.end.at > first.at, "the last closure governs"


def test_opening_again_twice_at_once_starts_one_workflow(world: World) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, *REFUSED)
    link.reopen(world.services, samples.OFFICER, reference, reason="Once.")
    with pytest.raises(Stale):
        link.reopen(world.services, samples.MANAGER, reference, reason="Twice.")
    world.settle()
    world.heal()
    assert len([task for task in world.file(reference).tasks if task.status == "open"]) == 1


@pytest.mark.promise("feature:close-when-a-pause-goes-unanswered")
@pytest.mark.parametrize(("path", "state"), [(("ask_identity",), "identity"), (("accept", "ask_question"), "clarify")])
def test_no_answer_closes_nothing_before_its_time(world: World, path: tuple[str, ...], state: str) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, *path)
    world.clock.move(days=59)
    with pytest.raises(Invalid):
        world.decide(reference, "lapsed")
    world.clock.move(days=1)
    walk(world, reference, "lapsed")
    assert world.file(reference).case.outcome == "lapsed"
    link.reopen(world.services, samples.OFFICER, reference, reason="They wrote after all.")
    world.settle()
    assert world.file(reference).case.is_open, state
