"""Any JSON Schema of what people fill in as a form, and the posted form as the data that the schema describes.

A form is flat: a list of choices is one name for each choice (`ask.early_help`), a list of things is numbered
(`items.0.what`). So it works without a script, and what was typed is never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...domain.model import Person
from ..typed import day

Json = Mapping[str, Any]
Form = Mapping[str, str]
People = Callable[[str], Sequence[Person]]
Field = dict[str, Any]


def fields_of(schema: Json, people: People, form: Form | None = None) -> list[Field]:
    """The fields in the order of the schema. `people(role)` gives the staff to choose from; `form` says how many of
    each list of things there are now."""
    return _fields(schema, people, form or {}, "")


def _fields(schema: Json, people: People, form: Form, before: str) -> list[Field]:
    required = schema.get("required", ())
    return [
        _field(f"{before}{name}", field, name in required, people, form) for name, field in schema["properties"].items()
    ]


def _field(name: str, field: Json, required: bool, people: People, form: Form) -> Field:
    drawn: Field = {
        "name": name,
        "input": "text",
        "label": field["title"] + ("" if required else " (optional)"),
        "hint": field.get("description", ""),
        "rows": 8 if field.get("maxLength", 0) > 5000 else 4,
        "limit": field.get("maxLength", 0),
        "autocomplete": "off",
        "items": [],
        "fold": bool(field.get("x-fold")),
    }
    if field["type"] == "array":
        return drawn | _list(name, field, people, form)
    if "x-choices" in field:
        role = field["x-choices"].partition(":")[2]
        anybody = [{"value": field["default"], "text": field["x-any"]}] if "x-any" in field else []
        drawn |= {
            "input": "select",
            "items": anybody + [{"value": person.id, "text": person.name} for person in people(role)],
        }
    elif "enum" in field:
        words = field.get("x-words", {})
        items = [{"value": value, "text": words.get(value, value)} for value in field["enum"]]
        many = len(items) > 9
        empty = [{"value": "", "text": "Choose one"}] if many else []
        drawn |= {"input": "select" if many else "radios", "items": [*empty, *items]}
    elif field["type"] == "boolean":
        drawn |= {"input": "tick", "legend": field.get("x-legend", "Confirm")}
    elif field["type"] in ("integer", "number"):
        drawn["input"] = "number"
    elif field.get("x-input") == "textarea":
        drawn["input"] = "textarea"
    return drawn


def _list(name: str, field: Json, people: People, form: Form) -> Field:
    items = field["items"]
    if "enum" in items:
        choices = [{"value": value, "text": items["x-words"].get(value, value)} for value in items["enum"]]
        return {"input": "checkboxes", "items": choices}
    if items["type"] == "string":
        return {"input": "textarea", "limit": 0}
    count = max(_count(name, form), field.get("minItems", 0))
    rows = [_fields(items, people, form, f"{name}.{number}.") for number in range(count)]
    return {"input": "rows", "one": items["title"], "groups": rows, "full": count >= field["maxItems"]}


def names_of(fields: Sequence[Field]) -> list[str]:
    """The names of all inputs of these fields."""
    found: list[str] = []
    for field in fields:
        if field["input"] == "rows":
            found += [name for group in field["groups"] for name in names_of(group)]
        elif field["input"] == "checkboxes":
            found += [f"{field['name']}.{item['value']}" for item in field["items"]]
        found.append(field["name"])
    return found


def _count(name: str, form: Form) -> int:
    """How many things of a list the form holds: one more than the highest number in its names."""
    numbers = [key[len(name) + 1 :].partition(".")[0] for key in form if key.startswith(f"{name}.")]
    known = [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 4]
    return max(known) + 1 if known else 0


def data_of(schema: Json, form: Form) -> dict[str, Any]:
    """The data of a posted form. What was left empty is left out; what is not a number or a day stays as typed, so that
    the schema refuses it in its own words."""
    return _data(schema, form, "")


def _data(schema: Json, form: Form, before: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in schema["properties"].items():
        value = _value(f"{before}{name}", field, form)
        if value not in (None, "", []):
            found[name] = value
    return found


def _value(name: str, field: Json, form: Form) -> Any:
    if field["type"] == "array":
        return _values(name, field, form)
    value = form.get(name, "").strip()
    if not value:
        return None
    if field["type"] == "boolean":
        return value == "true"
    if field["type"] == "integer":
        return int(value) if value.lstrip("-").isdecimal() and len(value) < 19 else value
    if field.get("format") == "date":
        on = day(value)
        return on.isoformat() if on else value
    return value


def _values(name: str, field: Json, form: Form) -> list[Any]:
    items = field["items"]
    if "enum" in items:
        return [value for value in items["enum"] if form.get(f"{name}.{value}") == "true"]
    if items["type"] == "string":
        return [line.strip() for line in form.get(name, "").splitlines() if line.strip()]
    rows = [_data(items, form, f"{name}.{number}.") for number in range(_count(name, form))]
    return [row for row in rows if row]


def form_of(schema: Json, data: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """The form that holds this data: what a person sees when it comes back to be changed."""
    form: dict[str, str] = {}
    for name, field in schema["properties"].items():
        value = data.get(name)
        full = f"{before}{name}"
        if value is None:
            continue
        if field["type"] != "array":
            form[full] = str(value).lower() if isinstance(value, bool) else str(value)
        elif "enum" in field["items"]:
            form |= {f"{full}.{one}": "true" for one in value}
        elif field["items"]["type"] == "string":
            form[full] = "\n".join(value)
        else:
            for number, row in enumerate(value):
                form |= form_of(field["items"], row, f"{full}.{number}.")
    return form


def changed(schema: Json, form: Form) -> dict[str, str] | None:
    """The form after somebody pressed "Add another" or "Remove"; None when they pressed neither. Nothing is checked and
    nothing that was typed is lost."""
    name, _, number = form.get("_remove", "").rpartition(".")
    added = form.get("_add", "")
    if added in schema["properties"] and schema["properties"][added]["type"] == "array":
        field = schema["properties"][added]
        count = _count(added, form)
        first = next(iter(field["items"]["properties"]))
        return {**form, **({f"{added}.{count}.{first}": ""} if count < field["maxItems"] else {})}
    if name in schema["properties"] and number.isascii() and number.isdigit():
        return _without(name, int(number), form)
    return None


def _without(name: str, gone: int, form: Form) -> dict[str, str]:
    left: dict[str, str] = {}
    for key, value in form.items():
        number, dot, rest = key[len(name) + 1 :].partition(".")
        if not key.startswith(f"{name}.") or not dot or not number.isdigit():
            left[key] = value
        elif int(number) != gone:
            left[f"{name}.{int(number) - (int(number) > gone)}.{rest}"] = value
    return left


def messages_of(problems: Sequence[Any], names: Sequence[str]) -> dict[str, str]:
    """The words of each problem under the name of its input; what belongs to a whole list stands at the list."""
    found: dict[str, str] = {}
    for problem in problems:
        name = problem.pointer.removeprefix("/data").lstrip("/").replace("/", ".")
        while name and name not in names:
            name = name.rpartition(".")[0]
        found.setdefault(name, problem.message)
    return found
