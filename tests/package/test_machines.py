"""The state machines' files: valid, inside the portable subset, and packaged as they are."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tools.package import ROOT
from tools.template import camel

from .subset import complaints

Json = dict[str, Any]
OfType = Callable[[str], Mapping[str, Json]]
FILES = sorted((ROOT / "state_machines").glob("*.asl.json"))
every_machine = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.split(".")[0])


def read(path: Path) -> Json:
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


@every_machine
def test_the_language_is_right(path: Path, tmp_path: Path) -> None:
    """statelint, but that it wants 2.0 where the language says "a number"."""
    machine = read(path)
    for state in machine["States"].values():
        for rule in state.get("Retry", ()):
            rule["BackoffRate"] = float(rule["BackoffRate"])
    file = tmp_path / path.name
    file.write_text(json.dumps(machine))
    lint = Path(sys.executable).with_name("statelint")
    done = subprocess.run([lint, file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@every_machine
@pytest.mark.promise("fault:no-timeout-on-a-callback-step-it-waits-silently")
def test_it_runs_alike_everywhere(path: Path) -> None:
    assert complaints(read(path)) == []


@every_machine
def test_every_state_can_be_reached_and_left(path: Path) -> None:
    machine = read(path)
    reached, waiting = set(), [machine["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _next(machine["States"][name])
    assert reached == set(machine["States"])


def _next(state: Json) -> list[str]:
    found = [rule["Next"] for rule in (*state.get("Choices", ()), *state.get("Catch", ()))]
    return [*found, *(state[key] for key in ("Next", "Default") if key in state)]


BREAKS: dict[str, Callable[[Json], Any]] = {
    "no time-out": lambda task: task.pop("TimeoutSeconds"),
    "a time-out from the input": lambda task: task.update(TimeoutSecondsPath="$.seconds"),
    "a year or more": lambda task: task.update(TimeoutSeconds=365 * 86_400),
    "a heartbeat": lambda task: task.update(HeartbeatSeconds=60),
    "another service": lambda task: task.update(Resource="arn:aws:states:::dynamodb:putItem"),
    "a nested execution": lambda task: task.update(Resource="arn:aws:states:::states:startExecution.sync:2"),
    "a Catch that wipes": lambda task: task["Catch"][0].pop("ResultPath"),
    "the time-out ends the case": lambda task: task["Catch"][0].update(Next="CloseCase"),
    "an exception's class": lambda task: task["Retry"][0].update(ErrorEquals=["NotFound"]),
    "a name in the input": lambda task: task["Parameters"]["Payload"].update({"full_name.$": "$.full_name"}),
    "no token": lambda task: task["Parameters"]["Payload"].pop("token.$"),
    "no jitter": lambda task: task["Retry"][0].pop("JitterStrategy"),
}


@pytest.mark.parametrize("why", BREAKS)
def test_what_leaves_the_subset_is_found(why: str) -> None:
    machine = copy.deepcopy(read(ROOT / "state_machines" / "complaint.asl.json"))
    BREAKS[why](machine["States"]["Triage"])
    assert complaints(machine)


@every_machine
def test_the_template_has_the_file_as_it_is(path: Path, of_type: OfType) -> None:
    stem = path.name.removesuffix(".asl.json")
    machine = of_type("AWS::StepFunctions::StateMachine")[f"{camel(stem)}Machine"]["Properties"]
    assert machine["Definition"] == read(path)
    assert machine["StateMachineName"] == {"Fn::Sub": f"${{AWS::StackName}}-{stem}"}
    assert machine["StateMachineType"] == "STANDARD", "only these wait for people"


@every_machine
def test_every_placeholder_is_a_function(path: Path, of_type: OfType, functions: Mapping[str, Json]) -> None:
    stem = path.name.removesuffix(".asl.json")
    machine = of_type("AWS::StepFunctions::StateMachine")[f"{camel(stem)}Machine"]["Properties"]
    holes = set(re.findall(r"\$\{(\w+)\}", path.read_text(encoding="utf-8")))
    assert set(machine["DefinitionSubstitutions"]) == holes
    for hole, value in machine["DefinitionSubstitutions"].items():
        assert value == {"Fn::GetAtt": [hole.removesuffix("Arn"), "Arn"]}
        assert hole.removesuffix("Arn") in functions


def test_one_machine_for_each_file_and_no_other(of_type: OfType) -> None:
    assert len(of_type("AWS::StepFunctions::StateMachine")) == len(FILES)


def test_no_log_has_what_went_through_a_machine(of_type: OfType) -> None:
    for name, row in of_type("AWS::StepFunctions::StateMachine").items():
        assert row["Properties"]["LoggingConfiguration"]["IncludeExecutionData"] is False, name
        assert row["Properties"]["LoggingConfiguration"]["Level"] in ("ERROR", "FATAL"), name
