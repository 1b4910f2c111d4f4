"""The packaged stack in the local engine, started once for all tests, with a port and a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120


class Stack:
    """`make run` as a process: start, stop, start again with the state that was kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.run: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "LOCAL_DIR": str(self.folder),
            "PORT": str(self.port),
        }
        with (self.folder / "run.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tools.run"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        until = time.monotonic() + PATIENCE
        while not (self.folder / "run.json").exists():
            if time.monotonic() > until or self._process.poll() is not None:
                raise AssertionError(f"the stack does not come up:\n{(self.folder / 'run.log').read_text()[-3000:]}")
            time.sleep(0.2)
        self.run = json.loads((self.folder / "run.json").read_text())

    def stop(self) -> int:
        """Stop as Ctrl+C does; its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(60)

    def token(self, username: str) -> str:
        """What `python -m tools.token` prints for a member of staff."""
        environment = {**os.environ, "LOCAL_DIR": str(self.folder)}
        command = [sys.executable, "-m", "tools.token", username]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def forget_tries(self) -> None:
        """Wrong access codes that other tests gave, for all come from one address."""
        client = self.client("dynamodb")
        pages = client.get_paginator("scan").paginate(
            TableName=self.run["table"],
            FilterExpression="begins_with(pk, :tries)",
            ExpressionAttributeValues={":tries": {"S": "TRIES#"}},
        )
        for page in pages:
            for item in page["Items"]:
                client.delete_item(TableName=self.run["table"], Key={"pk": item["pk"], "sk": item["sk"]})

    def function(self, name: str) -> dict[str, Any]:
        """What a function of the stack answers when it is called now, by its name in the template.

        Raises AssertionError when it fails.
        """
        listed = self.client("cloudformation").describe_stack_resources(StackName=self.run["stack"])["StackResources"]
        physical = next(row["PhysicalResourceId"] for row in listed if row["LogicalResourceId"] == name)
        answer = self.client("lambda").invoke(FunctionName=physical, Payload=b"{}")
        body = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, body
        return dict(body)

    def logged(self) -> list[str]:
        """Every line that a function logged."""
        logs, found = self.client("logs"), list[str]()
        for group in logs.describe_log_groups()["logGroups"]:
            name = group["logGroupName"]
            for stream in logs.describe_log_streams(logGroupName=name)["logStreams"]:
                events = logs.get_log_events(logGroupName=name, logStreamName=stream["logStreamName"], limit=10_000)
                found += [event["message"] for event in events["events"]]
        return found

    def denied(self) -> list[str]:
        """Lines of functions that asked AWS for what their policy does not let them: each is a fault of a policy, for
        the engine checks permissions as AWS does."""
        return [line for line in self.logged() if "AccessDenied" in line]

    def client(self, name: str) -> Any:
        """An AWS client of the engine."""
        from tools.stack import Aws

        return Aws("eu-west-2", self.run["endpoint_url"]).client(name)


def _only_one() -> None:
    """Raises AssertionError when another worker of this run has a stack already."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return
    mark = Path(tempfile.gettempdir()) / f"case-service-stack-{run}"
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        raise AssertionError("the group of tests that use the stack was not kept on one worker") from None


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The running stack. Tests that use it carry `xdist_group("stack")`, so that one worker has it: two stacks would
    take each other's time, and a test that waits would wait in vain."""
    _only_one()
    folder = ROOT / ".local" / f"stack-{os.getpid()}"
    found = Stack(folder)
    try:
        found.start()
        yield found
    finally:
        denied = found.denied() if found.run else []
        if found.run:
            found.stop()
        shutil.rmtree(folder, ignore_errors=True)
    assert not denied, f"a function lacks a permission: {denied[:5]}"
