"""The JSON API: what another program can do with it, and what it says to bad input."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.domain.model import Actor

from ..support import samples
from ..support.site import Page, Site
from .walks import complaint

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = json.loads((ROOT / "schemas" / "submissions" / "complaint.json").read_text())["examples"][0]
CORRECTION = json.loads((ROOT / "schemas" / "api" / "correction.json").read_text())["examples"][0]
DECISION = json.loads((ROOT / "schemas" / "api" / "decision.json").read_text())["examples"][0]


def token_of(site: Site, actor: Actor) -> str:
    """A bearer token as the pool would issue it."""
    token = f"token-of-{actor.id}"
    site.world.identity.tokens[token] = {
        "cognito:username": actor.id,
        "cognito:groups": sorted(actor.roles),
        "name": actor.name,
    }
    return token


def described(site: Site, page: Page, path: str, method: str) -> Mapping[str, Any]:
    """The answer's JSON, after it was held against what the description says of this status."""
    document = site.browser().get("/v1/openapi.json").json
    answers = document["paths"][path][method]["responses"]
    assert str(page.status) in answers, f"{method} {path} answers {page.status}, which is not described"
    ((kind, content),) = answers[str(page.status)]["content"].items()
    assert page.headers["Content-Type"] == kind
    schema = {**content["schema"], "components": document["components"]}
    Draft202012Validator(schema).validate(page.json)
    return page.json  # type: ignore[no-any-return]


@pytest.mark.promise("feature:api-for-other-systems")
def test_a_program_takes_a_case_from_start_to_close_by_reading_what_the_api_says(site: Site) -> None:
    browser = site.browser()
    made = described(site, browser.api("POST", "/v1/complaints", EXAMPLE), "/v1/complaints", "post")
    reference = made["reference"]
    site.world.settle()
    tokens = {role: token_of(site, actor) for actor in samples.STAFF for role in actor.roles if len(actor.roles) == 1}
    for _ in range(10):
        page = browser.api("GET", f"/v1/cases/{reference}", token=tokens["ig_officer"])
        case = described(site, page, "/v1/cases/{reference}", "get")
        if case["status"] == "closed":
            break
        (task,) = case["tasks"]
        outcome = task["outcomes"][0]
        Draft202012Validator(outcome["schema"]).validate(outcome["example"])
        body = {
            "outcome": outcome["outcome"],
            "reason": "The record shows it.",
            "data": outcome["example"],
            "version": task["version"],
        }
        page = browser.api("POST", f"/v1/tasks/{task['task_id']}/decision", body, token=tokens[task["role"]])
        assert described(site, page, "/v1/tasks/{task_id}/decision", "post")["outcome"] == outcome["outcome"]
        site.world.settle()
    assert case["status"] == "closed"
    assert case["disposal"]["on"] == "2032-11-23"
    assert not case["tasks"]
    signed = browser.api("POST", "/v1/track", {"reference": reference, "access_code": made["access_code"]})
    opened = described(site, signed, "/v1/track", "post")
    page = browser.api("GET", f"/v1/track/{reference}", token=opened["token"])
    assert described(site, page, "/v1/track/{reference}", "get")["answer"]["paragraphs"]


def test_dates_come_with_their_working(site: Site) -> None:
    made = site.browser().api("POST", "/v1/complaints", EXAMPLE).json
    assert [row["name"] for row in made["dates"]] == ["ack_due", "due_cap_if_unacknowledged"]
    assert made["dates"][0]["date"] == "2026-11-30"
    assert "Monday 30 November 2026" in made["dates"][0]["explanation"][-1]


def test_an_idempotency_key_makes_a_retry_the_same_case(site: Site) -> None:
    browser = site.browser()
    first = browser.api("POST", "/v1/complaints", EXAMPLE, **{"Idempotency-Key": "k1"})
    again = browser.api("POST", "/v1/complaints", EXAMPLE, **{"Idempotency-Key": "k1"})
    other = browser.api("POST", "/v1/complaints", {**EXAMPLE, "name": "Another"}, **{"Idempotency-Key": "k1"})
    assert first.status == again.status == 201
    assert first.json == again.json
    assert first.headers["Location"].endswith(first.json["reference"])
    assert other.status == 409
    assert browser.api("POST", "/v1/complaints", EXAMPLE).json["reference"] != first.json["reference"]
    too_long = browser.api("POST", "/v1/complaints", EXAMPLE, **{"Idempotency-Key": "k" * 201})
    assert too_long.status == 422


@pytest.mark.parametrize(
    ("change", "pointer", "rule"),
    [
        ({"what_happened": ""}, "/what_happened", "minLength"),
        ({"what_happened": 7}, "/what_happened", "type"),
        ({"what_happened": "x" * 130_001}, "/what_happened", "maxLength"),
        ({"name": "a\nb"}, "/name", "pattern"),
        ({"on_behalf_of": "Zebrafinch"}, "/on_behalf_of", "enum"),
        ({"email": None}, "/email", "type"),
        ({"received_at": "2001-01-01"}, "", "unknown"),
        ({"contact_way": "post"}, "/address", "required"),
    ],
)
@pytest.mark.promise("fault:anonymous-sender-may-set-received-and-finished-d")
def test_each_fault_is_told_by_pointer_rule_and_words(
    site: Site, change: dict[str, Any], pointer: str, rule: str
) -> None:
    page = site.browser().api("POST", "/v1/complaints", {**EXAMPLE, **change})
    assert page.status == 422
    body = described(site, page, "/v1/complaints", "post")
    assert (pointer, rule) in [(row["pointer"], row["rule"]) for row in body["errors"]]
    assert "Zebrafinch" not in page.body


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b'{"name": NaN}', 422),
        (b'{"name": "a", "name": "b"}', 422),
        (b'{"name": "\\ud800"}', 422),
        (b"\xff\xfe", 422),
        (b"[" * 100_000, 422),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 422),
        (b'{"name": ' + b"9" * 5_000 + b"}", 422),
        (b'{"name": "' + b"x" * 1_100_000 + b'"}', 413),
    ],
)
def test_a_body_that_is_no_json_of_ours_is_refused_and_nothing_breaks(site: Site, body: bytes, status: int) -> None:
    browser = site.browser()
    for path in ("/v1/complaints", "/v1/track"):
        page = browser.api("POST", path, body)
        assert page.status == status, path
        assert page.headers["Content-Type"] == "application/problem+json"


def test_who_is_not_signed_in_or_not_allowed_is_told_so(site: Site) -> None:
    browser = site.browser()
    reference = site.world.submit().reference
    for method, path, body in (
        ("GET", "/v1/desk", None),
        ("GET", f"/v1/cases/{reference}", None),
        ("POST", "/v1/cases", {}),
        ("POST", f"/v1/tasks/{reference}.1/decision", DECISION),
        ("GET", f"/v1/track/{reference}", None),
    ):
        assert browser.api(method, path, body).status == 401
        assert browser.api(method, path, body, token="forged.token.here").status == 401
    auditor = token_of(site, samples.AUDITOR)
    assert browser.api("GET", f"/v1/cases/{reference}", token=auditor).status == 200
    site.world.settle()
    assert browser.api("POST", f"/v1/tasks/{reference}.1/decision", DECISION, token=auditor).status == 403
    service = token_of(site, samples.SERVICE)
    assert browser.api("GET", f"/v1/cases/{reference}", token=service).status == 404


def test_a_pass_for_one_case_opens_no_other(site: Site) -> None:
    browser = site.browser()
    mine = browser.api("POST", "/v1/complaints", EXAMPLE).json
    other = browser.api("POST", "/v1/complaints", EXAMPLE).json
    opened = browser.api("POST", "/v1/track", {name: mine[name] for name in ("reference", "access_code")}).json
    assert browser.api("GET", f"/v1/track/{mine['reference']}", token=opened["token"]).status == 200
    assert browser.api("GET", f"/v1/track/{other['reference']}", token=opened["token"]).status == 404


def test_a_task_is_decided_once_and_a_stale_version_not_at_all(site: Site) -> None:
    browser, token = site.browser(), token_of(site, samples.OFFICER)
    reference = site.world.submit().reference
    site.world.settle()
    path = f"/v1/tasks/{reference}.1/decision"
    stale = browser.api("POST", path, {**DECISION, "version": 9}, token=token)
    assert (stale.status, stale.json["type"]) == (409, "urn:case-service:problem:stale-version")
    assert browser.api("POST", path, {**DECISION, "outcome": "nonsense"}, token=token).status == 404
    bad = browser.api("POST", path, {**DECISION, "data": {"points": 1}}, token=token)
    assert bad.status == 422
    assert all(row["pointer"].startswith("/data") for row in bad.json["errors"])
    assert browser.api("POST", path, DECISION, token=token).status == 200
    again = browser.api("POST", path, DECISION, token=token)
    assert (again.status, again.json["type"]) == (409, "urn:case-service:problem:already-decided")
    assert "Olive Officer" in again.json["title"]


@pytest.mark.promise("feature:staff-log-a-call-letter-or-visit")
def test_staff_enter_what_came_by_phone_with_its_true_receipt(site: Site) -> None:
    browser, token = site.browser(), token_of(site, samples.OFFICER)
    body = {"kind": "complaint", "channel": "phone", "received_at": "2026-11-20", "answers": EXAMPLE}
    made = described(site, browser.api("POST", "/v1/cases", body, token=token), "/v1/cases", "post")
    assert made["dates"][0]["date"] == "2026-11-27", "counted from the day it came in"
    case = browser.api("GET", f"/v1/cases/{made['reference']}", token=token).json
    assert (case["received_on"], case["channel"]) == ("2026-11-20", "phone")
    for change, pointer in (
        ({"received_at": "2026-11-24"}, "/received_at"),
        ({"received_at": "2026-02-30"}, "/received_at"),
        ({"received_at": "2026-11-20T10:00:00"}, "/received_at"),
        ({"received_at": "1017-01-01"}, "/received_at"),
        ({"answers": {}}, "/answers/name"),
    ):
        page = browser.api("POST", "/v1/cases", {**body, **change}, token=token)
        assert page.status == 422, change
        assert pointer in [row["pointer"] for row in page.json["errors"]]
    assert browser.api("POST", "/v1/cases", {**body, "kind": "nothing"}, token=token).status == 404


def test_the_desk_pages_by_cursor(site: Site) -> None:
    browser, token = site.browser(), token_of(site, samples.OFFICER)
    for number in range(5):
        site.world.submit(key=f"k{number}")
    site.world.settle()
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        page = described(site, browser.api("GET", f"/v1/desk?limit=2&cursor={cursor}", token=token), "/v1/desk", "get")
        seen += [row["task_id"] for row in page["tasks"]]
        cursor = page["cursor"] or ""
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5
    for bad in ("limit=0", "limit=101", "limit=x", "cursor=x", "cursor=e30", "cursor=bnVsbA=="):
        assert browser.api("GET", f"/v1/desk?{bad}", token=token).status in (200, 422), bad


def test_wrong_addresses_and_methods(site: Site) -> None:
    browser = site.browser()
    assert browser.api("POST", "/v1/nothing", {}).status == 404
    assert browser.api("GET", "/v1/complaints").status == 405
    assert browser.api("GET", "/v1/nothing").status == 404


def test_every_schema_carries_a_complete_valid_example() -> None:
    for folder in ("submissions", "outcomes"):
        for path in (ROOT / "schemas" / folder).rglob("*.json"):
            schema = json.loads(path.read_text(encoding="utf-8"))
            Draft202012Validator.check_schema(schema)
            Draft202012Validator(schema).validate(schema["examples"][0])


def test_a_receipt_is_put_right(site: Site) -> None:
    reference, _ = complaint(site)
    site.world.settle()
    caller, token = site.browser(), token_of(site, samples.OFFICER)
    path = f"/v1/cases/{reference}/receipt"
    stale = caller.api("POST", path, {**CORRECTION, "version": 1}, token=token)
    assert described(site, stale, "/v1/cases/{reference}/receipt", "post")["status"] == 409
    version = site.world.file(reference).case.version
    done = caller.api("POST", path, {**CORRECTION, "version": version}, token=token)
    assert described(site, done, "/v1/cases/{reference}/receipt", "post")["received_on"] == "2026-11-20"
    again = caller.api("POST", path, {**CORRECTION, "version": version + 1}, token=token)
    assert described(site, again, "/v1/cases/{reference}/receipt", "post")["errors"][0]["rule"] == "unchanged"
    stranger = caller.api("POST", path, CORRECTION, token=token_of(site, samples.SERVICE))
    assert described(site, stranger, "/v1/cases/{reference}/receipt", "post")["status"] == 403
