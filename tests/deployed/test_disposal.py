"""A case that closed long ago is disposed of, deployed: nothing of it is anywhere, and a certificate proves it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from typing import Any
from urllib.request import urlopen

import pytest

from tools.travel import travel

from ..support.stack import Stack
from .test_rights import DESKS, closed, decide, waiting
from .test_stack import ROOT, call, wait_for
from .visitor import Visitor, sign_in

pytestmark = [pytest.mark.deployed, pytest.mark.xdist_group("stack")]

CANARY = "Thistlewick"
LONG_AGO = date.today() - timedelta(days=365 * 8)
ANSWERS = {
    "name": f"Orla {CANARY}",
    "on_behalf_of": "myself",
    "what_happened": f"The {CANARY} family was not told.",
    "outcome_wanted": f"Say sorry to {CANARY}.",
    "contact_way": "phone",
    "phone": "01204 909 909",
}


@pytest.fixture(scope="module")
def held(stack: Stack) -> dict[str, str]:
    return {role: stack.token(username) for role, username in DESKS.items()}


def old_case(stack: Stack, held: dict[str, str]) -> str:
    """Entered by staff with true dates: it came and was answered years ago."""
    body = {"kind": "complaint", "channel": "phone", "received_at": LONG_AGO.isoformat(), "answers": ANSWERS}
    status, made, _ = call(stack, "POST", "/v1/cases", body, held["ig_officer"])
    assert status == 201, made
    reference = str(made["reference"])
    row = waiting(stack, held, reference, "complaint.triage")[0]
    more = {"closed_on": (LONG_AGO + timedelta(days=20)).isoformat(), "answer": f"We said sorry to {CANARY}."}
    status, answer, _ = decide(stack, held, row, "answered_before", more, "ig_officer")
    assert status == 200, answer
    closed(stack, held, reference)
    return reference


def command(stack: Stack, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LOCAL_DIR": str(stack.folder)}
    return subprocess.run(
        [sys.executable, "-m", "tools.disposal", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def everything(stack: Stack) -> str:
    """All that the table, the bucket and the outbox of mail hold, as one text."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.run["table"])
    items = json.dumps([item for page in pages for item in page["Items"]])
    s3 = stack.client("s3")
    found = s3.list_object_versions(Bucket=stack.run["bucket"])
    names = json.dumps([row["Key"] for name in ("Versions", "DeleteMarkers") for row in found.get(name, ())])
    bodies = "".join(
        s3.get_object(Bucket=stack.run["bucket"], Key=row["Key"], VersionId=row["VersionId"])["Body"].read().decode()
        for row in found.get("Versions", ())
        if row["Key"].startswith("certificates/")
    )
    with urlopen(f"{stack.run['endpoint_url']}/_ministack/ses/messages", timeout=30) as answer:
        mail = answer.read().decode()
    return items + names + bodies + mail


@pytest.mark.promise("notice:retention", "ours-alone:disposal-certificate-that-can-be-checked")
def test_a_case_closed_long_ago_is_nowhere_any_more(stack: Stack, held: dict[str, str]) -> None:
    reference = old_case(stack, held)
    for area in ("quarantine", "clean"):
        stack.client("s3").put_object(Bucket=stack.run["bucket"], Key=f"{area}/{reference}.1.x", Body=CANARY.encode())
    shown = call(stack, "GET", f"/v1/cases/{reference}", token=held["ig_officer"])[1]
    assert shown["status"] == "closed"

    wait_for(lambda: len(ends(stack, reference)) == 1)
    assert travel(stack.run, reference, 2) > 5
    listed = command(stack, "preview", "--json")
    assert listed.returncode == 0, listed.stderr
    done = stack.function("Dispose")
    assert done["disposed"] >= 1, done
    assert done["failed"] == 0
    left = everything(stack)
    for secret in (CANARY, "909909", "01204 909", f"{reference}.1"):
        assert secret not in left, secret
    assert call(stack, "GET", f"/v1/cases/{reference}", token=held["ig_officer"])[0] == 404
    desk = Visitor(stack.run["resident_url"])
    person = next(row for row in stack.run["staff"] if row["roles"] == ["ig_officer"])
    sign_in(desk, person["username"], person["password"])
    gone = desk.get(f"staff/cases/{reference}")
    assert gone.status == 404
    assert "This case was deleted" in gone.text
    assert CANARY not in desk.get("staff/disposal").text
    assert stack.function("Dispose")["disposed"] == 0, "once"
    tampering_is_found(stack)


def ends(stack: Stack, reference: str) -> set[str]:
    """The different ends that the items of the case have now."""
    found = stack.client("dynamodb").query(
        TableName=stack.run["table"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"CASE#{reference}"}},
        ConsistentRead=True,
    )["Items"]
    return {item.get("expires_at", {"N": ""})["N"] for item in found}


def tampering_is_found(stack: Stack) -> None:
    whole = command(stack, "verify")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert "The chain is whole." in whole.stdout
    client, table = stack.client("dynamodb"), stack.run["table"]
    key: dict[str, Any] = {"pk": {"S": "CERTIFICATES"}, "sk": {"S": "000000001"}}
    item = client.get_item(TableName=table, Key=key)["Item"]
    body = json.loads(item["body"]["S"])
    body["remains"]["counts"]["events"] += 1
    client.put_item(TableName=table, Item={**item, "body": {"S": json.dumps(body)}})
    altered = command(stack, "verify")
    assert altered.returncode == 1
    assert "Certificate 1 was altered." in altered.stdout
    client.delete_item(TableName=table, Key=key)
    missing = command(stack, "verify")
    assert missing.returncode == 1
    assert "missing" in missing.stdout
    client.put_item(TableName=table, Item=item)
    assert command(stack, "verify").returncode == 0
