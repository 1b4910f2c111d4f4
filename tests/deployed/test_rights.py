"""Every right, granted and refused, and every branch of a request, deployed: by what the API itself says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ..support import samples
from ..support.stack import Stack
from ..support.uploads import EICAR, PDF
from ..support.visitor import Visitor
from .test_stack import ROOT, call, case_of, wait_for

pytestmark = [pytest.mark.deployed, pytest.mark.xdist_group("stack")]

EXAMPLE = json.loads((ROOT / "schemas" / "submissions" / "rights_request.json").read_text())["examples"][0]
DESKS = {
    "ig_officer": "olu.adeyemi",
    "service_manager": "sam.okafor",
    "ig_manager": "megan.hughes",
    "dpo": "dev.patel",
    "another_manager": "tomasz.zielinski",
}
Step = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def held(stack: Stack) -> dict[str, str]:
    return {role: stack.token(username) for role, username in DESKS.items()}


def ask(stack: Stack, **changes: Any) -> dict[str, Any]:
    status, made, _ = call(stack, "POST", "/v1/rights-requests", {**EXAMPLE, **changes})
    assert status == 201, made
    return dict(made)


def waiting(stack: Stack, held: dict[str, str], reference: str, task: str) -> Any:
    """The open tasks of this name, once there are any."""
    return wait_for(
        lambda: [row for row in case_of(stack, reference, held["ig_manager"])["tasks"] if row["task"] == task]
    )


def decide(stack: Stack, held: dict[str, str], row: Any, outcome: str, more: dict[str, Any], role: str = "") -> Any:
    offered = next(one for one in row["outcomes"] if one["outcome"] == outcome)
    data = {**offered["example"], **more}
    body = {"outcome": outcome, "reason": "Checked.", "data": data, "version": row["version"]}
    return call(stack, "POST", f"/v1/tasks/{row['task_id']}/decision", body, held[role or row["role"]])


def walk(stack: Stack, held: dict[str, str], reference: str, *path: Step) -> None:
    for task, outcome, more in path:
        row = waiting(stack, held, reference, task)[0]
        status, answer, _ = decide(stack, held, row, outcome, more)
        assert status == 200, (task, outcome, answer)


def closed(stack: Stack, held: dict[str, str], reference: str) -> Any:
    def is_closed() -> Any:
        case = case_of(stack, reference, held["ig_manager"])
        return case["status"] == "closed" and case

    return wait_for(is_closed)


def to_draft(right: str) -> list[Step]:
    return [
        ("rights_request.triage", "accept", {"right": right}),
        ("rights_request.collect", "collected", {}),
    ]


def answer_of(right: str, finding: str) -> Step:
    return ("rights_request.draft", "answer_drafted", samples.answered(right, finding))


APPROVE: Step = ("rights_request.approve", "approve", {})


@pytest.mark.promise("feature:rectify-erase-restrict-port-object-automated-dec", "feature:access-request")
def test_every_right_granted_and_refused(stack: Stack, held: dict[str, str]) -> None:
    """All at once, as on a busy day."""
    cases = {(right, finding): ask(stack) for right in samples.ANSWERED for finding in ("granted", "refused")}
    for step in range(4):
        for (right, finding), made in cases.items():
            path = [*to_draft(right), answer_of(right, finding), APPROVE]
            walk(stack, held, made["reference"], path[step])
    for (right, finding), made in cases.items():
        case = closed(stack, held, made["reference"])
        assert case["outcome"] == finding, right
        limits = (right, finding) == ("restriction", "granted")
        assert bool(case["disposal"]["on"]) is not limits, "a case that limits use is kept until the person was told"
        _, passed, _ = call(
            stack, "POST", "/v1/track", {"reference": made["reference"], "access_code": made["access_code"]}
        )
        _, tracked, _ = call(stack, "GET", f"/v1/track/{made['reference']}", token=passed["token"])
        letter = "\n".join(tracked["answer"]["paragraphs"])
        assert "complain to us" in letter
        assert "Commissioner" in letter
        if finding == "refused":
            assert "go to court" in letter
        if right == "access" and finding == "granted":
            assert "Why we use it." in letter


@pytest.mark.promise("feature:requests-to-services-with-chasing")
def test_three_services_are_asked_and_the_answer_waits_for_them(stack: Stack, held: dict[str, str]) -> None:
    reference = ask(stack)["reference"]
    services = ["early_help", "family_worker", "commissioned_provider"]
    walk(stack, held, reference, ("rights_request.triage", "accept", {"right": "access", "ask": services}))
    collect = waiting(stack, held, reference, "rights_request.collect")[0]
    assert decide(stack, held, collect, "collected", {})[0] == 422
    searches = waiting(stack, held, reference, "rights_request.search")
    assert len(searches) == 3
    assert call(stack, "POST", f"/v1/tasks/{searches[0]['task_id']}/reminder", {}, held["ig_officer"])[0] == 200
    for row in searches:
        assert decide(stack, held, row, "nothing", {})[0] == 200
    walk(
        stack,
        held,
        reference,
        ("rights_request.collect", "ask_question", {}),
        ("rights_request.clarify", "answered", {}),
        ("rights_request.collect", "collected", {}),
        answer_of("access", "partly_granted"),
        APPROVE,
    )
    assert closed(stack, held, reference)["outcome"] == "partly_granted"


@pytest.mark.promise("ours-alone:telling-recipients-article-19")
def test_recipients_are_told_of_a_correction(stack: Stack, held: dict[str, str]) -> None:
    reference = ask(stack)["reference"]
    inform: Step = ("rights_request.approve", "approve_and_inform", {"recipients": ["schools", "police"]})
    walk(stack, held, reference, *to_draft("rectification"), answer_of("rectification", "granted"), inform)
    for row in waiting(stack, held, reference, "rights_request.tell_recipient"):
        assert decide(stack, held, row, "told", {})[0] == 200
    main = waiting(stack, held, reference, "rights_request.inform")[0]
    assert decide(stack, held, main, "informed", {})[0] == 422, "their replies are not noted yet"
    for row in waiting(stack, held, reference, "rights_request.recipient_reply"):
        assert decide(stack, held, row, "replied", {})[0] == 200
    walk(stack, held, reference, ("rights_request.inform", "informed", {}))
    assert closed(stack, held, reference)["outcome"] == "granted"


@pytest.mark.promise("feature:triage-type-validity-route-priority")
@pytest.mark.parametrize(
    ("outcome", "more", "ends", "child"),
    [
        ("another_kind", {"kind": "complaint"}, "turned", "complaint"),
        ("another_kind", {"kind": "data_protection_complaint"}, "turned", "data_protection_complaint"),
        ("information_request", {"law": "foi"}, "transferred", "information_request"),
        ("information_request", {"law": "eir"}, "transferred", "information_request"),
        ("wrong_organisation", {"who": "school"}, "wrong_organisation", ""),
        ("not_a_request", {}, "not_a_request", ""),
        ("withdrawn", {}, "withdrawn", ""),
    ],
)
def test_what_triage_may_find(
    stack: Stack, held: dict[str, str], outcome: str, more: dict[str, Any], ends: str, child: str
) -> None:
    made = ask(stack)
    walk(stack, held, made["reference"], ("rights_request.triage", outcome, more))
    case = closed(stack, held, made["reference"])
    assert case["outcome"] == ends
    assert bool(case["links"]) is bool(child)
    for link in case["links"]:
        other = case_of(stack, link["reference"], held["ig_officer"])
        assert (other["kind"], other["received_at"]) == (child, case["received_at"])
        assert wait_for(lambda other=other: case_of(stack, other["reference"], held["ig_officer"])["tasks"])


def test_several_rights_are_split(stack: Stack, held: dict[str, str]) -> None:
    reference = ask(stack, right="not_sure")["reference"]
    walk(stack, held, reference, ("rights_request.triage", "split", {"other_rights": ["erasure", "objection"]}))
    links = case_of(stack, reference, held["ig_officer"])["links"]
    for link, right in zip(links, ("erasure", "objection"), strict=True):
        walk(stack, held, link["reference"], *to_draft(right), answer_of(right, "granted"), APPROVE)
        assert closed(stack, held, link["reference"])["outcome"] == "granted"
    assert waiting(stack, held, reference, "rights_request.collect")


def test_clearly_unfounded_takes_three_people(stack: Stack, held: dict[str, str]) -> None:
    reference = ask(stack)["reference"]
    walk(
        stack,
        held,
        reference,
        ("rights_request.triage", "unfounded", {}),
        ("rights_request.unfounded", "agree", {}),
        ("rights_request.unfounded_dpo", "refuse", {}),
    )
    assert closed(stack, held, reference)["outcome"] == "refused"


def test_a_worry_and_a_loss_are_referred_and_a_refusal_is_looked_at_again(stack: Stack, held: dict[str, str]) -> None:
    reference = ask(stack)["reference"]
    walk(stack, held, reference, *to_draft("erasure"), answer_of("erasure", "refused"), APPROVE)
    closed(stack, held, reference)

    def opened(kind: str, role: str) -> str:
        schema = json.loads((ROOT / "schemas" / "links" / f"{kind}.json").read_text())
        body = {"kind": kind, "reason": "It is so.", "data": schema["examples"][0]}
        status, made, _ = call(stack, "POST", f"/v1/cases/{reference}/linked", body, held[role])
        assert status == 201, made
        return str(made["reference"])

    worry = opened("safeguarding_referral", "dpo")
    status, _, _ = call(stack, "GET", f"/v1/cases/{worry}", token=held["service_manager"])
    assert status == 404, "few may see it"
    walk(
        stack,
        held,
        worry,
        ("safeguarding_referral.refer", "referred", {}),
        ("safeguarding_referral.follow", "noted", {}),
    )
    breach = opened("breach", "ig_officer")
    walk(stack, held, breach, ("breach.assess", "do_not_report", {}), ("breach.confirm", "agree", {}))
    review = opened("review", "ig_officer")
    row = waiting(stack, held, review, "review.look")[0]
    assert decide(stack, held, row, "answered", {})[0] == 403, "who approved it does not look at it again"
    assert decide(stack, held, row, "answered", {}, role="another_manager")[0] == 200
    for other, outcome in ((worry, "referred"), (breach, "not_reported"), (review, "stands")):
        assert closed(stack, held, other)["outcome"] == outcome


def test_a_closed_case_is_opened_again(stack: Stack, held: dict[str, str]) -> None:
    reference = ask(stack)["reference"]
    walk(stack, held, reference, *to_draft("consent"), answer_of("consent", "granted"), APPROVE)
    closed(stack, held, reference)
    status, _, _ = call(
        stack, "POST", f"/v1/cases/{reference}/reopening", {"reason": "They wrote again."}, held["ig_officer"]
    )
    assert status == 200
    walk(stack, held, reference, answer_of("consent", "refused"), APPROVE)
    assert closed(stack, held, reference)["outcome"] == "refused"


def visitor(stack: Stack, made: dict[str, Any]) -> Visitor:
    """A resident who follows their case on the pages."""
    stack.forget_tries()
    found = Visitor(stack.run["resident_url"])
    found.get("/track")
    page = found.post("/track", {"reference": made["reference"], "access_code": made["access_code"]})
    assert "What is happening now" in page
    return found


def objects(stack: Stack, reference: str) -> set[str]:
    """The objects of a case of which any version is left. One may have two: the browser and the bucket both say that a
    file came, and when both are heard at once both copy it."""
    found = stack.client("s3").list_object_versions(Bucket=stack.run["bucket"])
    return {row["Key"] for row in found.get("Versions", ()) if f"/{reference}." in row["Key"]}


@pytest.mark.promise("feature:uploads-type-check-scan-limits", "feature:evidence-asked-for-judged-chased")
def test_proof_is_sent_checked_seen_and_gone(stack: Stack, held: dict[str, str]) -> None:
    made = ask(stack)
    reference = made["reference"]
    walk(stack, held, reference, ("rights_request.triage", "ask_identity", {}))
    waiting(stack, held, reference, "rights_request.identity")
    person = visitor(stack, made)
    for name, content in (("letter.pdf", PDF), ("bad.txt", EICAR), ("empty.pdf", b"")):
        person.get("/track/case")
        person.post("/track/case/upload", {})
        page = person.send_file(name, content)
        assert person.status == 200, page[:500]

    def judged() -> Any:
        files = case_of(stack, reference, held["ig_officer"])["documents"]
        return all(row["status"] in ("clean", "refused") for row in files) and files

    files = wait_for(judged)
    assert [row["status"] for row in files] == ["clean", "refused", "refused"]
    wait_for(lambda: len(objects(stack, reference)) == 1, 20)
    walk(stack, held, reference, ("rights_request.identity", "identity_shown", {}))
    wait_for(lambda: not objects(stack, reference))

    def gone() -> Any:
        case = case_of(stack, reference, held["ig_officer"])
        return {row["status"] for row in case["documents"]} == {"deleted", "refused"} and case

    assert wait_for(gone)["facts"]["seen"], "the files go first, and then their records say so"


@pytest.mark.promise("feature:withdrawal-by-the-resident", "ours-alone:mixed-submissions")
def test_a_person_answers_takes_it_back_and_had_more_to_say(stack: Stack, held: dict[str, str]) -> None:
    made = ask(stack, also="both", also_words="Nobody called me back.")
    assert [row["kind"] for row in made["also"]] == ["complaint", "data_protection_complaint"]
    for row in made["also"]:
        assert waiting(stack, held, row["reference"], f"{row['kind']}.triage")
    reference = made["reference"]
    walk(
        stack,
        held,
        reference,
        ("rights_request.triage", "accept", {"right": "access"}),
        ("rights_request.collect", "ask_question", {}),
    )
    waiting(stack, held, reference, "rights_request.clarify")
    person = visitor(stack, made)
    assert "stands still" in person.get("/track/case")
    assert "You answered our question." in person.post("/track/case/messages", {"text": "This year."})
    person.get("/track/case/withdraw")
    assert "You asked us to stop" in person.post("/track/case/withdraw", {})
    case = case_of(stack, reference, held["ig_officer"])
    assert case["needs_attention"] == "wants_to_withdraw"
    walk(stack, held, reference, ("rights_request.clarify", "withdrawn", {}))
    assert closed(stack, held, reference)["outcome"] == "withdrawn"
    assert re.search(r"You took back your request", person.get("/track/case"))
