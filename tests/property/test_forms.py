"""Any schema of what people fill in, as a form and back: nothing is lost or changed on the way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import Problem
from chalicelib.web.staff.schema_forms import changed, data_of, fields_of, form_of, messages_of, names_of

from ..support.world import SCHEMAS
from ..unit.test_policy_files import SCHEMA_NAMES

NAMES = [name for name in SCHEMA_NAMES if name.startswith(("submissions/", "outcomes/", "links/"))]
WORDS = st.text(st.sampled_from("abc ÄŁé'-,.%/\n"), min_size=1, max_size=30).map(str.strip).filter(bool)
LINE = st.text(st.sampled_from("abc ÄŁé'-,."), min_size=1, max_size=30).map(str.strip).filter(bool)
LISTS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "title": "Items",
            "maxItems": 60,
            "items": {
                "type": "object",
                "title": "Item",
                "required": ["what"],
                "properties": {
                    "what": {"type": "string", "title": "What?", "maxLength": 100},
                    "on": {"type": "string", "title": "When?", "format": "date", "maxLength": 10},
                    "sure": {"type": "boolean", "title": "Sure"},
                    "who": {
                        "type": "array",
                        "title": "Who?",
                        "maxItems": 3,
                        "items": {"type": "string", "enum": ["a", "b"], "x-words": {"a": "A", "b": "B"}},
                    },
                },
            },
        },
        "lines": {"type": "array", "title": "Lines", "maxItems": 9, "items": {"type": "string", "maxLength": 99}},
    },
}


def values(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    if field["type"] == "array":
        items = field["items"]
        if "enum" in items:
            return st.sets(st.sampled_from(items["enum"]), min_size=1).map(
                lambda chosen: [one for one in items["enum"] if one in chosen]
            )
        inner = LINE if items["type"] == "string" else data(items)
        return st.lists(inner, min_size=1, max_size=4)
    if "enum" in field:
        return st.sampled_from(field["enum"])
    if field["type"] == "boolean":
        return st.just(True)
    if field["type"] == "integer":
        return st.integers(-9, 999)
    if field.get("format") == "date":
        return st.dates(date(2000, 1, 1), date(2099, 1, 1)).map(date.isoformat)
    return WORDS


def data(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: values(field) for name, field in schema["properties"].items()}
    first = next(iter(fields))
    return st.fixed_dictionaries(
        {first: fields[first]}, optional={name: fields[name] for name in fields if name != first}
    )


@pytest.mark.parametrize("name", [*NAMES, ""])
@settings(max_examples=20, deadline=None)
@given(more=st.data())
def test_there_and_back_is_the_same(name: str, more: st.DataObject) -> None:
    schema: Any = SCHEMAS.document(name) if name else LISTS
    given_ = more.draw(data(schema))
    form = form_of(schema, given_)
    assert data_of(schema, form) == given_
    fields = fields_of(schema, lambda role: (), form)
    assert set(form) <= set(names_of(fields)), "every input is on the page"


def test_a_thing_is_added_and_taken_away_and_nothing_typed_is_lost() -> None:
    form = {"items.0.what": "one", "items.1.what": "two", "items.1.who.a": "true", "reason": "because"}
    more = changed(LISTS, {**form, "_add": "items"})
    assert more is not None
    assert len(fields_of(LISTS, lambda role: (), more)[0]["groups"]) == 3
    less = changed(LISTS, {**more, "_add": "", "_remove": "items.0"})
    assert less is not None
    assert (less["items.0.what"], less["items.0.who.a"], less["reason"]) == ("two", "true", "because")
    assert changed(LISTS, form) is None
    assert changed(LISTS, {**form, "_remove": "nothing.0", "_add": "lines2"}) is None


def test_sixty_things_are_enough() -> None:
    form = {f"items.{number}.what": "x" for number in range(60)}
    (field, _) = fields_of(LISTS, lambda role: (), form)
    assert field["full"]
    again = changed(LISTS, {**form, "_add": "items"})
    assert again is not None
    assert len(fields_of(LISTS, lambda role: (), again)[0]["groups"]) == 60


def test_a_fault_stands_at_its_input() -> None:
    names = names_of(fields_of(LISTS, lambda role: (), {"items.0.what": "", "items.1.what": ""}))
    problems = [
        Problem("/data/items/1/on", "format", "Check the day."),
        Problem("/data/items/1/who/0", "enum", "Choose."),
        Problem("/data/lines", "maxItems", "Fewer."),
        Problem("/data/unknown/3", "x", "What is this?"),
    ]
    assert messages_of(problems, names) == {
        "items.1.on": "Check the day.",
        "items.1.who": "Choose.",
        "lines": "Fewer.",
        "": "What is this?",
    }


@pytest.mark.parametrize(
    ("typed", "stored"), [("27/3/2026", "2026-03-27"), ("2026-03-27", "2026-03-27"), ("soon", "soon")]
)
def test_days_are_taken_as_people_type_them(typed: str, stored: str) -> None:
    assert data_of(LISTS, {"items.0.what": "x", "items.0.on": typed})["items"][0]["on"] == stored
