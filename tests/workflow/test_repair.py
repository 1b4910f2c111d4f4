"""Whatever an effect failed to do is found and done again, wherever it was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..support import samples
from ..support.fakes import FrozenClock
from ..support.world import World
from .test_paths import ended_well

KILLS = range(1, 60)


def final(world: World, reference: str) -> dict[str, Any]:
    """What a reader of the case would see, without the marks that a repair leaves."""
    file = world.file(reference)
    repairs = ("workflow_restarted", "clock_restarted", "task_reopened", "task_resumed")
    return {
        "status": (file.case.status, file.case.outcome, file.case.stage, file.case.step),
        "events": [(event.type, event.task) for event in file.events if event.type not in repairs],
        "tasks": [(task.task, task.status, task.outcome, task.decided_by) for task in file.tasks],
        "messages": [(message.template, message.status) for message in file.messages],
        "ends": {item.get("expires_at") for item in world.items() if item["pk"] == f"CASE#{reference}"},
        "outbox": world.outbox(),
    }


def healed(world: World) -> None:
    """The machines run on, and the reconciler comes by as often as it would in a few minutes."""
    world.settle()
    for _ in range(5):
        world.heal()


def act(world: World, step: int, reference: str) -> str:
    """One thing that a person does: hand in, then decide one task after the other."""
    if step == 0:
        return world.submit().reference
    world.decide(reference, samples.STRAIGHT[step - 1][1])
    return reference


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("who", ["stream", "stream that comes again", "reconciler"])
def test_a_function_killed_after_any_of_its_calls(world: World, table: Any, who: str, step: int) -> None:
    """For each k: the function that does the effects dies after its k-th call of AWS. In the end all is the same."""
    from ..support import aws

    expected: dict[str, Any] | None = None
    for kill in (0, *KILLS):
        aws.make_table(table)
        fresh = World(FrozenClock())
        fresh.hire()
        _watch(fresh)
        reference = ""
        for number in range(step + 1):
            fresh.settle()
            reference = act(fresh, number, reference)
        died = _die(fresh, who, kill)
        healed(fresh)
        for number in range(step + 1, 4):
            act(fresh, number, reference)
            healed(fresh)
        ended_well(fresh, reference, "straight")
        expected = expected or final(fresh, reference)
        assert final(fresh, reference) == expected, f"killed after call {kill}"
        if kill and not died:
            return
    raise AssertionError("the effects make more calls than this test kills")


def _watch(world: World) -> None:
    from chalicelib.adapters.table import Item

    client = Item._get_connection().connection.client
    for name in ("before-call", "after-call"):
        client.meta.events.unregister(name, unique_id=f"calls-{name}")
    client.meta.events.register("before-call", world.calls._before_call, unique_id="calls-before-call")
    client.meta.events.register("after-call", world.calls._after_call, unique_id="calls-after-call")


def _die(world: World, who: str, kill: int) -> bool:
    """Run the effects with a kill after call number `kill` (0: they run through); whether it came to that."""
    run: Callable[[], Any] = world.stream.pump
    if who == "reconciler":
        world.stream.skip()
        world.clock.move(minutes=1)

        def run() -> Any:
            return world.functions["reconcile"]({}, None)

    lived = []
    with world.calls.killed_after(kill or 10_000):
        run()
        lived.append(True)
    if who == "stream that comes again":
        world.stream.replay()
    return not lived
