"""The compiled check says yes only where jsonschema does, for every schema and whatever is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from chalicelib.adapters.schemas import ROOT, SchemaFiles, _is_compilable

FOLDER = ROOT / "schemas"
SCHEMAS = SchemaFiles()
NAMES = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.json"))
COMPILED = [name for name in NAMES if _is_compilable(SCHEMAS.document(name))]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.sampled_from(["2026-02-31", "2026-W01-1", "20260101", "a@b", "\n", "x\n", "\x00", "email", "  ", "😀" * 300]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["name", "email", "x"]), st.text(max_size=3), max_size=2),
)


def policy_value(name: str) -> Any:
    """A right value to start from: the schema's own example, or the policy file that it describes."""
    examples = SCHEMAS.document(name).get("examples")
    if examples:
        return examples[0]
    path = ROOT / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """The value with one place, at any depth, replaced, removed or added."""
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(value)))
        if draw(st.integers(0, 5)) == 0:
            return {key: item for key, item in value.items() if key != name}
        return {**value, name: draw(changed(value[name]))}
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], draw(changed(value[place])), *value[place + 1 :]]
    return draw(ODD)


@pytest.mark.parametrize("name", COMPILED)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_quick_yes_is_a_yes(name: str, data: st.DataObject) -> None:
    value = data.draw(changed(policy_value(name)))
    if SCHEMAS._fits(name)(value):
        oracle = Draft202012Validator(SCHEMAS.document(name), format_checker=Draft202012Validator.FORMAT_CHECKER)
        assert not list(oracle.iter_errors(value))


def test_what_people_send_is_checked_by_the_compiled_check() -> None:
    for name in NAMES:
        if name.startswith("submissions/"):
            assert name in COMPILED
            assert SCHEMAS._fits(name)(SCHEMAS.document(name)["examples"][0])


@pytest.mark.parametrize(
    "schema",
    [
        {"unevaluatedProperties": False},
        {"properties": {"a": {"dependentRequired": {"a": ["b"]}}}},
        {"items": {"prefixItems": [{"type": "string"}]}},
        {"enum": [1, True]},
        {"const": 0},
        {"$ref": "#/$defs/a", "type": "string"},
        {"pattern": "^[$]*$"},
        {"pattern": "five\\$"},
        {"not": {"pattern": "a$"}},
        {"if": {"format": "date"}},
        {"oneOf": [{"uniqueItems": True}]},
    ],
)
def test_what_the_drafts_read_differently_is_left_to_jsonschema(schema: Any) -> None:
    assert not _is_compilable(schema)
    assert not _is_compilable({"allOf": [schema]})
    assert not _is_compilable({"additionalProperties": schema})
