"""Any outcome's JSON Schema as a form, and the posted form as the data that the schema describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...domain.model import Person

Json = Mapping[str, Any]


def fields_of(schema: Json, people: Callable[[str], Sequence[Person]]) -> list[dict[str, Any]]:
    """The fields in the order of the schema. `people(role)` gives the staff to choose from."""
    return [
        _field(name, field, name in schema.get("required", ()), people) for name, field in schema["properties"].items()
    ]


def _field(name: str, field: Json, required: bool, people: Callable[[str], Sequence[Person]]) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "name": name,
        "input": "text",
        "label": field["title"] + ("" if required else " (optional)"),
        "hint": field.get("description", ""),
        "rows": 8 if field.get("maxLength", 0) > 5000 else 4,
        "limit": field.get("maxLength", 0),
        "autocomplete": "off",
        "items": [],
    }
    if "x-choices" in field:
        role = field["x-choices"].partition(":")[2]
        anybody = [{"value": field["default"], "text": field["x-any"]}] if "x-any" in field else []
        drawn |= {
            "input": "select",
            "items": anybody + [{"value": person.id, "text": person.name} for person in people(role)],
        }
    elif "enum" in field:
        words = field.get("x-words", {})
        drawn |= {
            "input": "radios",
            "items": [{"value": value, "text": words.get(value, value)} for value in field["enum"]],
        }
    elif field["type"] == "boolean":
        drawn["input"] = "tick"
    elif field["type"] in ("integer", "number"):
        drawn["input"] = "number"
    elif field.get("x-input") == "textarea":
        drawn["input"] = "textarea"
    return drawn


def data_of(schema: Json, form: Mapping[str, str]) -> dict[str, Any]:
    """The data of a posted form. What was left empty is left out; what is not a number stays as typed, so that the
    schema refuses it in its own words."""
    found: dict[str, Any] = {}
    for name, field in schema["properties"].items():
        value = form.get(name, "").strip()
        if not value:
            continue
        if field["type"] == "boolean":
            found[name] = value == "true"
        elif field["type"] == "integer":
            found[name] = int(value) if value.lstrip("-").isdecimal() and len(value) < 19 else value
        else:
            found[name] = value
    return found
