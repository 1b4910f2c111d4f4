"""The part of the Amazon States Language that AWS, the tests and the local engine run alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
TYPES = {"Task", "Choice", "Wait", "Pass", "Succeed", "Fail"}
CALL = "arn:aws:states:::lambda:invoke"
ASK = f"{CALL}.waitForTaskToken"
YEAR = 365 * 86_400
REFERENCES = {"reference", "revision", "attempt", "task", "after", "token"}
WORDS = {"States.ALL", "States.TaskFailed", "States.Timeout"}
ABSENT = {
    "QueryLanguage": "JSONata is not run everywhere",
    "Assign": "variables are not run everywhere",
    "TimeoutSecondsPath": "is ignored in the local engine",
    "HeartbeatSeconds": "is not kept in the local engine",
    "HeartbeatSecondsPath": "is not kept in the local engine",
    "Iterator": "no maps",
    "Branches": "no parallel branches",
    "Seconds": "a wait has an instant from the table",
    "SecondsPath": "a wait has an instant from the table",
}


def complaints(machine: Json) -> list[str]:
    """What is outside the subset, each with the state's name; empty when all is well."""
    found = [f"machine: {name} {why}" for name, why in ABSENT.items() if name in machine]
    for name, state in machine["States"].items():
        found += [f"{name}: {text}" for text in _state(name, state)]
    return found


def _state(name: str, state: Json) -> Iterator[str]:
    if state["Type"] not in TYPES:
        yield f"{state['Type']} is not in the subset"
    for key, why in ABSENT.items():
        if key in state:
            yield f"{key} {why}"
    if "&&" in json.dumps(state) or "||" in json.dumps(state):
        yield "filters with && or || are not run everywhere"
    if state["Type"] == "Choice" and "Default" not in state:
        yield "a Choice without Default fails on a new word"
    if state["Type"] == "Wait" and "TimestampPath" not in state:
        yield "a Wait without TimestampPath"
    if state["Type"] == "Task":
        yield from _task(name, state)


def _task(name: str, state: Json) -> Iterator[str]:
    if state["Resource"] not in (CALL, ASK):
        yield "calls something other than a function of ours"
    seconds = state.get("TimeoutSeconds")
    if not isinstance(seconds, int) or not 0 < seconds < YEAR:
        yield "has no literal TimeoutSeconds below a year"
    if not isinstance(state["Parameters"].get("FunctionName"), str):
        yield "the function's name is not literal"
    payload = {key.removesuffix(".$") for key in state["Parameters"].get("Payload", {})}
    if not payload or payload - REFERENCES:
        yield f"hands over more than references: {sorted(payload - REFERENCES)}"
    if "Retry" not in state:
        yield "has no Retry"
    for rule in state.get("Retry", ()):
        if not {"MaxDelaySeconds", "JitterStrategy", "MaxAttempts"} <= set(rule):
            yield "a Retry without a longest delay, jitter or a number of attempts"
    yield from _errors(state)
    if state["Resource"] == ASK:
        back = [rule["Next"] for rule in state.get("Catch", ()) if "States.Timeout" in rule["ErrorEquals"]]
        if back != [name]:
            yield "on a time-out the same task is not opened again"
        if "token.$" not in state["Parameters"].get("Payload", {}):
            yield "waits for a token that it does not hand over"


def _errors(state: Json) -> Iterator[str]:
    for rule in state.get("Catch", ()):
        if "ResultPath" not in rule:
            yield "a Catch without ResultPath wipes the input"
    for rules in (state.get("Retry", []), state.get("Catch", [])):
        words = [word for rule in rules for word in rule["ErrorEquals"]]
        if set(words) - WORDS:
            yield f"matches errors that not every engine names: {sorted(set(words) - WORDS)}"
        if "States.ALL" in words[:-1]:
            yield "States.ALL is not last"
