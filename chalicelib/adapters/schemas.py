"""JSON Schema 2020-12 validators, built once each, with messages in plain words that never repeat the value.

jsonschema is imported when the first validator is built: most pages need none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..domain.errors import Problem

ROOT = Path(__file__).resolve().parent.parent.parent


class SchemaFiles:
    """The files of `schemas/` by name without ending, `outcomes/complaint/triage.accept`."""

    def __init__(self, root: Path = ROOT / "schemas") -> None:
        self._root = root
        self.document = lru_cache(maxsize=None)(self._document)
        self._validator = lru_cache(maxsize=None)(self._build)

    def _document(self, name: str) -> Mapping[str, Any]:
        document: Mapping[str, Any] = json.loads((self._root / f"{name}.json").read_text(encoding="utf-8"))
        return document

    def _build(self, name: str) -> Any:
        from jsonschema import Draft202012Validator

        return Draft202012Validator(self.document(name), format_checker=Draft202012Validator.FORMAT_CHECKER)

    def errors(self, name: str, value: Any) -> tuple[Problem, ...]:
        """Every problem of `value` against the schema, in the order of the value; empty when it fits."""
        found = []
        for error in self._validator(name).iter_errors(value):
            found.extend(_problems(error))
        return tuple(dict.fromkeys(sorted(found, key=lambda problem: problem.pointer)))


def _problems(error: Any) -> list[Problem]:
    path = [str(part) for part in error.absolute_path]
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return [_problem([*path, name], "required", "Answer this question.") for name in missing]
    if error.validator in ("additionalProperties", "unevaluatedProperties"):
        return [_problem(path, "unknown", "There are fields here that we do not know. Remove them.")]
    if error.validator in ("allOf", "anyOf", "oneOf", "if") and error.context:
        return [problem for inner in error.context for problem in _problems(inner)]
    return [_problem(path, str(error.validator), _words(error.validator, error.validator_value, schema))]


def _problem(path: list[str], rule: str, message: str) -> Problem:
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
    return Problem(pointer=pointer, rule=rule, message=message)


def _words(rule: str, limit: Any, schema: Mapping[str, Any]) -> str:
    """What to do, in words. A schema may give its own with `x-error`."""
    if "x-error" in schema:
        return str(schema["x-error"])
    match rule:
        case "minLength":
            return "Answer this question." if limit == 1 else f"Write {limit} characters or more."
        case "maxLength":
            return f"Write {limit:,} characters or fewer."
        case "enum" | "const":
            return "Choose one of the answers in the list."
        case "pattern":
            return "Take out signs that cannot be read, or check how it is written."
        case "format":
            return "Check how this is written."
        case "type":
            names = {"string": "text", "integer": "a whole number", "boolean": "yes or no", "object": "a set of fields"}
            return f"This must be {names.get(str(limit), str(limit))}."
        case "minimum" | "maximum":
            return "This number is outside what we can take."
    return "Check this answer."
