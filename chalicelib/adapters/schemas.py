"""JSON Schema 2020-12 validators, built once each, with messages in plain words that never repeat the value.

Nearly everything that is sent is right, so a compiled check says so first, in a hundredth of a millisecond. What it
does not pass goes to jsonschema, which decides and says what is wrong, and is imported only then. The compiled check
may be stricter than jsonschema and never milder: it is used only for schemas whose every keyword both drafts read
alike, and a test holds the two against each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..domain.errors import Problem
from ..domain.language import current, mark, places, say

ROOT = Path(__file__).resolve().parent.parent.parent
FORMATS = {"date": lambda text: _is_date(text)}
ANSWER = mark("Answer this question.")
# Keywords without schemas inside that mean the same in draft 7, which the compiled check knows, and in 2020-12.
PLAIN = frozenset(
    {"$schema", "title", "description", "examples", "type", "required", "minLength", "maxLength"}
    | {"minimum", "maximum", "minItems", "maxItems", "minProperties", "maxProperties"}
)


class SchemaFiles:
    """The files of `schemas/` by name without ending, `outcomes/complaint/triage.accept`.

    A field with `"x-from": "notice/holders"` may be one of the rows of that list of `policy/notice.json`: its choices
    and their words are filled in when the schema is read, so that a council changes them in one place.
    """

    def __init__(self, root: Path = ROOT / "schemas", policy: Path = ROOT / "policy") -> None:
        self._root, self._policy = root, policy
        self._plain = lru_cache(maxsize=None)(self._document)
        self._said = lru_cache(maxsize=None)(self._in_language)
        self._validator = lru_cache(maxsize=None)(self._build)
        self._fits = lru_cache(maxsize=None)(self._compile)

    def document(self, name: str) -> Mapping[str, Any]:
        """The schema, with what residents read of it in the language of the moment."""
        return self._plain(name) if current().is_english else self._said(name, current().code)

    def _in_language(self, name: str, code: str) -> Mapping[str, Any]:
        texts = json.loads((self._policy / "languages.json").read_text(encoding="utf-8"))["texts"]
        found: Mapping[str, Any] = places(texts, f"schemas/{name}").changed(self._plain(name), say)
        return found

    def _document(self, name: str) -> Mapping[str, Any]:
        document: Mapping[str, Any] = self._read(self._root / f"{name}.json")
        return document

    def _read(self, path: Path) -> Any:
        return json.loads(path.read_text(encoding="utf-8"), object_hook=self._filled)

    def _filled(self, part: dict[str, Any]) -> dict[str, Any]:
        """A part of a schema, with the choices that it takes from the policy. A list that is not there raises: no
        form may lose its choices without anybody noticing."""
        if not isinstance(part.get("x-from"), str):
            return part
        file, _, name = part["x-from"].partition("/")
        rows = json.loads((self._policy / f"{file}.json").read_text(encoding="utf-8"))[name]
        words = {row["id"]: row.get("title") or row["words"] for row in rows}
        return {**part, "enum": list(words), "x-words": words}

    def _build(self, name: str) -> Any:
        from jsonschema import Draft202012Validator

        return Draft202012Validator(self._plain(name), format_checker=Draft202012Validator.FORMAT_CHECKER)

    def _compile(self, name: str) -> Callable[[Any], bool]:
        """Whether a value certainly fits; False means that jsonschema must look."""
        import fastjsonschema

        document = self._plain(name)
        if not _is_compilable(document):
            return lambda value: False
        older = {**document, "$schema": "http://json-schema.org/draft-07/schema#"}
        check = fastjsonschema.compile(older, formats=FORMATS, use_default=False)

        def fits(value: Any) -> bool:
            try:
                check(value)
            except fastjsonschema.JsonSchemaValueException:
                return False
            return True

        return fits

    def errors(self, name: str, value: Any) -> tuple[Problem, ...]:
        """Every problem of `value` against the schema, in the order of the value; empty when it fits."""
        if self._fits(name)(value):
            return ()
        found = []
        for error in self._validator(name).iter_errors(value):
            found.extend(_problems(error))
        return tuple(dict.fromkeys(sorted(found, key=lambda problem: problem.pointer)))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_compilable(schema: Any, exact: bool = False) -> bool:
    """Whether the compiled check says no wherever jsonschema does; `exact`: and yes wherever it does (under `not`)."""
    if isinstance(schema, bool):
        return True
    if "$ref" in schema:
        return len(schema) == 1 and not exact  # in draft 7 a reference hides what stands beside it
    return all(_is_alike(keyword, value, exact) for keyword, value in schema.items())


def _is_alike(keyword: str, value: Any, exact: bool) -> bool:
    if keyword in ("properties", "$defs"):
        return all(_is_compilable(inner, exact) for inner in value.values())
    if keyword in ("allOf", "anyOf"):
        return all(_is_compilable(inner, exact) for inner in value)
    if keyword in ("additionalProperties", "propertyNames", "items", "then", "else"):
        return _is_compilable(value, exact)
    if keyword == "oneOf":
        return all(_is_compilable(inner, True) for inner in value)
    if keyword in ("if", "not"):
        return _is_compilable(value, True)
    if keyword in ("enum", "const"):  # 1 and true are the same to the compiled check
        return all(isinstance(choice, str) for choice in ([value] if keyword == "const" else value))
    if keyword == "pattern":  # a dollar is always, and only, the very end of the text to it
        return not exact and "$" not in value[:-1] and not value.endswith("\\$")
    if keyword in ("format", "uniqueItems"):
        return not exact
    return keyword in PLAIN or keyword.startswith("x-")


def _problems(error: Any) -> list[Problem]:
    path = [str(part) for part in error.absolute_path]
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return [_problem([*path, name], "required", say(ANSWER)) for name in missing]
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
        return say(str(schema["x-error"]))
    match rule:
        case "minLength":
            return say(ANSWER) if limit == 1 else say("Write {count} characters or more.", count=limit)
        case "maxLength":
            return say("Write {count} characters or fewer.", count=f"{limit:,}")
        case "enum" | "const":
            return say("Choose one of the answers in the list.")
        case "pattern":
            return say("Take out signs that cannot be read, or check how it is written.")
        case "format":
            return say("Check how this is written.")
        case "type":
            names = {"string": "text", "integer": "a whole number", "boolean": "yes or no", "object": "a set of fields"}
            return f"This must be {names.get(str(limit), str(limit))}."
        case "minimum" | "maximum":
            return say("This number is outside what we can take.")
    return say("Check this answer.")
