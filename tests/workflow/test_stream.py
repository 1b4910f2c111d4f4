"""The table's stream: at least once, in order, and no event is lost when an effect fails."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.effects import stream

from ..support import samples
from ..support.world import World
from .test_paths import ended_well
from .test_repair import state


def batch_of(world: World, *references: str) -> dict[str, Any]:
    """What Lambda would bring for the events of these cases."""
    records = []
    for reference in references:
        for event in world.file(reference).events:
            keys = {"pk": {"S": f"CASE#{reference}"}, "sk": {"S": f"EVENT#{event.number:06d}"}}
            number = f"{len(records) + 1:021d}"
            records.append({"eventName": "INSERT", "dynamodb": {"SequenceNumber": number, "Keys": keys}})
    return {"Records": records}


@pytest.mark.promise("fault:missing-stream-field-raises-is-swallowed-batch-c")
def test_a_failure_in_the_middle_stops_the_batch_there(world: World) -> None:
    first, second, third = (world.submit(key=key).reference for key in "abc")
    batch = batch_of(world, first, second, third)
    start = world.machines.start

    def refuses_the_second(workflow: str, name: str, values: Any) -> None:
        if name.startswith(second):
            raise TimeoutError
        start(workflow, name, values)

    world.machines.start = refuses_the_second  # type: ignore[method-assign]
    answer = stream.on_change(world.services, batch)
    failed = batch["Records"][1]["dynamodb"]["SequenceNumber"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": failed}]}
    started = {name.rpartition("-")[0] for _, name in world.machines.executions if not _is_clock(name)}
    assert started == {first}, "what comes after the failure waits for it"
    world.machines.start = start  # type: ignore[method-assign]
    rest = {"Records": batch["Records"][1:]}
    assert stream.on_change(world.services, rest) == {"batchItemFailures": []}
    started = {name.rpartition("-")[0] for _, name in world.machines.executions if not _is_clock(name)}
    assert started == {first, second, third}


def _is_clock(name: str) -> bool:
    return "-clock-" in name


def test_every_event_twice_is_as_good_as_once(world: World) -> None:
    reference = world.submit().reference
    world.settle()
    for _, outcome in samples.STRAIGHT:
        world.decide(reference, outcome)
        world.settle()
        before, mails = state(world, reference), len(world.mail.sent)
        executions = {name: run.transitions for name, run in world.machines.executions.items()}
        world.stream.replay()
        world.settle()
        assert state(world, reference) == before
        assert len(world.mail.sent) == mails
        assert {name: run.transitions for name, run in world.machines.executions.items()} == executions
    ended_well(world, reference, "straight")


def test_an_event_that_always_fails_ends_among_the_dead_letters_and_is_mended_from_the_table(world: World) -> None:
    bad, good = world.submit(key="a").reference, world.submit(key="b").reference
    start = world.machines.start

    def refuses_one(workflow: str, name: str, values: Any) -> None:
        if name.startswith(bad):
            raise TimeoutError
        start(workflow, name, values)

    world.machines.start = refuses_one  # type: ignore[method-assign]
    world.stream.pump()
    [dead] = world.stream.dead_letters
    assert dead["dynamodb"]["Keys"]["pk"]["S"] == f"CASE#{bad}"
    assert world.machines.is_running("complaint", f"{good}-1")
    world.machines.start = start  # type: ignore[method-assign]
    world.heal()
    assert world.open_task(bad).task == "complaint.triage"


def test_what_is_no_event_is_passed_over(world: World) -> None:
    reference = world.submit().reference
    batch = batch_of(world, reference)
    for pk, sk in (("KEY#abc", "KEY"), (f"CASE#{reference}", "CASE"), (f"CASE#{reference}", "EVENT#000099")):
        keys = {"pk": {"S": pk}, "sk": {"S": sk}}
        batch["Records"].insert(0, {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "0", "Keys": keys}})
    assert stream.on_change(world.services, batch) == {"batchItemFailures": []}
    assert world.machines.is_running("complaint", f"{reference}-1")


def test_effects_of_a_case_run_in_the_order_of_its_events(world: World) -> None:
    reference = world.go([])
    world.decide(reference, "accept")
    order = [name for name in world.calls.made if name in ("StartExecution", "SendTaskSuccess", "SendEmail")]
    assert order == ["StartExecution", "StartExecution", "SendEmail"]
    world.calls.made.clear()
    world.settle()
    order = [name for name in world.calls.made if name in ("StartExecution", "SendTaskSuccess", "SendEmail")]
    assert order == ["SendTaskSuccess", "StartExecution", "SendEmail"]
