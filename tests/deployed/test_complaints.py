"""Each procedure of a complaint, deployed, stage by stage: by what the API itself says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..support.stack import Stack
from .test_rights import DESKS, closed, decide, waiting
from .test_stack import ROOT, call, wait_for

pytestmark = [pytest.mark.deployed, pytest.mark.xdist_group("stack")]

EXAMPLE = json.loads((ROOT / "schemas" / "submissions" / "complaint.json").read_text())["examples"][0]
FEEDBACK = {
    "about": "comment",
    "what_happened": "Nobody came twice.",
    "service": "family_worker",
    "answer_wanted": "yes",
    "name": "Wren Fairbrother",
    "contact_way": "email",
    "email": "wren.fairbrother@example.org",
}
Step = tuple[str, str, dict[str, Any], str]
FIRST: tuple[Step, ...] = (
    ("complaint.investigate", "answer_drafted", {}, "service_manager"),
    ("complaint.approve", "approve", {}, "ig_manager"),
)


@pytest.fixture(scope="module")
def held(stack: Stack) -> dict[str, str]:
    return {role: stack.token(username) for role, username in {**DESKS, "another_service": "aisha.khan"}.items()}


def complain(stack: Stack, **changes: Any) -> dict[str, Any]:
    status, made, _ = call(stack, "POST", "/v1/complaints", {**EXAMPLE, **changes})
    assert status == 201, made
    return dict(made)


def walk(stack: Stack, held: dict[str, str], reference: str, *path: Step) -> None:
    for task, outcome, more, who in path:
        row = waiting(stack, held, reference, task)[0]
        status, answer, _ = decide(stack, held, row, outcome, more, who)
        assert status == 200, (task, outcome, answer)


def first_stage(stack: Stack, held: dict[str, str], reference: str, procedure: str) -> dict[str, Any]:
    adult = {"answer_on": "2027-01-29", "plan": "We meet."} if procedure == "adult_social_care" else {}
    more = {"procedure": procedure, **adult}
    walk(stack, held, reference, ("complaint.triage", "accept", more, "ig_officer"), *FIRST)
    return dict(closed(stack, held, reference))


def ask_again(stack: Stack, held: dict[str, str], made: dict[str, Any], case: dict[str, Any]) -> None:
    body = {"asked_at": case["closed_at"][:10], "channel": "phone", "reason": "They called."}
    path = f"/v1/cases/{made['reference']}/next-stage"
    status, answer, _ = call(stack, "POST", path, body, held["ig_officer"])
    assert status == 200, answer


def tracked(stack: Stack, made: dict[str, Any]) -> dict[str, Any]:
    asked = {"reference": made["reference"], "access_code": made["access_code"]}
    _, passed, _ = call(stack, "POST", "/v1/track", asked)
    return dict(call(stack, "GET", f"/v1/track/{made['reference']}", token=passed["token"])[1])


@pytest.mark.promise("feature:corporate-complaint-two-stages", "feature:stage-2-by-someone-new-to-the-case")
def test_two_stages_of_a_corporate_complaint_by_different_people(stack: Stack, held: dict[str, str]) -> None:
    made = complain(stack)
    reference = made["reference"]
    case = first_stage(stack, held, reference, "corporate")
    offered = tracked(stack, made)["next_stage"]
    assert offered["title"] == "Ask us to look again"
    ask_again(stack, held, made, case)
    walk(stack, held, reference, ("complaint.look_again", "accept", {}, "ig_officer"))
    review = waiting(stack, held, reference, "complaint.review")[0]
    assert decide(stack, held, review, "answer_drafted", {}, "service_manager")[0] == 403, "they wrote the first answer"
    walk(stack, held, reference, ("complaint.review", "extend", {}, "another_service"))
    walk(stack, held, reference, ("complaint.review", "answer_drafted", {}, "another_service"))
    check = waiting(stack, held, reference, "complaint.review_approve")[0]
    assert decide(stack, held, check, "approve", {}, "ig_manager")[0] == 403
    walk(stack, held, reference, ("complaint.review_approve", "approve", {}, "another_manager"))
    case = closed(stack, held, reference)
    assert [part["title"] for part in case["rounds_before"]] == ["Stage 1"]
    seen = tracked(stack, made)
    assert seen["next_stage"] is None
    assert "Ombudsman" in "\n".join(seen["answer"]["paragraphs"])
    promises = [row["reference"] for row in case["links"] if row["relation"] == "What we do better"]
    assert promises, "what was promised is followed up after the complaint"
    task = waiting(stack, held, promises[0], "learning.do")[0]
    assert decide(stack, held, task, "done", {}, "service_manager")[0] == 200
    assert closed(stack, held, promises[0])["outcome"] == "done"


@pytest.mark.promise("feature:children-act-representations-three-stages")
def test_three_stages_of_a_children_act_complaint(stack: Stack, held: dict[str, str]) -> None:
    made = complain(stack)
    reference = made["reference"]
    case = first_stage(stack, held, reference, "children_act")
    ask_again(stack, held, made, case)
    walk(
        stack,
        held,
        reference,
        ("complaint.appoint", "appointed", {}, "ig_officer"),
        ("complaint.enquire", "report_ready", {}, "another_service"),
        ("complaint.adjudicate", "adjudicated", {}, "another_manager"),
    )
    ask_again(stack, held, made, closed(stack, held, reference))
    walk(
        stack,
        held,
        reference,
        ("complaint.panel", "met", {}, "ig_officer"),
        ("complaint.panel_report", "came", {}, "ig_officer"),
    )
    for task, outcome, person, by, who in (
        ("complaint.respond", "answer_drafted", "sam.okafor", "ig_manager", "service_manager"),
        ("complaint.respond_approve", "approve", "tomasz.zielinski", "ig_manager", "another_manager"),
    ):
        row = waiting(stack, held, reference, task)[0]
        assert decide(stack, held, row, outcome, {}, who)[0] == 403
        body = {"person": person, "reason": "Nobody else is left who may."}
        assert call(stack, "POST", f"/v1/tasks/{row['task_id']}/independence", body, held[by])[0] == 200
        walk(stack, held, reference, (task, outcome, {}, who))
    case = closed(stack, held, reference)
    assert [part["title"] for part in case["rounds_before"]] == ["Stage 1", "Stage 2", "Stage 3", "Stage 3, report"]
    set_aside = [entry for entry in case["timeline"] if entry["type"] == "independence_set_aside"]
    assert len(set_aside) == 2
    assert all(entry["reason"] for entry in set_aside)


def test_an_adult_social_care_complaint_and_every_other_way_out(stack: Stack, held: dict[str, str]) -> None:
    made = complain(stack)
    case = first_stage(stack, held, made["reference"], "adult_social_care")
    assert {row["name"] for row in case["dates"]} >= {"ack_due", "due", "six_month_limit"}
    assert "Ombudsman" in tracked(stack, made)["next_step"]
    first = complain(stack)["reference"]
    ways = {outcome: complain(stack)["reference"] for outcome in ("service_request", "wrong_organisation", "spam")}
    again = complain(stack)["reference"]
    for outcome, reference in ways.items():
        walk(stack, held, reference, ("complaint.triage", outcome, {}, "ig_officer"))
    walk(stack, held, again, ("complaint.triage", "duplicate", {"same_as": first}, "ig_officer"))
    for reference in (*ways.values(), again):
        assert closed(stack, held, reference)["disposal"]["rule"].startswith("not_a_case@")
    walk(stack, held, first, ("complaint.triage", "split", {}, "ig_officer"))
    links = wait_for(lambda: [row for row in case_links(stack, held, first) if row["relation"] == "Split off"])
    assert waiting(stack, held, links[0]["reference"], "data_protection_complaint.triage")


def case_links(stack: Stack, held: dict[str, str], reference: str) -> Any:
    return call(stack, "GET", f"/v1/cases/{reference}", token=held["ig_officer"])[1]["links"]


def test_feedback_becomes_a_complaint_when_the_person_agrees(stack: Stack, held: dict[str, str]) -> None:
    _, made, _ = call(stack, "POST", "/v1/feedback", FEEDBACK)
    reference = made["reference"]
    walk(
        stack,
        held,
        reference,
        ("feedback.read", "ask_complaint", {}, "ig_officer"),
        ("feedback.agree", "agreed", {}, "ig_officer"),
    )
    assert closed(stack, held, reference)["outcome"] == "turned"
    (link,) = case_links(stack, held, reference)
    assert waiting(stack, held, link["reference"], "complaint.triage")
