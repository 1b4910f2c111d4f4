"""Complaints by the right procedure: each stage with every outcome, executed; who may decide; which dates count."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.commands import again, independence, link, track, view
from chalicelib.commands import dates as correcting
from chalicelib.domain.clock import compute
from chalicelib.domain.dates import dates_of
from chalicelib.domain.errors import AlreadyDecided, Invalid, NotAllowed, NotFound, Stale, Unlawful
from chalicelib.domain.model import Actor, Case, Change
from chalicelib.domain.policy import Book

from ..support import samples
from ..support.world import BOOK, World
from .test_people import hints

ACCEPT = samples.DECISIONS["complaint.triage", "accept"]
WHY = "They are not happy."


def accepted(world: World, procedure: str = "corporate", **more: Any) -> str:
    """A complaint in stage 1 of a procedure."""
    adult = {"answer_on": "2027-01-29", "plan": "We meet on Monday."} if procedure == "adult_social_care" else {}
    receipt = world.submit()
    world.settle()
    world.decide(receipt.reference, "accept", data={**ACCEPT, "procedure": procedure, **adult, **more})
    world.settle()
    return receipt.reference


def answered(world: World, procedure: str = "corporate", finding: str = "not_upheld") -> str:
    """A complaint that stage 1 has answered."""
    reference = accepted(world, procedure)
    steps(world, reference, ("answer_drafted", samples.SERVICE, samples.found(finding)), ("approve", samples.MANAGER))
    assert case_of(world, reference).outcome == finding
    return reference


def steps(world: World, reference: str, *path: tuple[Any, ...]) -> None:
    """Decide each task in turn: outcome, who, and data unless the example will do."""
    for outcome, actor, *data in path:
        world.decide(reference, outcome, actor=actor, **({"data": data[0]} if data else {}))
        world.settle()


def asked_again(world: World, reference: str) -> str:
    again.ask(world.services, reference)
    world.settle()
    return reference


def case_of(world: World, reference: str) -> Case:
    return world.file(reference).case


def dates_now(world: World, reference: str) -> dict[str, date]:
    found = dates_of(world.services.book, case_of(world, reference), world.clock.now())
    return {legal.name: legal.date for legal in found.dates if legal.date is not None}


ANSWER: tuple[tuple[Any, ...], ...] = (
    ("answer_drafted", samples.SERVICE, samples.found("not_upheld")),
    ("approve", samples.MANAGER),
)
SECOND: tuple[tuple[Any, ...], ...] = (
    ("accept", samples.OFFICER_TWO, {"reviewer": "any"}),
    ("answer_drafted", samples.SERVICE_TWO, samples.found("upheld")),
    ("approve", samples.MANAGER_TWO),
)
APPOINTED = {
    "investigator": "any",
    "independent_person": "Ada Fenwick",
    "advocate": "offered",
    "statement_agreed_on": "2026-11-23",
    "points": [samples.POINT],
}
REPORT = {**samples.found("partly_upheld"), "view_of_independent_person": "Fair and complete."}
CHECK: tuple[tuple[Any, ...], ...] = (
    ("appointed", samples.OFFICER_TWO, APPOINTED),
    ("report_ready", samples.SERVICE_TWO, REPORT),
    ("adjudicated", samples.MANAGER_TWO, {"answer": "I accept the report."}),
)
MEMBERS = ["Chidi Obi", "Lena Marsh", "Ravi Sethi"]
PANEL: tuple[tuple[Any, ...], ...] = (
    ("met", samples.OFFICER, {"met_on": "2026-11-23", "members": MEMBERS}),
    ("came", samples.OFFICER, {"report_on": "2026-11-23", "panel_said": "Say sorry.", "points": ["Say sorry."]}),
)


@pytest.mark.promise("feature:corporate-complaint-two-stages")
def test_a_corporate_complaint_of_two_stages(world: World) -> None:
    reference = answered(world)
    first = case_of(world, reference)
    assert first.end.at is not None
    asked_again(world, reference)
    second = case_of(world, reference)
    assert (second.stage, second.regime, second.end.at) == ("look_again", "lgsco-stage2", None)
    assert second.counts_from == date(2026, 11, 23)
    assert "due" not in dates_now(world, reference), "it counts from the acknowledgement"
    steps(world, reference, *SECOND)
    last = case_of(world, reference)
    assert (last.status, last.outcome) == ("closed", "upheld")
    assert [(part.title, part.regime, part.outcome) for part in last.rounds] == [
        ("Stage 1", "lgsco-stage1", "not_upheld")
    ]
    seen = track.status(world.services, reference)
    assert seen.next_round is None
    assert "Ombudsman" in seen.next_step
    assert seen.answer is not None
    assert any("Ombudsman" in paragraph for paragraph in seen.answer.paragraphs)
    with pytest.raises(Stale):
        again.ask(world.services, reference)


def test_two_stages_cost_few_transitions(world: World) -> None:
    reference = asked_again(world, answered(world))
    steps(world, reference, *SECOND)
    assert case_of(world, reference).status == "closed"
    assert sum(run.transitions for run in world.machines.executions.values()) <= 36


def test_the_dates_of_each_stage_are_those_of_the_law(world: World) -> None:
    """Against the clock itself, from the day that the stage began; the stages before keep theirs."""
    reference = answered(world)
    world.clock.move(days=15)
    asked_again(world, reference)
    world.clock.move(days=2)
    steps(world, reference, SECOND[0])
    told = compute(
        world.services.book.rules,
        "lgsco-stage2",
        date(2026, 12, 8),
        case_of(world, reference).happenings,
    )
    assert [happening.at for happening in case_of(world, reference).happenings] == [date(2026, 12, 10)]
    found = dates_now(world, reference)
    assert found["ack_due"].isoformat() == told.answers["ack_due"] == "2026-12-15"
    assert found["due"].isoformat() == told.answers["due"] == "2027-01-12"
    (before,) = case_of(world, reference).rounds
    assert (before.began_on, before.ended_on) == (None, date(2026, 12, 8))


@pytest.mark.promise("feature:children-act-representations-three-stages")
def test_a_children_act_complaint_of_three_stages(world: World) -> None:
    reference = answered(world, "children_act")
    assert case_of(world, reference).regime == "ca1989-stage1"
    asked_again(world, reference)
    assert dates_now(world, reference)["due"] == date(2026, 12, 30)
    steps(world, reference, *CHECK)
    assert case_of(world, reference).outcome == "partly_upheld"
    offered = track.status(world.services, reference).next_round
    assert offered is not None
    assert offered.title == "Ask for a panel"
    assert offered.ask_by == date(2026, 12, 21)
    asked_again(world, reference)
    assert case_of(world, reference).regime == "ca1989-stage3-panel"
    steps(world, reference, PANEL[0])
    assert case_of(world, reference).regime == "ca1989-stage3-report"
    assert dates_now(world, reference) == {"due": date(2026, 11, 30)}
    steps(world, reference, PANEL[1])
    assert dates_now(world, reference) == {"due": date(2026, 12, 14)}
    both = Actor("una.unseen", "Una Unseen", "una@council.example", frozenset({"service_manager"}))
    steps(
        world,
        reference,
        ("answer_drafted", both, samples.found("upheld", "Say sorry.")),
        ("approve", Actor("max.new", "Max New", "max@council.example", frozenset({"ig_manager"}))),
    )
    last = case_of(world, reference)
    assert (last.status, last.outcome) == ("closed", "upheld")
    assert [part.title for part in last.rounds] == ["Stage 1", "Stage 2", "Stage 3", "Stage 3, report"]


def test_an_adult_social_care_complaint_has_the_day_that_was_agreed(world: World) -> None:
    reference = accepted(world, "adult_social_care")
    assert dates_now(world, reference) == {
        "ack_due": date(2026, 11, 26),
        "due": date(2027, 1, 29),
        "six_month_limit": date(2027, 5, 22),
    }
    steps(world, reference, ("answer_drafted", samples.SERVICE), ("approve", samples.MANAGER))
    seen = track.status(world.services, reference)
    assert seen.next_round is None
    assert "Ombudsman" in seen.next_step
    other = world.submit(key="other").reference
    world.settle()
    with pytest.raises(Invalid):
        world.decide(other, "accept", data={**ACCEPT, "procedure": "adult_social_care"})


@pytest.mark.promise("ours-alone:three-complaint-procedures-as-data")
def test_another_procedure_counts_from_the_true_receipt_and_keeps_the_history(world: World) -> None:
    reference = accepted(world)
    assert dates_now(world, reference)["due"] == date(2026, 12, 7)
    world.clock.move(days=3)
    steps(world, reference, ("other_procedure", samples.SERVICE))
    steps(world, reference, ("accept", samples.OFFICER, {**ACCEPT, "procedure": "children_act"}))
    case = case_of(world, reference)
    assert case.regime == "ca1989-stage1"
    assert dates_now(world, reference) == {"due": date(2026, 12, 7), "due_max_extension": date(2026, 12, 21)}
    chosen = [task.data["procedure"] for task in world.file(reference).tasks if task.outcome == "accept"]
    assert chosen == ["corporate", "children_act"]
    moved = [row["label"] for event in world.file(reference).events for row in event.data.get("moved", ())]
    assert "Tell you who looks into it" in moved, "what no longer counts is said"


def test_two_officers_choose_different_procedures_at_once(world: World) -> None:
    receipt = world.submit()
    world.settle()
    heard: list[str] = []
    gate = threading.Barrier(2)

    def choose(actor: Actor, procedure: str) -> None:
        gate.wait()
        try:
            world.decide(receipt.reference, "accept", actor=actor, data={**ACCEPT, "procedure": procedure})
            heard.append(procedure)
        except AlreadyDecided as error:
            heard.append(f"decided by {error.who}")

    threads = [
        threading.Thread(target=choose, args=row)
        for row in ((samples.OFFICER, "corporate"), (samples.OFFICER_TWO, "children_act"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.settle()
    won = [word for word in heard if not word.startswith("decided by")]
    assert len(won) == 1
    assert case_of(world, receipt.reference).facts["procedure"] == won[0]
    regime = world.services.book.kind("complaint")["rounds"]["procedures"][won[0]]["rounds"][0]["regime"]
    assert case_of(world, receipt.reference).regime == regime


def test_the_earlier_of_two_starts_of_stage_two_governs(world: World) -> None:
    reference = answered(world, "children_act")
    world.clock.move(days=10)
    asked_again(world, reference)
    world.clock.move(days=20)
    steps(world, reference, ("appointed", samples.OFFICER_TWO, {**APPOINTED, "statement_agreed_on": "2026-12-20"}))
    case = case_of(world, reference)
    assert (case.counts_from, case.facts["statement_agreed_on"]) == (date(2026, 12, 3), "2026-12-20")
    assert case.facts["asked_on"] == "2026-12-03", "both are kept"


def test_a_statement_agreed_before_the_request_was_noted_governs(world: World) -> None:
    reference = answered(world, "children_act")
    world.clock.move(days=10)
    asked_again(world, reference)
    steps(world, reference, ("appointed", samples.OFFICER_TWO, {**APPOINTED, "statement_agreed_on": "2026-11-30"}))
    assert case_of(world, reference).counts_from == date(2026, 11, 30)


def test_every_point_needs_a_finding(world: World) -> None:
    reference = accepted(world, points=["One.", "Two."])
    for findings, told in (
        (["One."], "One point has no answer yet."),
        (["One.", "One."], "answered twice"),
        (["One.", "Three."], "not one of the points"),
        ([], ""),
    ):
        data = samples.found("upheld", *findings) if findings else {"findings": [], "answer": "Sorry."}
        with pytest.raises(Invalid) as error:
            world.decide(reference, "answer_drafted", actor=samples.SERVICE, data=data)
        assert told in error.value.problems[0].message
    mixed = samples.found("upheld", "  two. ", "ONE.")
    mixed["findings"][0]["finding"] = "not_upheld"
    steps(world, reference, ("answer_drafted", samples.SERVICE, mixed))
    assert case_of(world, reference).facts["finding"] == "partly_upheld"


@pytest.mark.promise("feature:survey-and-learning-actions")
def test_what_was_promised_outlives_the_closed_case_until_it_is_done(world: World) -> None:
    reference = accepted(world)
    actions = [
        {"action": "Check the list each morning.", "owner": samples.SERVICE_TWO.id, "by": "2027-01-15"},
        {"action": "Note each call.", "owner": "any", "by": "2026-12-18"},
    ]
    steps(world, reference, ("answer_drafted", samples.SERVICE, {**samples.found("upheld"), "learning": actions}))
    assert not case_of(world, reference).links, "a second person has not agreed yet"
    steps(world, reference, ("approve", samples.MANAGER))
    parent = case_of(world, reference)
    assert parent.status == "closed"
    children = [case_of(world, other) for other, relation in parent.links.items() if relation == "learning"]
    assert sorted(child.facts["action"] for child in children) == [row["action"] for row in actions]
    first = next(child for child in children if child.facts["owner"] == samples.SERVICE_TWO.id)
    assert dates_now(world, first.reference) == {"due": date(2027, 1, 15)}
    assert first.status == "open"
    with pytest.raises((NotAllowed, NotFound)):
        world.decide(first.reference, "done", actor=samples.SERVICE, data={"what": "It is checked."})
    world.clock.move(days=60)
    world.heal()
    assert "reminder-owner" in [message.template for message in world.file(first.reference).messages]
    steps(world, first.reference, ("not_done", samples.SERVICE_TWO, {"why": "The team is gone."}))
    assert case_of(world, first.reference).status == "open", "one person alone does not drop a promise"
    steps(world, first.reference, ("do_it", samples.MANAGER), ("done", samples.SERVICE_TWO, {"what": "Done."}))
    assert case_of(world, first.reference).outcome == "done"
    hidden = track.status(world.services, reference)
    assert not hidden.links, "a promise inside the council is no case of the resident"


def test_more_time_is_taken_in_time_and_with_reasons_only(world: World) -> None:
    reference = accepted(world)
    steps(world, reference, ("extend", samples.SERVICE, {"reasons": "A worker is away until Monday."}))
    found = dates_now(world, reference)
    assert found["due_extended"] == date(2026, 12, 21)
    assert "due" not in found
    letter = world.file(reference).messages[-1]
    assert letter.template == "complaint-extended"
    late = accepted_second(world)
    world.clock.move(days=20)
    with pytest.raises(Unlawful):
        world.decide(late, "extend", actor=samples.SERVICE, data={"reasons": "A worker is away."})
    assert world.file(late).events[-1].type == "attempt_refused"
    assert "due_extended" not in dates_now(world, late)
    late_by = {"reasons": "She was ill.", "answer_by": "2026-12-18"}
    steps(world, late, ("say_late", samples.SERVICE, late_by))
    assert "complaint-late" in [message.template for message in world.file(late).messages]
    assert dates_now(world, late)["due"] == date(2026, 12, 7), "to say that it is late moves no date"


def accepted_second(world: World) -> str:
    receipt = world.submit(key="second")
    world.settle()
    world.decide(receipt.reference, "accept")
    world.settle()
    return receipt.reference


@pytest.mark.promise("feature:stage-2-by-someone-new-to-the-case", "ours-alone:independence-rule")
def test_nobody_who_took_part_decides_what_is_looked_at_again(world: World) -> None:
    reference = asked_again(world, answered(world))
    steps(world, reference, SECOND[0])
    with pytest.raises(NotAllowed):
        world.decide(reference, "answer_drafted", actor=samples.SERVICE, data=samples.found("upheld"))
    steps(world, reference, SECOND[1])
    with pytest.raises(NotAllowed):
        world.decide(reference, "approve", actor=samples.MANAGER)
    steps(world, reference, SECOND[2])


def test_a_manager_may_set_that_aside_with_reasons_that_everybody_sees(world: World) -> None:
    reference = asked_again(world, answered(world))
    steps(world, reference, SECOND[0])
    task = world.file(reference).open_task
    assert task is not None
    set_aside = independence.set_aside
    with pytest.raises(NotAllowed):
        set_aside(world.services, samples.OFFICER, task.id, samples.SERVICE.id, reason="Nobody else knows it.")
    with pytest.raises(Invalid):
        set_aside(world.services, samples.MANAGER, task.id, samples.SERVICE.id, reason=" ")
    with pytest.raises(Invalid):
        set_aside(world.services, samples.MANAGER, task.id, "nobody.known", reason="Nobody else knows it.")
    with pytest.raises(NotFound):
        set_aside(world.services, samples.MANAGER, task.id, samples.SERVICE_TWO.id, reason="Not kept from it.")
    with pytest.raises(NotAllowed):
        set_aside(world.services, samples.MANAGER, task.id, samples.MANAGER.id, reason="Myself.")
    set_aside(world.services, samples.MANAGER, task.id, samples.SERVICE.id, reason="Nobody else knows it.")
    event = world.file(reference).events[-1]
    assert (event.type, event.reason, event.data["name"]) == (
        "independence_set_aside",
        "Nobody else knows it.",
        samples.SERVICE.name,
    )
    steps(world, reference, ("answer_drafted", samples.SERVICE, samples.found("upheld")))
    with pytest.raises(NotAllowed):
        world.decide(reference, "approve", actor=samples.MANAGER)


def test_to_take_part_at_the_same_moment_keeps_out_too(world: World) -> None:
    """The report is written and, before its task is decided, the one who would decide it took part: the decision is
    held against the case as it is then, not as it was when the task was opened."""
    reference = asked_again(world, answered(world, "children_act"))
    steps(world, reference, *CHECK[:2])
    task = world.file(reference).open_task
    assert task is not None
    case = case_of(world, reference)
    assert samples.MANAGER_TWO.id not in task.not_by
    both = {**case.took_part, "complaint.enquire": (*case.took_part["complaint.enquire"], samples.MANAGER_TWO.id)}
    world.services.store.commit(Change(case=replace(case, version=case.version + 1, took_part=both)))
    with pytest.raises(NotAllowed):
        world.decide(reference, "adjudicated", actor=samples.MANAGER_TWO, data={"answer": "Yes."})


def test_a_panel_has_nobody_who_took_part(world: World) -> None:
    reference = answered(world, "children_act")
    asked_again(world, reference)
    named: dict[str, Any] = {**APPOINTED, "independent_person": "Service, Sana"}
    with pytest.raises(Invalid):
        world.decide(reference, "appointed", actor=samples.OFFICER_TWO, data=named)
    steps(world, reference, *CHECK)
    asked_again(world, reference)
    named = {"met_on": "2026-11-23", "members": ["Chidi Obi", "Lena Marsh", "mona  MANAGER"]}
    with pytest.raises(Invalid) as error:
        world.decide(reference, "met", actor=samples.OFFICER, data=named)
    assert error.value.problems[0].pointer == "/data/members"


def test_whom_it_is_about_neither_sees_nor_decides_it(world: World) -> None:
    reference = accepted(world, about_staff=samples.SERVICE.id)
    with pytest.raises(NotFound):
        world.decide(reference, "answer_drafted", actor=samples.SERVICE)
    steps(world, reference, ("answer_drafted", samples.SERVICE_TWO))
    task = world.file(reference).open_task
    assert task is not None
    assert samples.SERVICE.id in task.not_by


def test_asking_twice_at_once_makes_one_second_stage(world: World) -> None:
    reference = answered(world)
    threads = [threading.Thread(target=again.ask, args=(world.services, reference)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.settle()
    assert case_of(world, reference).asked_again == 1
    assert [event.type for event in world.file(reference).events].count("asked_again") == 1


def test_who_asks_late_is_heard_and_a_person_decides(world: World) -> None:
    reference = answered(world)
    world.clock.move(days=120)
    offered = track.status(world.services, reference).next_round
    assert offered is not None
    assert offered.late
    asked_again(world, reference)
    case = case_of(world, reference)
    assert case.needs_attention == "asked_late"
    assert case.is_open
    steps(
        world,
        reference,
        ("refuse", samples.OFFICER_TWO, {"reasons": "It is a new matter."}),
        ("disagree", samples.MANAGER_TWO),
        ("refuse", samples.OFFICER_TWO, {"reasons": "It is a new matter."}),
        ("agree", samples.MANAGER_TWO),
    )
    closed = case_of(world, reference)
    assert (closed.status, closed.outcome) == ("closed", "not_looked_at_again")
    letter = world.file(reference).messages[-1]
    assert letter.template == "complaint-not-looked-at-again"


def test_staff_enter_what_was_asked_by_phone(world: World) -> None:
    reference = answered(world)
    world.clock.move(days=7)
    noon = datetime.fromisoformat("2026-11-26T12:00:00+00:00")
    given: dict[str, Any] = {"channel": "phone", "reason": WHY}
    with pytest.raises(NotAllowed):
        again.enter(world.services, samples.AUDITOR, reference, asked_at=noon, **given)
    for wrong in (noon - timedelta(days=9), noon + timedelta(days=30)):
        with pytest.raises(Invalid):
            again.enter(world.services, samples.OFFICER, reference, asked_at=wrong, **given)
    with pytest.raises(Invalid):
        again.enter(world.services, samples.OFFICER, reference, asked_at=noon, channel="pigeon", reason=WHY)
    again.enter(world.services, samples.OFFICER, reference, asked_at=noon, **given)
    world.settle()
    assert case_of(world, reference).counts_from == date(2026, 11, 26)
    with pytest.raises(Stale):
        again.enter(world.services, samples.OFFICER, reference, asked_at=noon, **given)


CLOSING = {
    "service_request": "not_a_case",
    "wrong_organisation": "not_a_case",
    "information_request": "not_a_case",
    "spam": "not_a_case",
    "withdrawn": "complaint",
    "not_a_complaint": "complaint",
}


@pytest.mark.parametrize("outcome", CLOSING)
def test_what_is_no_complaint_has_a_name_and_a_short_end(world: World, outcome: str) -> None:
    receipt = world.submit()
    world.settle()
    world.decide(receipt.reference, outcome)
    world.settle()
    file = world.file(receipt.reference)
    assert file.case.status == "closed"
    assert file.case.retention_rule.startswith(f"{CLOSING[outcome]}@")
    if CLOSING[outcome] == "not_a_case":
        assert file.case.end.at is not None
        assert file.case.end.at.date() <= date(2027, 5, 24)
    with pytest.raises(Stale):
        again.ask(world.services, receipt.reference)


def test_of_spam_only_that_it_came_is_kept(world: World) -> None:
    receipt = world.submit()
    world.settle()
    world.decide(receipt.reference, "spam", data={"kind_of": "abuse"})
    world.settle()
    kept = "\n".join(str(item) for item in world.items() if item["type"] in ("party", "answers"))
    for word in ("Quillfeather", "Zebrafinch", "wren.quillfeather", "Nightjar"):
        assert word not in kept


def test_the_same_complaint_sent_five_times_is_answered_once(world: World) -> None:
    first = world.submit().reference
    world.settle()
    for number in range(4):
        later = world.submit(key=f"again-{number}").reference
        world.settle()
        assert first in hints(world, later)
        with pytest.raises(Invalid):
            world.decide(later, "duplicate", data={"same_as": later, "explanation": "We have it."})
        with pytest.raises(Invalid):
            world.decide(later, "duplicate", data={"same_as": "FF-222-222-222", "explanation": "We have it."})
        world.decide(
            later, "duplicate", data={"same_as": first.lower().replace("-", " "), "explanation": "We have it."}
        )
        world.settle()
        assert case_of(world, later).outcome == "duplicate"
        assert case_of(world, later).links == {first: "same_as"}
    assert case_of(world, first).is_open


def test_one_letter_with_several_matters_becomes_linked_cases(world: World) -> None:
    receipt = world.submit()
    world.settle()
    world.clock.move(days=2)
    others = [
        {"kind": "complaint", "matter": "The waiting room."},
        {"kind": "data_protection_complaint", "matter": "A letter went to a neighbour."},
        {"kind": "rights_request", "right": "access", "matter": "They want a copy."},
    ]
    world.decide(receipt.reference, "split", data={"others": others})
    world.settle()
    parent = case_of(world, receipt.reference)
    assert parent.stage == "triage"
    children = [case_of(world, other) for other in parent.links]
    assert sorted(child.kind for child in children) == sorted(row["kind"] for row in others)
    assert {child.received_on for child in children} == {date(2026, 11, 23)}, "all count from the true receipt"
    assert {child.context.get("right", "") for child in children} == {"", "access"}
    world.decide(receipt.reference, "accept")


def test_a_receipt_is_not_corrected_to_after_what_has_happened(world: World) -> None:
    reference = asked_again(world, answered(world))
    world.clock.move(days=5)
    after, version = world.clock.now() - timedelta(days=1), case_of(world, reference).version
    with pytest.raises(Invalid):
        correcting.correct_receipt(
            world.services, samples.OFFICER, reference, after, reason="Wrong day.", version=version
        )


def with_policy(world: World, kind: str, **changes: Any) -> None:
    """The same world under another policy of this kind."""
    book = world.services.book
    kinds = dict(book.file("kinds"))
    kinds["kinds"] = {**kinds["kinds"], kind: {**kinds["kinds"][kind], **changes}}
    world.services = replace(world.services, book=Book(lambda name: kinds if name == "kinds" else book.file(name)))


@pytest.mark.parametrize("kind", ["complaint", "data_protection_complaint"])
def test_whether_the_receipt_acknowledges_is_policy_and_the_text_follows(world: World, kind: str) -> None:
    example = world.services.schemas.document(world.services.book.kind(kind)["submission"])["examples"][0]
    plain = world.submit(example, key="plain", kind=kind).reference
    with_policy(world, kind, receipt_acknowledges=True)
    at_once = world.submit(example, key="at-once", kind=kind).reference
    by_post = {name: value for name, value in example.items() if name not in ("email", "contact_way")}
    posted = world.submit(
        {**by_post, "contact_way": "post", "address": "7 Dunlin Row"}, key="posted", kind=kind
    ).reference
    world.settle()
    for reference, acknowledged in ((plain, False), (at_once, True), (posted, False)):
        case, (receipt, *_) = case_of(world, reference), world.file(reference).messages
        assert ["acknowledged"] * acknowledged == [happening.type for happening in case.happenings]
        assert ("acknowledge" in " ".join(receipt.paragraphs).lower()) is acknowledged
        task = world.open_task(reference)
        assert (task.due_name == "ack_due") is not acknowledged, "what is met is not what the task is due by"
    if kind == "complaint":
        assert dates_now(world, at_once)["due"] == date(2026, 12, 7), "ten working days from the receipt"
        world.clock.move(days=3)
        steps(world, at_once, ("accept", samples.OFFICER))
        assert dates_now(world, at_once)["due"] == date(2026, 12, 7), "the first acknowledgement counts"


FIRST: tuple[tuple[Any, ...], ...] = (("accept", samples.OFFICER, ACCEPT), *ANSWER)
CHILDREN: tuple[tuple[Any, ...], ...] = (("accept", samples.OFFICER, {**ACCEPT, "procedure": "children_act"}), *ANSWER)
NEW_MANAGER = Actor("max.new", "Max New", "max@council.example", frozenset({"ig_manager"}))
NEW_SERVICE = Actor("una.unseen", "Una Unseen", "una@council.example", frozenset({"service_manager"}))
TO: dict[str, tuple[tuple[Any, ...], ...]] = {
    "complaint.triage": (),
    "complaint.investigate": FIRST[:1],
    "complaint.approve": FIRST[:2],
    "complaint.look_again": (*FIRST, ("again",)),
    "complaint.refusal": (*FIRST, ("again",), ("refuse", samples.OFFICER)),
    "complaint.review": (*FIRST, ("again",), SECOND[0]),
    "complaint.review_approve": (*FIRST, ("again",), *SECOND[:2]),
    "complaint.appoint": (*CHILDREN, ("again",)),
    "complaint.enquire": (*CHILDREN, ("again",), CHECK[0]),
    "complaint.adjudicate": (*CHILDREN, ("again",), *CHECK[:2]),
    "complaint.panel": (*CHILDREN, ("again",), *CHECK, ("again",)),
    "complaint.panel_report": (*CHILDREN, ("again",), *CHECK, ("again",), PANEL[0]),
    "complaint.respond": (*CHILDREN, ("again",), *CHECK, ("again",), *PANEL),
    "complaint.respond_approve": (
        *(*CHILDREN, ("again",), *CHECK, ("again",), *PANEL),
        ("answer_drafted", NEW_SERVICE, samples.found("upheld", "Say sorry.")),
    ),
}
WHO = {"ig_officer": samples.OFFICER_TWO, "ig_manager": NEW_MANAGER, "service_manager": NEW_SERVICE}


def every_outcome() -> list[tuple[str, str]]:
    tasks = BOOK.file("tasks")["tasks"]
    return [(task, outcome) for task, row in tasks.items() if row["kind"] == "complaint" for outcome in row["outcomes"]]


def test_each_task_of_a_complaint_is_come_to() -> None:
    assert set(TO) == {task for task, _ in every_outcome()}


@pytest.mark.parametrize(("task", "outcome"), every_outcome())
def test_every_outcome_of_every_stage_leads_on(world: World, task: str, outcome: str) -> None:
    """With the example that the case itself gives: to the next task, or to a closed case that a person decided."""
    reference = world.submit().reference
    world.settle()
    for step in TO[task]:
        if step == ("again",):
            asked_again(world, reference)
        else:
            steps(world, reference, step)
    opened = world.open_task(reference)
    assert opened.task == task
    actor = WHO[opened.role]
    seen = view.case_file(world.services, actor, reference)
    offered = next(row for row in seen.tasks[0].outcomes if row.outcome == outcome)
    other = {"same_as": world.submit(key="other").reference} if outcome == "duplicate" else {}
    world.decide(reference, outcome, actor=actor, data={**offered.example, **other})
    world.settle()
    row, case = BOOK.task(task)["outcomes"][outcome], case_of(world, reference)
    closes = "closes_as" in row or "closes_as_fact" in row
    assert case.is_open is not closes
    if closes:
        assert case.outcome
        assert case.end.at is not None
    else:
        assert world.open_task(reference).number == opened.number + 1
    assert world.outbox() == []
    assert {message.status for message in world.file(reference).messages} == {"sent"}


@pytest.mark.parametrize(("said", "urgent"), [("yes", True), ("not_sure", True), ("no", False), ("", False)])
def test_a_worry_is_raised_and_never_judged(world: World, said: str, urgent: bool) -> None:
    answers = {**samples.ANSWERS, **({"worried": said} if said else {})}
    reference = world.submit(answers).reference
    world.settle()
    file = world.file(reference)
    assert (file.case.needs_attention == "worried") is urgent
    told = [message for message in file.messages if message.template == "worry-raised"]
    assert bool(told) is urgent
    assert all("Zebrafinch" not in " ".join(message.paragraphs) for message in file.messages)
    seen = view.case_file(world.services, samples.OFFICER, reference)
    assert any("must be referred today" in words for words in seen.tasks[0].prompts) is urgent
    assert file.case.stage == "triage", "it decides nothing"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"under_18": "yes"}, "Ask for no parent"),
        ({"on_behalf_of": "someone_else", "agreed": "no"}, "It is a complaint all the same"),
        ({"on_behalf_of": "my_child", "agreed": "cannot"}, "Who may act for them"),
    ],
)
def test_whoever_complains_is_heard_and_staff_are_told_what_to_think_of(
    world: World, answers: dict[str, str], words: str
) -> None:
    about = {"subject_name": "Sky Quillfeather", "relationship": "A friend"}
    reference = world.submit({**samples.ANSWERS, **about, **answers}).reference
    world.settle()
    prompts = view.case_file(world.services, samples.OFFICER, reference).tasks[0].prompts
    assert any(words in prompt for prompt in prompts)


@pytest.mark.parametrize("far", ["2031-01-31", "9999-12-31"])
def test_a_day_too_far_to_count_from_is_said_and_breaks_nothing(world: World, far: str) -> None:
    receipt = world.submit()
    world.settle()
    adult = {**ACCEPT, "procedure": "adult_social_care", "answer_on": far, "plan": "We meet."}
    with pytest.raises(Invalid):
        world.decide(receipt.reference, "accept", data=adult)
    world.decide(receipt.reference, "accept")
    world.settle()
    learning = [{"action": "Note each call.", "owner": "any", "by": far}]
    steps(
        world, receipt.reference, ("answer_drafted", samples.SERVICE, {**samples.found("upheld"), "learning": learning})
    )
    with pytest.raises(Invalid):
        world.decide(receipt.reference, "approve", actor=samples.MANAGER)
    asked = {"from": "ombudsman", "what": "The file.", "answer_by": far}
    with pytest.raises(Invalid):
        link.open_from(
            world.services, samples.MANAGER, receipt.reference, "regulator_enquiry", reason="It came.", data=asked
        )
