"""`make run`: it tells where everything is, checks permissions as AWS does, and goes on where it stopped."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from tools.package import ROOT

from ..support.stack import Stack
from .visitor import Visitor, complain, sign_in

Aws = Callable[..., Any]
KEYS = {
    "resident_url",
    "staff_url",
    "api_url",
    "mail_url",
    "endpoint_url",
    "table",
    "bucket",
    "stack",
    "user_pool_id",
    "client_id",
    "staff",
}
pytestmark = [pytest.mark.deployed, pytest.mark.xdist_group("stack")]
# The reconciler leaves a case alone that changed in the last 45 seconds: what it lacks may be on its way.
A_ROUND = 100
REFERENCE = r"FF-\w{3}-\w{3}-\w{3}"


def answers() -> Mapping[str, str]:
    schema = json.loads((ROOT / "schemas" / "submissions" / "complaint.json").read_text(encoding="utf-8"))
    found: Mapping[str, str] = schema["examples"][0]
    return found


def soon(look: Callable[[], Any], seconds: float = 30) -> Any:
    """What `look` finds, as soon as it finds something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(1)
    raise AssertionError(f"nothing after {seconds} seconds")


def tool(stack: Stack, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of our tools on this stack."""
    command = [sys.executable, "-m", f"tools.{name}", *arguments]
    environment = {**os.environ, "LOCAL_DIR": str(stack.folder)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def machine(aws: Aws, name: str) -> str:
    machines = aws("stepfunctions").list_state_machines()["stateMachines"]
    (arn,) = [row["stateMachineArn"] for row in machines if row["name"].endswith(f"-{name}")]
    return str(arn)


def running(aws: Aws, name: str, reference: str) -> list[str]:
    """Names of the executions of a case that run now."""
    listed = aws("stepfunctions").list_executions(stateMachineArn=machine(aws, name), statusFilter="RUNNING")
    return [row["name"] for row in listed["executions"] if row["name"].startswith(reference)]


def mended(stack: Stack, aws: Aws, name: str, reference: str) -> list[str]:
    """The executions of a case after one more round of the reconciler, which also goes round by itself."""
    aws("lambda").invoke(FunctionName=f"{stack.run['stack']}-reconcile", Payload=b"{}")
    return running(aws, name, reference)


def person(stack: Stack, role: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(row for row in stack.run["staff"] if role in row["roles"])
    return found


def test_run_json_says_where_everything_is(stack: Stack) -> None:
    assert set(stack.run) >= KEYS
    assert all(set(row) == {"username", "password", "roles"} for row in stack.run["staff"])
    held = Counter(role for row in stack.run["staff"] for role in row["roles"])
    assert held["ig_officer"] >= 2
    assert held["ig_manager"] >= 2
    assert held["service_manager"] >= 2
    assert held["auditor"] >= 1


def test_the_first_page_answers_people_and_programs(stack: Stack, visitor: Visitor) -> None:
    page = visitor.get()
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    with urlopen(f"{stack.run['api_url']}/", timeout=30) as answer:
        assert answer.status == 200
    with urlopen(stack.run["mail_url"], timeout=30) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("path", ["no-such-page", "complaint/no/such/page/at/all", "static/none", "staff/nothing"])
def test_an_unknown_address_shows_a_page(visitor: Visitor, path: str) -> None:
    page = visitor.ask("GET", path)
    assert page.status == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "<h1" in page.text


def test_a_wrong_method_shows_a_page(visitor: Visitor) -> None:
    page = visitor.ask("DELETE", "help")
    assert page.status == 404
    assert page.headers["content-type"].startswith("text/html")


def test_nobody_else_on_the_network_reaches_it(stack: Stack) -> None:
    """Every listening socket on its port is bound to 127.0.0.1 (Linux tells in /proc/net)."""
    listening = [
        line.split()[1].split(":")
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    hosts = {host for host, port in listening if int(port, 16) == stack.port}
    assert hosts == {"0100007F"}


def test_a_token_says_who_and_which_roles(stack: Stack) -> None:
    officer = person(stack, "ig_officer")
    done = tool(stack, "token", officer["username"])
    assert done.returncode == 0, done.stderr
    claims = json.loads(base64.urlsafe_b64decode(done.stdout.split(".")[1] + "=="))
    assert claims["cognito:username"] == officer["username"]
    assert claims["cognito:groups"] == officer["roles"]
    assert claims["aud"] == stack.run["client_id"]
    assert claims["iss"].endswith(f"/{stack.run['user_pool_id']}")


def test_a_stranger_gets_no_token(stack: Stack) -> None:
    done = tool(stack, "token", "nobody.at.all")
    assert done.returncode != 0
    assert done.stdout == ""
    assert stack.run["staff"][0]["username"] in done.stderr
    assert "Traceback" not in done.stderr


def test_staff_sign_in_on_the_hosted_page(stack: Stack, visitor: Visitor) -> None:
    officer = person(stack, "ig_officer")
    page = sign_in(visitor, officer["username"], officer["password"])
    assert (page.status, page.url) == (200, stack.run["staff_url"])
    assert "code=" not in page.text


def test_a_wrong_password_opens_nothing(stack: Stack, visitor: Visitor) -> None:
    sign_in(visitor, person(stack, "ig_officer")["username"], "Not-the-password-1")
    page = visitor.ask("GET", "staff")
    assert page.status == 303
    assert "/staff/sign-in" in page.headers["location"]


def test_staff_come_and_go(stack: Stack, aws: Aws) -> None:
    """A new person is in the pool and in the directory; a leaver is in neither."""
    words = ("--name", "Noor Rahman (made up)", "--email", "noor.rahman@bolton.example", "--role", "ig_officer")
    added = tool(stack, "staff", "add", "noor.rahman", *words)
    assert added.returncode == 0, added.stderr
    assert "noor.rahman" in tool(stack, "staff", "list").stdout
    pool = {"UserPoolId": stack.run["user_pool_id"], "Username": "noor.rahman"}
    groups = aws("cognito-idp").admin_list_groups_for_user(**pool)["Groups"]
    assert [group["GroupName"] for group in groups] == ["ig_officer"]
    removed = tool(stack, "staff", "remove", "noor.rahman")
    assert removed.returncode == 0, removed.stderr
    assert "noor.rahman" not in tool(stack, "staff", "list").stdout
    with pytest.raises(ClientError, match="UserNotFound"):
        aws("cognito-idp").admin_get_user(**pool)


def test_the_directory_has_everybody(stack: Stack) -> None:
    listed = tool(stack, "staff", "list").stdout
    assert all(row["username"] in listed for row in stack.run["staff"])


def test_permissions_are_checked_here_too(stack: Stack, aws: Aws) -> None:
    """Somebody with a key and no policy may do nothing: so the functions' own policies are what lets them work."""
    iam = aws("iam")
    iam.create_user(UserName="without-policy")
    key = iam.create_access_key(UserName="without-policy")["AccessKey"]
    stranger = aws("dynamodb", key["AccessKeyId"], key["SecretAccessKey"])
    with pytest.raises(ClientError, match="AccessDenied"):
        stranger.get_item(TableName=stack.run["table"], Key={"pk": {"S": "STAFF"}, "sk": {"S": "nobody"}})


@pytest.mark.promise("feature:serverless", "feature:lost-callbacks-repaired")
@pytest.mark.slow
@pytest.mark.promise("feature:lost-callbacks-repaired", "ours-alone:lost-callback-sweeper")
def test_a_stop_loses_nothing(stack: Stack, aws: Aws, visitor: Visitor) -> None:
    """The engine ends executions when it stops. The table knows better, and the reconciler starts them again."""
    reference = complain(visitor, answers()).find(REFERENCE)
    before = soon(lambda: running(aws, "complaint", reference))
    clocks = soon(lambda: running(aws, "deadline_clock", reference))
    told = dict(stack.run)

    assert stack.stop() == 0
    assert not (stack.folder / "run.json").exists()
    began = time.monotonic()
    stack.start()

    assert time.monotonic() - began < 30, "a warm start shows its first page within half a minute"
    assert stack.run == told, "addresses, people and passwords stay"
    after = soon(lambda: mended(stack, aws, "complaint", reference), A_ROUND)
    assert after != before
    assert soon(lambda: mended(stack, aws, "deadline_clock", reference)) != clocks
    manager = person(stack, "ig_manager")
    staff = Visitor(stack.run["resident_url"])
    assert sign_in(staff, manager["username"], manager["password"]).status == 200
    page = staff.get(f"staff/cases/{reference}")
    assert page.status == 200
    assert reference in page.text


def test_the_port_of_another_is_left_alone(stack: Stack, tmp_path: Path) -> None:
    second = Stack(tmp_path / "second")
    second.port = stack.port
    with pytest.raises(AssertionError, match="is taken") as refused:
        second.start()
    assert "Traceback" not in str(refused.value)
    assert (stack.folder / "run.json").exists()
    with urlopen(f"{stack.run['api_url']}/", timeout=30) as answer:
        assert answer.status == 200


def test_no_effect_was_given_up(stack: Stack, aws: Aws) -> None:
    sqs = aws("sqs")
    urls = sqs.list_queues().get("QueueUrls", [])
    assert len(urls) >= 2
    for url in urls:
        waiting = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        assert waiting["Attributes"]["ApproximateNumberOfMessages"] == "0", url
