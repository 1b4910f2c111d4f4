"""Whatever an effect failed to do is found and done again, wherever it was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ..support import samples
from ..support.moment import Moment
from ..support.world import World
from .test_paths import ended_well

MOST_CALLS = 60


def state(world: World, reference: str) -> dict[str, Any]:
    """What a reader of the case would see, without the marks that a repair leaves."""
    file = world.file(reference)
    repairs = ("workflow_restarted", "clock_restarted", "task_reopened", "task_resumed")
    return {
        "case": (file.case.status, file.case.outcome, file.case.stage, file.case.step),
        "events": [(event.type, event.task) for event in file.events if event.type not in repairs],
        "tasks": [(task.task, task.status, task.outcome, bool(task.signalled_at)) for task in file.tasks],
        "messages": [(message.template, message.status) for message in file.messages],
        "ends": {item.get("expires_at") for item in world.items() if item["pk"] == f"CASE#{reference}"},
        "outbox": world.outbox(),
        "waits": [run.machine for run in world.machines.executions.values() if run.token],
    }


def healed(world: World) -> None:
    """The machines run on, and the reconciler comes by for a few minutes: long enough for a lost claim on a mail."""
    world.settle()
    world.heal()
    world.clock.move(minutes=2)
    world.heal()


def act(world: World, step: int, reference: str) -> str:
    """One thing that a person does: hand in, then decide one task after the other."""
    if step == 0:
        return world.submit().reference
    world.decide(reference, samples.STRAIGHT[step - 1][1])
    return reference


@pytest.mark.promise("feature:lost-callbacks-repaired", "ours-alone:lost-callback-sweeper")
@pytest.mark.parametrize("step", range(4), ids=["submitted", "accepted", "answered", "approved"])
@pytest.mark.parametrize("who", ["stream", "stream that comes again", "reconciler"])
def test_a_function_killed_after_any_of_its_calls(world: World, who: str, step: int) -> None:
    """For each k: the function that does the effects dies after its k-th call of AWS. In the end all is the same."""
    world.watch()
    reference = ""
    for number in range(step + 1):
        world.settle()
        reference = act(world, number, reference)
    moment = Moment(world)
    die(world, who, MOST_CALLS)
    healed(world)
    expected = state(world, reference)
    for kill in range(1, MOST_CALLS):
        moment.restore()
        died = die(world, who, kill)
        healed(world)
        assert state(world, reference) == expected, f"killed after call {kill}"
        if not died:
            break
    else:
        raise AssertionError("the effects make more calls than this test kills")
    assert kill > 3
    for number in range(step + 1, 4):
        act(world, number, reference)
        healed(world)
    ended_well(world, reference, "straight")


def die(world: World, who: str, kill: int) -> bool:
    """Run the effects with a kill after call number `kill`; whether it came to that."""
    run: Callable[[], Any] = world.stream.pump
    if who == "reconciler":
        world.stream.skip()
        world.clock.move(minutes=1)

        def run() -> Any:
            return world.functions["reconcile"]({}, None)

    lived = []
    with world.calls.killed_after(kill):
        run()
        lived.append(True)
    if who == "stream that comes again":
        world.stream.replay()
    return not lived


@pytest.mark.parametrize("task", ["open_task", "close_case"])
def test_a_step_of_the_workflow_killed_after_any_of_its_calls(world: World, task: str) -> None:
    """Step Functions calls the function again; the task is opened once, the case closed once."""
    world.watch()
    reference = world.go([] if task == "open_task" else samples.STRAIGHT[:2])
    if task == "open_task":
        world.decide(reference, "accept")
    else:
        world.decide(reference, "approve")
    world.stream.pump()
    moment = Moment(world)
    world.settle()
    expected = state(world, reference)
    function, kills = world.functions[task], [0]

    def dies(event: Any, context: Any) -> Any:
        with world.calls.killed_after(kills.pop() if kills else MOST_CALLS):
            return function(event, context)
        raise TimeoutError

    world.functions[task] = dies
    for kill in range(1, 5):
        moment.restore()
        kills[:] = [kill]
        healed(world)
        assert state(world, reference) == expected


@pytest.mark.parametrize("refusals", [1, 2, 3, 5])
def test_step_functions_refuses_for_a_while(world: World, refusals: int) -> None:
    reference = world.submit().reference
    for step in range(4):
        if step:
            world.decide(reference, samples.STRAIGHT[step - 1][1])
        world.machines.refusals = refusals
        world.settle()
        while world.machines.refusals or world.outbox():
            world.heal()
        world.heal()
    ended_well(world, reference, "straight")


def test_a_signal_to_a_token_of_the_past_does_not_count_for_the_new_one(world: World) -> None:
    """The effect has read the old token; before it writes that it signalled, a new execution asks for the outcome."""
    reference = world.go([])
    world.decide(reference, "accept")
    _, before = world.services.store.case_and_task(reference, 1)
    assert before is not None
    asked = {"reference": reference, "attempt": 1, "task": "complaint.triage", "token": "new", "after": 0}
    world.functions["open_task"](asked, None)
    world.services.store.task_signalled(before, world.clock.now())
    _, after = world.services.store.case_and_task(reference, 1)
    assert after is not None
    assert (after.token, after.signalled_at) == ("new", None)


def test_the_stream_is_gone_for_good(world: World) -> None:
    """The reconciler alone carries a case from start to close."""
    reference = world.submit().reference
    for step in range(4):
        if step:
            world.decide(reference, samples.STRAIGHT[step - 1][1])
        for _ in range(3):
            world.stream.skip()
            world.clock.move(minutes=1)
            world.functions["reconcile"]({}, None)
            world.machines.run()
    ended_well(world, reference, "straight")


def test_a_reconciler_with_nothing_to_do_changes_nothing(world: World) -> None:
    world.go(samples.STRAIGHT[:2])
    world.heal()
    before = [item for item in world.items() if item["pk"] != "NOTE"]
    for _ in range(3):
        assert world.heal() == {"events": 0, "alerts": 0, "restarted": 0}
    assert [item for item in world.items() if item["pk"] != "NOTE"] == before


def test_a_dead_clock_is_started_again(world: World) -> None:
    reference = world.go([])
    world.machines.stop("deadline_clock")
    assert world.heal()["restarted"] == 1
    case = world.file(reference).case
    running = [run for run in world.machines.executions.values() if run.status == "RUNNING"]
    assert [run.input["revision"] for run in running if run.machine == "deadline_clock"] == [case.clock_revision]
    assert world.heal()["restarted"] == 0


def test_an_index_that_is_behind_restarts_nothing_twice(world: World) -> None:
    """The agenda index still shows the case as it was before its workflow and clock were started again."""
    reference = world.go([])
    behind = world.services.store.open_cases(10, "")
    world.machines.stop("complaint")
    world.machines.stop("deadline_clock")
    world.heal()
    case = world.file(reference).case
    assert (case.attempt, case.clock_revision) == (2, 2)
    world.services = replace(world.services, store=Behind(world.services.store, behind))
    world.heal()
    case = world.file(reference).case
    assert (case.attempt, case.clock_revision) == (2, 2)


class Behind:
    """A store whose index of open cases is late."""

    def __init__(self, store: Any, page: Any) -> None:
        self._store, self._page = store, page

    def open_cases(self, limit: int, cursor: str) -> Any:
        return self._page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_one_broken_case_does_not_keep_the_others_from_being_mended(world: World) -> None:
    first, second = world.go([]), world.submit(key="key-2").reference
    world.settle()
    world.machines.stop("complaint")
    is_running = world.services.workflows.is_running

    def sometimes(workflow: str, name: str) -> bool:
        if name.startswith(first):
            raise RuntimeError("AccessDenied")
        return is_running(workflow, name)

    world.machines.is_running = sometimes  # type: ignore[method-assign]
    assert world.heal()["restarted"] == 1
    assert world.file(second).case.attempt == 2
    assert world.file(first).case.attempt == 1


def test_the_sweep_goes_round_all_open_cases(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.effects import reconcile

    monkeypatch.setattr(reconcile, "BATCH", 2)
    references = [world.submit(key=f"key-{number}").reference for number in range(5)]
    world.settle()
    world.machines.stop("complaint")
    for _ in range(4):
        world.heal()
    assert [world.file(reference).case.attempt for reference in references] == [2] * 5


def test_events_that_always_fail_do_not_keep_later_ones_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """More poison than one page holds, all of it older than the event that can be done."""
    from chalicelib.effects import reconcile

    monkeypatch.setattr(reconcile, "BATCH", 2)
    start = world.machines.start
    poison = [world.submit(key=f"poison-{number}").reference for number in range(5)]
    world.clock.move(minutes=1)
    good = world.submit(key="good").reference

    def sometimes(workflow: str, name: str, *more: Any) -> Any:
        if name[:14] in poison:
            raise RuntimeError("AccessDenied")
        return start(workflow, name, *more)

    world.machines.start = sometimes  # type: ignore[method-assign]
    world.stream.skip()
    world.clock.move(minutes=2)
    world.functions["reconcile"]({}, None)
    assert good in {run.name[:14] for run in world.machines.executions.values()}
