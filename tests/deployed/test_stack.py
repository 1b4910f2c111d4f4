"""The packaged stack in the local engine, with IAM enforced: Lambda processes, streams, workflows, mail, sign-in."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tools.demo import settle

from ..support.stack import Stack

pytestmark = [pytest.mark.deployed, pytest.mark.xdist_group("stack")]

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = json.loads((ROOT / "schemas" / "submissions" / "complaint.json").read_text())["examples"][0]
CANARIES = {
    **EXAMPLE,
    "name": "Wrenquill Canaryname",
    "subject_name": "Robinquill Canarychild",
    "what_happened": "Zebrafinchcanary happened twice.",
    "outcome_wanted": "Goldcrestcanary wanted.",
    "safe_contact": "Nightjarcanary rule.",
    "adjustments": "Lapwingcanary print.",
    "email": "wrenquill.canary@example.org",
}
SECRETS = ("Wrenquill", "Robinquill", "Zebrafinchcanary", "Goldcrestcanary", "Nightjarcanary", "Lapwingcanary")
DESKS = {"ig_officer": "olu.adeyemi", "service_manager": "sam.okafor", "ig_manager": "megan.hughes"}


def call(stack: Stack, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any, dict[str, str]]:
    headers = {"Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode()
    request = Request(f"{stack.run['api_url']}{path}", data, headers, method=method)
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, _read(answer.read()), dict(answer.headers)
    except HTTPError as error:
        return error.code, _read(error.read()), dict(error.headers)


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")


def wait_for(what: Callable[[], Any], seconds: float = 30) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError("it did not come to pass")


def tokens(stack: Stack) -> dict[str, str]:
    return {role: stack.token(username) for role, username in DESKS.items()}


def case_of(stack: Stack, reference: str, token: str) -> Any:
    status, case, _ = call(stack, "GET", f"/v1/cases/{reference}", token=token)
    assert status == 200, case
    return case


def decide_next(stack: Stack, reference: str, held: dict[str, str]) -> str:
    """Wait for the open task and decide it with its first outcome's example; returns the task's name."""

    def waiting() -> Any:
        return case_of(stack, reference, held["ig_officer"])["tasks"]

    (task,) = wait_for(waiting)
    outcome = task["outcomes"][0]
    body = {"outcome": outcome["outcome"], "reason": "Checked.", "data": outcome["example"], "version": task["version"]}
    status, answer, _ = call(stack, "POST", f"/v1/tasks/{task['task_id']}/decision", body, held[task["role"]])
    assert status == 200, answer
    return str(task["task"])


@pytest.mark.promise("feature:serverless", "feature:workflow-as-data-checked-at-start-up")
def test_a_complaint_travels_from_submission_to_its_disposal_date(stack: Stack) -> None:
    status, made, headers = call(stack, "POST", "/v1/complaints", CANARIES)
    assert status == 201, made
    assert headers["Location"].endswith(made["reference"])
    held = tokens(stack)
    done = [decide_next(stack, made["reference"], held) for _ in range(3)]
    assert done == ["complaint.triage", "complaint.investigate", "complaint.approve"]

    def closed_and_told() -> Any:
        case = case_of(stack, made["reference"], held["ig_manager"])
        return case["status"] == "closed" and [row["status"] for row in case["messages"]] == ["sent"] * 3 and case

    assert wait_for(closed_and_told)["disposal"]["on"]

    def all_have_ends() -> bool:
        client = stack.client("dynamodb")
        items = client.query(
            TableName=stack.run["table"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"CASE#{made['reference']}"}},
        )["Items"]
        return len(items) > 8 and all("expires_at" in item for item in items)

    wait_for(all_have_ends)


@pytest.mark.promise("fault:whole-records-signed-bodies-or-customer-names-in")
def test_no_personal_data_leaves_the_table(stack: Stack) -> None:
    """Makes cases and mistakes with values that would be known again, then looks everywhere that others may look."""
    status, made, _ = call(stack, "POST", "/v1/complaints", CANARIES)
    assert status == 201
    call(stack, "POST", "/v1/complaints", {**CANARIES, "contact_way": "pigeon"})
    call(stack, "POST", "/v1/track", {"reference": made["reference"], "access_code": "Zebrafinchcanary"})
    decide_next(stack, made["reference"], tokens(stack))
    seen = stack.logged()
    assert any('"answered"' in line for line in seen), "the logs were found"
    states = stack.client("stepfunctions")
    executions = 0
    for machine in states.list_state_machines()["stateMachines"]:
        for row in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            executions += 1
            seen.append(json.dumps(states.describe_execution(executionArn=row["executionArn"]), default=str))
            history = states.get_execution_history(executionArn=row["executionArn"])["events"]
            seen.append(json.dumps(history, default=str))
    assert executions >= 2
    with urlopen(stack.run["mail_url"]) as answer:
        mail = json.load(answer)
    mails = [row for rows in mail["messages"].values() for row in rows] if isinstance(mail["messages"], dict) else mail
    assert mails
    seen += [json.dumps({name: row[name] for name in row if name != "To"}) for row in mails]
    queues = stack.client("sqs")
    for url in queues.list_queues().get("QueueUrls", ()):
        got = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ())
        assert not got, "nothing ended in a dead-letter queue"
    text = "\n".join(seen)
    for secret in SECRETS:
        assert secret not in text, f"{secret} got out"
    assert made["access_code"] not in text


def test_iam_is_enforced_and_the_web_function_may_start_no_workflow(stack: Stack) -> None:
    lambdas, iam = stack.client("lambda"), stack.client("iam")
    role = lambdas.get_function(FunctionName=f"{stack.run['stack']}-api")["Configuration"]["Role"].rpartition("/")[2]
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    actions = {action for row in document["Statement"] for action in row["Action"]}
    assert not {action for action in actions if action.startswith(("states:", "ses:"))}
    areas = {row["Resource"].rpartition("/")[0].rpartition("/")[2] for row in document["Statement"] if "s3" in str(row)}
    assert areas == {"quarantine", "clean"}, (
        "it signs forms and links for files, and reaches nothing else in the bucket"
    )
    assert all("*" not in action for action in actions)


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nothing", 404, "text/html"),
        ("GET", "/deep/er/nothing", 404, "text/html"),
        ("PUT", "/track", 404, "text/html"),
        ("GET", "/v1/nothing/here", 404, "application/problem+json"),
        ("DELETE", "/v1/complaints", 405, "application/problem+json"),
        ("HEAD", "/", 200, "text/html"),
        ("GET", "/healthz", 200, "text/plain"),
    ],
)
def test_any_address_has_a_helpful_answer(stack: Stack, method: str, path: str, status: int, kind: str) -> None:
    got, body, headers = call(stack, method, path)
    found = {name.lower(): value for name, value in headers.items()}
    assert (got, found["content-type"].partition(";")[0]) == (status, kind)
    assert "Missing Authentication Token" not in str(body)
    for name in ("strict-transport-security", "x-content-type-options", "content-security-policy"):
        assert name in found


def test_eight_at_once_make_one_decision(stack: Stack) -> None:
    from concurrent.futures import ThreadPoolExecutor

    _, made, _ = call(stack, "POST", "/v1/complaints", EXAMPLE)
    held = tokens(stack)
    (task,) = wait_for(lambda: case_of(stack, made["reference"], held["ig_officer"])["tasks"])
    outcome = task["outcomes"][0]
    body = {"outcome": outcome["outcome"], "reason": "Checked.", "data": outcome["example"], "version": 1}
    path = f"/v1/tasks/{task['task_id']}/decision"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: call(stack, "POST", path, body, held["ig_officer"]), range(8)))
    assert sorted(answer[0] for answer in answers) == [200] + [409] * 7
    assert all("Olu Adeyemi" in answer[1]["title"] for answer in answers if answer[0] == 409)


@pytest.mark.slow
def test_the_api_keeps_to_its_description_whatever_is_sent(stack: Stack) -> None:
    """schemathesis over the OpenAPI document: no 5xx, and no answer outside its schema. What follows from all that was
    accepted is waited for, so that no other test waits behind it."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{stack.run['api_url']}/v1/openapi.json",
        "--url",
        stack.run["api_url"],
        "--checks",
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        "--phases",
        "examples,coverage,fuzzing",
        "--max-examples",
        "8",
        "--header",
        f"Authorization: Bearer {stack.token('olu.adeyemi')}",
        "--generation-deterministic",
        "--rate-limit",
        "40/s",  # the gateway takes 50
        "--no-color",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=stack.folder, timeout=400)
    assert done.returncode == 0, done.stdout[-6000:]
    assert settle(stack.run, 240), "what was accepted did not come to its effects"
