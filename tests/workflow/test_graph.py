"""The graph of every file in `state_machines/`: a person decides, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ..support import aws
from ..support.world import BOOK

MACHINES = aws.machine_names()
WORKFLOWS = sorted({kind["workflow"] for kind in BOOK.kinds.values()})
TASKS = BOOK.file("tasks")["tasks"]
CLOSES, OPENS = "${CloseCaseArn}", "${OpenTaskArn}"


def states(machine: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.definition(machine)["States"]
    return found


def following(state: dict[str, Any]) -> set[str]:
    """Every state that may come next."""
    names = {state["Next"]} if "Next" in state else set()
    names |= {choice["Next"] for choice in state.get("Choices", ())}
    names |= {rule["Next"] for rule in state.get("Catch", ())}
    return names | ({state["Default"]} if "Default" in state else set())


def function(state: dict[str, Any]) -> str:
    name: str = state.get("Parameters", {}).get("FunctionName", "") if state["Type"] == "Task" else ""
    return name


def is_human(state: dict[str, Any]) -> bool:
    return function(state) == OPENS and state["Resource"].endswith(":lambda:invoke.waitForTaskToken")


def human_tasks(machine: str) -> dict[str, str]:
    """Name of the state → the task it opens."""
    return {name: state["Parameters"]["Payload"]["task"] for name, state in states(machine).items() if is_human(state)}


def reached_without(graph: dict[str, Any], start: str, barred: set[str]) -> set[str]:
    """All states that an execution can come to from `start` without passing one of the barred states."""
    seen, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name in seen or name in barred:
            continue
        seen.add(name)
        waiting.extend(following(graph[name]))
    return seen


def everywhere(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from everywhere(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from everywhere(inner)


@pytest.mark.promise("notice:human")
@pytest.mark.parametrize("machine", MACHINES)
def test_every_path_to_a_closed_case_passes_a_person(machine: str) -> None:
    """From the start, and from every state behind it that is not itself a person's task."""
    graph = states(machine)
    people = {name for name, state in graph.items() if is_human(state)}
    closing = {name for name, state in graph.items() if function(state) == CLOSES}
    assert bool(closing) == (machine in WORKFLOWS)
    assert not reached_without(graph, aws.definition(machine)["StartAt"], people) & closing


@pytest.mark.parametrize("machine", WORKFLOWS)
def test_a_workflow_that_is_started_again_passes_a_person_too(machine: str) -> None:
    """From whatever stage `Resume` enters, the first thing that happens is a person's task of that stage."""
    definition, people = aws.definition(machine), human_tasks(machine)
    resume = definition["States"][definition["StartAt"]]
    assert resume["Type"] == "Choice"
    for choice in resume["Choices"]:
        assert choice["Variable"] == "$.stage"
        assert TASKS[people[choice["Next"]]]["stage"] == choice["StringEquals"]
    assert following(resume) <= set(people)
    stages = {choice["StringEquals"] for choice in resume["Choices"]}
    first = TASKS[people[resume["Default"]]]["stage"]
    kinds = [kind for kind in BOOK.kinds.values() if kind["workflow"] == machine]
    for kind in kinds:
        assert kind["first_stage"] == first
        assert stages | {first, "closed"} == set(kind["stages"])


@pytest.mark.parametrize("machine", WORKFLOWS)
def test_only_decisions_that_may_close_lead_to_closing(machine: str) -> None:
    graph, people = states(machine), human_tasks(machine)
    leading: set[tuple[str, str]] = set()
    for name, task in people.items():
        choice = graph[graph[name]["Next"]]
        leading |= {
            (task, branch["StringEquals"]) for branch in choice["Choices"] if function(graph[branch["Next"]]) == CLOSES
        }
    closing = {
        (task, outcome)
        for task in people.values()
        for outcome, row in TASKS[task]["outcomes"].items()
        if "closes_as" in row or "closes_as_fact" in row
    }
    assert leading == closing


@pytest.mark.parametrize("machine", WORKFLOWS)
def test_the_words_of_each_choice_are_the_outcomes_of_its_task(machine: str) -> None:
    graph = states(machine)
    for name, task in human_tasks(machine).items():
        choice = graph[graph[name]["Next"]]
        assert choice["Type"] == "Choice"
        assert {branch["Variable"] for branch in choice["Choices"]} == {"$.last.outcome"}
        words = [branch["StringEquals"] for branch in choice["Choices"]]
        assert sorted(words) == sorted(TASKS[task]["outcomes"])
        assert graph[choice["Default"]]["Type"] == "Fail"
        assert graph[name]["ResultPath"] == "$.last"


@pytest.mark.parametrize("machine", MACHINES)
def test_no_automatic_state_sets_an_outcome(machine: str) -> None:
    """`$.last` is written by people's tasks alone, and no literal in any state is an outcome word."""
    words = {outcome for task in TASKS.values() for outcome in task["outcomes"]}
    for name, state in states(machine).items():
        if is_human(state):
            continue
        assert state.get("ResultPath") != "$.last", name
        assert "Result" not in state, name
        written = [value for key, value in everywhere(state) if isinstance(value, str) and key != "StringEquals"]
        assert not words & set(written), name
        if state["Type"] == "Pass":
            assert all(key.endswith(".$") for key in state["Parameters"]), name


@pytest.mark.parametrize("machine", WORKFLOWS)
def test_the_tasks_of_a_workflow_are_those_of_its_kind(machine: str) -> None:
    kinds = {name for name, kind in BOOK.kinds.items() if kind["workflow"] == machine}
    assert set(human_tasks(machine).values()) == {
        name for name, task in TASKS.items() if task["kind"] in kinds and "beside" not in task
    }


@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_but_addresses_and_numbers_goes_in_and_out(machine: str) -> None:
    allowed = {"task", "reference", "attempt", "after", "token", "revision", "at", "outcome"}
    for name, state in states(machine).items():
        payload = state.get("Parameters", {}).get("Payload", state.get("Parameters", {}) if name == "NextAlert" else {})
        assert {key.removesuffix(".$") for key in payload} <= allowed, name
        assert {key.removesuffix(".$") for key in state.get("ResultSelector", {})} <= allowed, name


@pytest.mark.parametrize("machine", MACHINES)
def test_all_states_can_be_reached_and_every_path_can_end(machine: str) -> None:
    graph, start = states(machine), aws.definition(machine)["StartAt"]
    assert reached_without(graph, start, set()) == set(graph)
    ends = {name for name, state in graph.items() if state["Type"] in ("Succeed", "Fail") or state.get("End")}
    for name in graph:
        assert reached_without(graph, name, set()) & ends, f"{name} can never end"


@pytest.mark.parametrize("machine", MACHINES)
def test_the_portable_subset(machine: str) -> None:
    """Literal time limits, no heartbeat, no error by class name, no nested execution, JSONPath only."""
    definition = aws.definition(machine)
    assert definition.get("QueryLanguage", "JSONPath") == "JSONPath"
    text = json.dumps(definition)
    assert "HeartbeatSeconds" not in text
    assert "states:startExecution" not in text
    for name, state in definition["States"].items():
        assert state["Type"] in ("Task", "Choice", "Wait", "Pass", "Succeed", "Fail"), name
        if state["Type"] == "Task":
            assert isinstance(state["TimeoutSeconds"], int), name
            assert "ResultPath" in state, name
        for rule in (*state.get("Retry", ()), *state.get("Catch", ())):
            assert set(rule["ErrorEquals"]) <= {"States.TaskFailed", "States.Timeout", "States.ALL"}, name
        for rule in state.get("Catch", ()):
            assert rule["ResultPath"] is None or rule["ResultPath"].startswith("$."), name


def test_a_short_cut_past_the_person_would_be_found() -> None:
    graph: dict[str, Any] = {
        "Start": {"Type": "Choice", "Choices": [{"Next": "Person"}], "Default": "Close"},
        "Person": {"Type": "Task", "Next": "Close"},
        "Close": {"Type": "Succeed"},
    }
    assert "Close" in reached_without(graph, "Start", {"Person"})
    del graph["Start"]["Default"]
    assert "Close" not in reached_without(graph, "Start", {"Person"})
