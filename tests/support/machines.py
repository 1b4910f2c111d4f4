"""A small interpreter of our own state machines: no threads and no sleep, so that a test can stop it anywhere.

It knows exactly the states that the files in `state_machines/` use and fails on anything else. moto executes the same
files in `tests/workflow/test_executed.py`; both must end alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import aws
from .calls import Calls

Json = dict[str, Any]


class Refused(Exception):
    """Step Functions did not answer."""


@dataclass
class Execution:
    machine: str
    name: str
    input: Json
    state: str
    data: Json
    status: str = "RUNNING"
    token: str = ""
    wakes_at: datetime | None = None
    asleep: bool = False
    transitions: int = 0
    entered: list[str] = field(default_factory=list)

    @property
    def parked(self) -> bool:
        return bool(self.token) or self.asleep or self.status != "RUNNING"


class Machines:
    """Step Functions behind the product's `Workflows`, and the engine that runs the executions."""

    def __init__(self, calls: Calls, now: Callable[[], datetime], functions: Mapping[str, aws.Function]) -> None:
        self.executions: dict[tuple[str, str], Execution] = {}
        self.refusals = 0
        self._calls, self._now, self._functions = calls, now, functions
        self._definitions = {name: aws.definition(name) for name in aws.machine_names()}
        self._tokens = 0

    # what the product calls

    def start(self, workflow: str, name: str, values: Mapping[str, Any]) -> None:
        self._called("StartExecution")
        if (workflow, name) not in self.executions:
            data = json.loads(json.dumps(values))
            start = self._definitions[workflow]["StartAt"]
            self.executions[workflow, name] = Execution(workflow, name, dict(data), start, data)
        self._calls.after("StartExecution")

    def signal(self, token: str, values: Mapping[str, Any]) -> bool:
        self._called("SendTaskSuccess")
        waiting = next((run for run in self.executions.values() if run.token == token and not _over(run)), None)
        if waiting is not None:
            self._finish_task(waiting, json.loads(json.dumps(values)))
        self._calls.after("SendTaskSuccess")
        return waiting is not None

    def is_running(self, workflow: str, name: str) -> bool:
        self._called("DescribeExecution")
        found = self.executions.get((workflow, name))
        self._calls.after("DescribeExecution")
        return found is not None and found.status == "RUNNING"

    def _called(self, name: str) -> None:
        self._calls.before(name)
        if self.refusals:
            self.refusals -= 1
            raise Refused("ThrottlingException")

    # what the tests do

    def run(self) -> int:
        """Run every execution until it waits or ends; returns how many states were entered."""
        entered = 0
        for execution in list(self.executions.values()):
            if execution.asleep and execution.wakes_at is not None and execution.wakes_at <= self._now():
                execution.asleep = False
                execution.state = self._at(execution)["Next"]
            while not execution.parked:
                self._step(execution)
                entered += 1
                assert execution.transitions < 200, f"{execution.machine} runs in a circle"
        return entered

    def stop(self, machine: str) -> list[str]:
        """Stop every running execution of a machine, as after a restart of the engine; returns their names."""
        stopped = [run for run in self.executions.values() if run.machine == machine and run.status == "RUNNING"]
        for execution in stopped:
            execution.status, execution.token, execution.asleep = "ABORTED", "", False
        return [execution.name for execution in stopped]

    def time_out(self, machine: str) -> None:
        """The waiting tasks of a machine reach their `TimeoutSeconds`."""
        for execution in self.executions.values():
            if execution.machine == machine and execution.token:
                execution.token = ""
                self._fail(execution, "States.Timeout")

    # one state

    def _at(self, execution: Execution) -> Json:
        state: Json = self._definitions[execution.machine]["States"][execution.state]
        return state

    def _step(self, execution: Execution) -> None:
        state = self._at(execution)
        execution.transitions += 1
        execution.entered.append(execution.state)
        match state["Type"]:
            case "Choice":
                execution.state = _chosen(state, execution.data)
            case "Pass":
                execution.data = _filled(state["Parameters"], execution.data, "")
                execution.state = state["Next"]
            case "Wait":
                wakes_at = datetime.fromisoformat(_path(execution.data, state["TimestampPath"]))
                execution.wakes_at, execution.asleep = wakes_at, True
            case "Task":
                self._task(execution, state)
            case "Succeed":
                execution.status = "SUCCEEDED"
            case "Fail":
                execution.status = "FAILED"
            case other:
                raise AssertionError(f"{other} is not in the portable subset")

    def _task(self, execution: Execution, state: Json) -> None:
        """Call the function, again and again as `Retry` says; a token task then waits."""
        waits = state["Resource"].endswith(".waitForTaskToken")
        for _ in range(1 + max(rule["MaxAttempts"] for rule in state["Retry"])):
            self._tokens += 1
            execution.token = f"token-{self._tokens}" if waits else ""
            payload = _filled(state["Parameters"], execution.data, execution.token)["Payload"]
            name = _function(state["Parameters"]["FunctionName"])
            try:
                answer = self._functions[name](payload, None)
            except Exception:
                continue
            if not waits:
                self._finish_task(execution, {"Payload": json.loads(json.dumps(answer))})
            return
        execution.token = ""
        self._fail(execution, "States.TaskFailed")

    def _finish_task(self, execution: Execution, result: Json) -> None:
        state = self._at(execution)
        execution.token = ""
        if "ResultSelector" in state:
            result = _filled(state["ResultSelector"], result, "")
        if state.get("ResultPath", "$") is not None:
            execution.data = {**execution.data, state["ResultPath"].removeprefix("$."): result}
        execution.state = state["Next"]

    def _fail(self, execution: Execution, error: str) -> None:
        for rule in self._at(execution).get("Catch", ()):
            if error in rule["ErrorEquals"]:
                name = rule["ResultPath"].removeprefix("$.")
                execution.data = {**execution.data, name: {"Error": error, "Cause": ""}}
                execution.state = rule["Next"]
                return
        execution.status = "FAILED"


def _over(execution: Execution) -> bool:
    return execution.status != "RUNNING"


def _function(arn: str) -> str:
    """`${OpenTaskArn}` → `open_task`."""
    words = arn.removeprefix("${").removesuffix("Arn}")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in words).lstrip("_")


def _chosen(state: Json, data: Json) -> str:
    for choice in state["Choices"]:
        if _path(data, choice["Variable"]) == choice["StringEquals"]:
            return str(choice["Next"])
    return str(state["Default"])


def _filled(template: Json, data: Json, token: str) -> Json:
    """`Parameters` or `ResultSelector` with its paths filled in."""
    found: Json = {}
    for name, value in template.items():
        if isinstance(value, dict):
            found[name] = _filled(value, data, token)
        elif name.endswith(".$"):
            found[name.removesuffix(".$")] = token if value == "$$.Task.Token" else _path(data, value)
        else:
            found[name] = value
    return found


def _path(data: Any, path: str) -> Any:
    for part in path.removeprefix("$.").split("."):
        data = data[part]
    return data
