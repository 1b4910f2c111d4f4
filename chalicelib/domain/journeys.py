"""A journey asks one question a page. Its steps are data (`policy/journeys/`); this decides which comes next.

Answers are kept by field name; a field that was asked and left empty is kept as the empty string, so that a step is
answered when all its fields are there. A step without fields only explains. Nobody comes to a step beyond the first
that is not answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import Problem

Step = Mapping[str, Any]
Answers = Mapping[str, str]
BOXES = "checkboxes"


@dataclass(frozen=True)
class Row:
    """A line of "check your answers": the step to change it at, the question and the answer in words."""

    step: str
    question: str
    answer: str


def steps(journey: Mapping[str, Any], answers: Answers) -> list[Step]:
    """The steps that apply, given the answers so far."""
    return [step for step in journey["steps"] if _applies(step, answers)]


def _applies(step: Step, answers: Answers) -> bool:
    condition = step.get("applies")
    return condition is None or answers.get(condition["field"]) in condition["in"]


def names(step: Step) -> list[str]:
    return [field["name"] for field in step["fields"]]


def step_of(journey: Mapping[str, Any], answers: Answers, step_id: str) -> Step | None:
    """The step of this id, if it applies and every one before it is answered."""
    for step in steps(journey, answers):
        if step["id"] == step_id:
            return step
        if not answered(step, answers):
            return None
    return None


def answered(step: Step, answers: Answers) -> bool:
    return all(name in answers for name in names(step))


def first_unanswered(journey: Mapping[str, Any], answers: Answers) -> str:
    """The id of the first step without an answer, or `check` when all are answered."""
    for step in steps(journey, answers):
        if not answered(step, answers):
            return str(step["id"])
    return "check"


def before(journey: Mapping[str, Any], answers: Answers, step_id: str) -> str:
    """The id of the step before this one; empty before the first."""
    ids = [str(step["id"]) for step in steps(journey, answers)]
    if step_id == "check":
        return ids[-1]
    place = ids.index(step_id)
    return ids[place - 1] if place else ""


def read(step: Step, form: Mapping[str, str]) -> dict[str, str]:
    """What was typed on the page of a step, without the space around it; unknown fields are left out. Of boxes that
    were ticked (`name.choice`), the choices are kept, one on each line."""
    found = {}
    for field in step["fields"]:
        name = field["name"]
        found[name] = form.get(name, "").strip()
        if field["input"] == BOXES:
            ticked = (key[len(name) + 1 :] for key, value in form.items() if key.startswith(f"{name}.") and value)
            found[name] = "\n".join(ticked)
    return found


def submission(journey: Mapping[str, Any], answers: Answers) -> dict[str, Any]:
    """The answers as the submission schema wants them: those of steps that apply, without empty ones."""
    found: dict[str, Any] = {}
    for field in (field for step in steps(journey, answers) for field in step["fields"]):
        answer = answers.get(field["name"])
        if answer:
            found[field["name"]] = answer.split("\n") if field["input"] == BOXES else answer
    return found


def answers_of(sent: Mapping[str, Any]) -> dict[str, str]:
    """The answers as the pages have them, from what was sent: the other way round than `submission`."""
    return {name: "\n".join(value) if isinstance(value, list) else str(value) for name, value in sent.items()}


def problems_of(step: Step, found: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems of the whole submission that belong to this step, in the step's own words where it has some."""
    own = {field["name"]: field for field in step["fields"]}
    mine = []
    for problem in found:
        name = problem.pointer[1:].split("/")[0]
        if name in own:
            words = own[name].get("missing") if problem.rule in ("required", "minLength") else None
            mine.append(Problem(problem.pointer, problem.rule, words or problem.message))
    return tuple(mine)


def rows(journey: Mapping[str, Any], schema: Mapping[str, Any], answers: Answers) -> list[Row]:
    """All answers in words, for the page that checks them."""
    found = []
    for step in steps(journey, answers):
        for field in step["fields"]:
            value, row = answers.get(field["name"], ""), schema["properties"][field["name"]]
            words = row.get("items", row).get("x-words", {})
            lines = value.split("\n") if field["input"] == BOXES else [value]
            answer = "\n".join(str(words.get(line, line)) for line in lines)
            found.append(Row(str(step["id"]), str(field.get("check", field["label"])), answer))
    return found
