"""Every way through a complaint, started again at any point, on the interpreter of the tests."""

from __future__ import annotations

import pytest

from ..support import samples
from ..support.world import World

PATHS = {"straight": samples.STRAIGHT, "not a complaint": samples.REFUSED, "loops": samples.LOOPS}
OUTCOMES = {"straight": "upheld", "not a complaint": "not_a_complaint", "loops": "upheld"}


def ended_well(world: World, reference: str, path: str) -> None:
    """Closed by a person's decision, nothing left to do, nothing done twice."""
    file = world.file(reference)
    assert (file.case.status, file.case.outcome) == ("closed", OUTCOMES[path])
    decided = [(event.data["task"], event.data["outcome"]) for event in file.events if event.type == "task_decided"]
    assert decided == list(PATHS[path])
    assert [event.number for event in file.events] == list(range(1, len(file.events) + 1))
    assert [task.number for task in file.tasks] == list(range(1, len(decided) + 1))
    assert all(task.status == "decided" and task.signalled_at for task in file.tasks)
    assert sum(event.type == "case_closed" for event in file.events) == 1
    assert world.outbox() == []
    assert {message.status for message in file.messages} == {"sent"}
    running = [run for run in world.machines.executions.values() if run.status == "RUNNING"]
    assert {run.machine for run in running} <= {"deadline_clock"}


@pytest.mark.parametrize("path", PATHS)
def test_every_path_ends_with_a_closed_case(world: World, path: str) -> None:
    ended_well(world, world.go(PATHS[path]), path)


@pytest.mark.parametrize("finding", ["upheld", "partly_upheld", "not_upheld", "no_finding"])
def test_the_finding_is_the_outcome(world: World, finding: str) -> None:
    reference = world.go([("complaint.triage", "accept")])
    world.decide(reference, "answer_drafted", data=samples.found(finding))
    world.settle()
    world.decide(reference, "approve")
    world.settle()
    case = world.file(reference).case
    assert (case.outcome, case.facts["outcome_words"]) == (
        finding,
        world.services.book.kind("complaint")["outcomes"][finding],
    )


def test_a_complaint_costs_few_transitions(world: World) -> None:
    world.go(samples.STRAIGHT)
    assert sum(run.transitions for run in world.machines.executions.values()) <= 20


def test_the_stage_and_the_desk_follow_the_path(world: World) -> None:
    reference = world.go([])
    stages = []
    for task, outcome in samples.LOOPS:
        open_task = world.open_task(reference)
        assert open_task.task == task
        stages.append(world.file(reference).case.stage)
        world.decide(reference, outcome)
        world.settle()
    assert stages == ["triage", "investigate", "triage", "investigate", "approve", "investigate", "approve"]


def test_a_returned_answer_goes_back_to_whoever_wrote_it(world: World) -> None:
    reference = world.go(samples.LOOPS[:5])
    assert world.open_task(reference).person == samples.SERVICE.id


def test_an_acknowledgement_moves_the_dates_once(world: World) -> None:
    reference = world.go([])
    world.clock.move(days=2)
    before = world.file(reference).case.clock_revision
    world.decide(reference, "accept")
    file = world.file(reference)
    assert file.case.clock_revision == before + 1
    assert [happening.type for happening in file.case.happenings] == ["acknowledged"]
    moved = {row["label"]: row for row in file.events[-1].data["moved"]}
    due = moved["Answer you"]
    assert (due["from"], due["to"]) == ("", "Wednesday 9 December 2026"), "ten working days from 25 November"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("decided", [False, True], ids=["before the decision", "after the decision"])
def test_a_workflow_that_dies_at_any_stage_goes_on(world: World, path: str, decided: bool) -> None:
    """Stop the execution before or after each decision; the reconciler starts another at the same place."""
    reference = world.go([])
    for task, outcome in PATHS[path]:
        if not decided:
            world.machines.stop("complaint")
            world.heal()
        assert world.open_task(reference).task == task
        world.decide(reference, outcome)
        if decided:
            world.machines.stop("complaint")
            world.heal()
            world.heal()
        world.settle()
    ended_well(world, reference, path)
    restarted = sum(event.type == "workflow_restarted" for event in world.file(reference).events)
    assert restarted == len(PATHS[path])


@pytest.mark.promise("fault:decision-signalled-before-it-is-saved-a-trap-of")
@pytest.mark.parametrize("path", PATHS)
def test_decisions_while_no_workflow_runs_at_all(world: World, path: str) -> None:
    """The engine is down, people decide what is open; later everything catches up."""
    reference = world.go([])
    for _, outcome in PATHS[path]:
        world.machines.stop("complaint")
        world.decide(reference, outcome)
        world.stream.pump()
        world.heal()
        world.heal()
    ended_well(world, reference, path)


def test_a_task_that_times_out_is_opened_again_and_nothing_is_lost(world: World) -> None:
    reference = world.go([])
    before = world.open_task(reference)
    world.machines.time_out("complaint")
    world.settle()
    after = world.open_task(reference)
    assert (after.id, after.opened_at) == (before.id, before.opened_at)
    assert after.token != before.token
    world.go(samples.STRAIGHT, reference)
    ended_well(world, reference, "straight")


def test_a_replaced_workflow_opens_nothing(world: World) -> None:
    """An execution that everybody thought dead still runs beside its successor."""
    reference = world.go([])
    task = world.open_task(reference)
    asked = {"reference": reference, "attempt": 1, "task": "complaint.triage", "token": "old", "after": 0}
    world.machines.stop("complaint")
    world.heal()
    assert world.functions["open_task"](asked, None) == {"outcome": "superseded"}
    assert world.open_task(reference).token not in ("old", task.token)
    world.go(samples.STRAIGHT, reference)
    ended_well(world, reference, "straight")


def test_a_case_does_not_close_without_a_decision(world: World) -> None:
    from chalicelib.entry import TaskFailed

    reference = world.go([])
    with pytest.raises(TaskFailed, match="not_allowed"):
        world.functions["close_case"]({"reference": reference}, None)
    world.go(samples.STRAIGHT[:2], reference)
    with pytest.raises(TaskFailed, match="not_allowed"):
        world.functions["close_case"]({"reference": reference}, None)
    assert world.file(reference).case.is_open


def test_closing_twice_is_closing_once(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    before = world.items()
    assert world.functions["close_case"]({"reference": reference}, None) == {"outcome": "closed"}
    assert world.items() == before
