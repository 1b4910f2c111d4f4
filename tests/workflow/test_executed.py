"""The files in `state_machines/` executed by moto's Step Functions, with the functions of the product behind them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commands import submit

from ..support import aws, samples
from ..support.world import World, wait_for

LOOPED = (
    ("complaint.triage", "accept"),
    ("complaint.investigate", "wrong_service"),
    ("complaint.triage", "not_a_complaint"),
)
RETURNED = (*samples.STRAIGHT[:2], ("complaint.approve", "return"), *samples.STRAIGHT[1:])
PATHS = {
    "straight": samples.STRAIGHT,
    "not a complaint": samples.REFUSED,
    "wrong service": LOOPED,
    "returned": RETURNED,
}


def until_open(world: World, reference: str, task: str, number: int) -> None:
    """Deliver the stream until the workflow has put this task on a desk, with a token."""

    def found() -> bool:
        world.stream.pump()
        latest = world.file(reference).open_task
        return latest is not None and (latest.task, latest.number) == (task, number)

    wait_for(found, f"task {number}, {task}")


def until_closed(world: World, reference: str) -> None:
    def found() -> bool:
        world.stream.pump()
        return world.file(reference).case.status == "closed" and not world.outbox()

    wait_for(found, "the case to close")


def execution_arn(name: str, machine: str = "complaint") -> str:
    return f"{aws.MACHINE_PREFIX.replace(':stateMachine:', ':execution:')}{machine}:{name}"


def history(client: Any, name: str, machine: str = "complaint") -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = client.get_execution_history(
        executionArn=execution_arn(name, machine), maxResults=1000
    )["events"]
    return events


def succeeded(client: Any, name: str) -> None:
    def found() -> bool:
        return client.describe_execution(executionArn=execution_arn(name))["status"] == "SUCCEEDED"

    wait_for(found, f"{name} to succeed")


def die(client: Any, name: str, token: str) -> None:
    """End an execution as a restart of the engine would. moto notices it when the waiting task hears something."""
    client.stop_execution(executionArn=execution_arn(name))
    client.send_task_failure(taskToken=token, error="Engine.Stopped")

    def found() -> bool:
        return client.describe_execution(executionArn=execution_arn(name))["status"] != "RUNNING"

    wait_for(found, f"{name} to end")


def transitions(client: Any, name: str, machine: str = "complaint") -> int:
    return sum(event["type"].endswith("StateEntered") for event in history(client, name, machine))


@pytest.mark.parametrize("path", PATHS)
def test_every_path_ends_with_a_closed_case(executed: World, step_functions: Any, path: str) -> None:
    reference = executed.submit().reference
    for number, (task, outcome) in enumerate(PATHS[path], 1):
        until_open(executed, reference, task, number)
        executed.decide(reference, outcome)
    until_closed(executed, reference)
    succeeded(step_functions, f"{reference}-1")
    assert executed.file(reference).case.outcome == (
        "upheld" if path in ("straight", "returned") else "not_a_complaint"
    )


def test_a_complaint_without_reminders_costs_at_most_twenty_transitions(executed: World, step_functions: Any) -> None:
    reference = executed.submit().reference
    for number, (task, outcome) in enumerate(samples.STRAIGHT, 1):
        until_open(executed, reference, task, number)
        executed.decide(reference, outcome)
    until_closed(executed, reference)
    succeeded(step_functions, f"{reference}-1")
    arn = f"{aws.MACHINE_PREFIX}deadline_clock"
    clocks = step_functions.list_executions(stateMachineArn=arn)["executions"]
    total = transitions(step_functions, f"{reference}-1")
    total += sum(transitions(step_functions, clock["name"], "deadline_clock") for clock in clocks)
    assert total <= 20


@pytest.mark.parametrize("stage", range(3), ids=["triage", "investigate", "approve"])
@pytest.mark.parametrize("decided", [False, True], ids=["undecided", "decided"])
def test_a_stopped_workflow_is_started_again_at_its_stage(
    executed: World, step_functions: Any, stage: int, decided: bool
) -> None:
    reference = executed.submit().reference
    for number, (task, outcome) in enumerate(samples.STRAIGHT, 1):
        until_open(executed, reference, task, number)
        if number == stage + 1:
            token = executed.open_task(reference).token
            die(step_functions, f"{reference}-1", token)
            if decided:
                executed.decide(reference, outcome)
                executed.stream.pump()
            executed.clock.move(minutes=1)
            executed.functions["reconcile"]({}, None)
            executed.stream.pump()
            if decided:
                continue
            wait_for(lambda token=token: executed.open_task(reference).token != token, "a new token")
        executed.decide(reference, outcome)
    until_closed(executed, reference)
    succeeded(step_functions, f"{reference}-2")
    assert executed.file(reference).case.attempt == 2
    assert [task.number for task in executed.file(reference).tasks] == [1, 2, 3]


def test_a_start_asked_for_twice_is_one_execution(executed: World, step_functions: Any) -> None:
    reference = executed.submit().reference
    until_open(executed, reference, "complaint.triage", 1)
    executed.stream.replay()
    found = step_functions.list_executions(stateMachineArn=f"{aws.MACHINE_PREFIX}complaint")["executions"]
    assert [execution["name"] for execution in found] == [f"{reference}-1"]


def test_a_clock_of_the_past_raises_all_at_once_and_waits_for_the_next(executed: World, step_functions: Any) -> None:
    """A letter that lay about for two weeks: the machine wakes at once, raises one event, and sleeps again."""
    receipt = submit.enter_case(
        executed.services,
        samples.OFFICER,
        "complaint",
        samples.BY_POST,
        channel="letter",
        received_at=executed.clock.now() - timedelta(days=20),
        idempotency_key="letter-1",
    )

    def found() -> bool:
        executed.stream.pump()
        return bool(executed.events(receipt.reference, "alert_raised"))

    wait_for(found, "the alert")

    def waits_again() -> bool:
        events = history(step_functions, f"{receipt.reference}-clock-1", "deadline_clock")
        return sum(event["type"] == "WaitStateEntered" for event in events) == 2

    wait_for(waits_again, "the clock to sleep again")
    assert len(executed.events(receipt.reference, "alert_raised")) == 1
    assert executed.services.workflows.is_running("deadline_clock", f"{receipt.reference}-clock-1")


def test_a_function_that_fails_is_called_again_and_its_error_says_nothing(executed: World, step_functions: Any) -> None:
    reference = executed.submit().reference
    open_task, failures = executed.functions["open_task"], [ValueError(samples.ANSWERS["name"])]

    from chalicelib.entry import guarded

    @guarded
    def fails_once(event: Any, context: Any) -> Any:
        if failures:
            raise failures.pop()
        return open_task(event, context)

    executed.functions["open_task"] = fails_once
    aws.make_bridge(executed.functions)
    until_open(executed, reference, "complaint.triage", 1)
    told = json.dumps(history(step_functions, f"{reference}-1"), default=str)
    assert "TaskFailed" in told
    assert "Quillfeather" not in told
