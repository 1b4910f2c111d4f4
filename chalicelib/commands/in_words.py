"""What forms hold, as staff read it: questions with answers, choices and days in words, never a code of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ..domain.model import CaseFile, Party
from ..domain.policy import schemas_of
from ..domain.ports import Services
from ..domain.words import long_date


def answers(services: Services, file: CaseFile) -> tuple[tuple[str, str], ...]:
    """What the person sent, with the questions of the form that they sent."""
    sent = services.book.kind(file.case.submitted_as or file.case.kind)
    return labelled(services.schemas.document(sent["submission"]), file.answers) if "submission" in sent else ()


def labelled(schema: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Answers with their questions, in the order of the schema."""
    rows = []
    for name, field in schema["properties"].items():
        if name in values and values[name] not in ("", None, []):
            rows.append((str(field.get("title", name)), _in_words(field, values[name])))
    return tuple(rows)


def fact(services: Services, kind: str, name: str, value: Any) -> str:
    """What a case holds of a matter: a choice in the words of the form that it was chosen on, a finding that the
    service made of several in the words of the outcome, all else as it was written."""
    opened = services.book.kind(kind).get("opened_from_case")
    if opened:
        field = services.schemas.document(opened["schema"])["properties"].get(name, {})
        if value in field.get("x-words", {}):
            return str(field["x-words"][value])
    for field in fields_of(services, kind, name):
        if isinstance(value, list) or "format" in field or value in field.get("x-words", {}):
            return _in_words(field, value)
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return str(services.book.kind(kind)["outcomes"].get(str(value), _plain(value)))


def fields_of(services: Services, kind: str, name: str) -> Iterator[Mapping[str, Any]]:
    """The fields of the forms for deciding on which a fact of a kind is set."""
    for task in services.book.file("tasks")["tasks"].values():
        for outcome in task["outcomes"].values() if task["kind"] == kind else ():
            pointer = outcome["keeps"].get(name, "").lstrip("/")
            for schema in schemas_of(outcome) if pointer else ():
                field = services.schemas.document(schema)["properties"].get(pointer)
                if field:
                    yield field


def came_in(services: Services, channel: str) -> str:
    """How something came in, as the end of a sentence; a way that policy does not name any more, as it was kept."""
    return services.book.channels.get(channel, channel)


def addressees(services: Services, file: CaseFile, names: Mapping[str, str]) -> dict[str, str]:
    """To whom the messages of a case go, in words: by what they hold of it. `names` are of staff, by their ids."""
    roles = titles(services)

    def one(to: str) -> str:
        kind, _, who = to.partition(":")
        if kind == "role":
            return f"Any {roles[who]}"
        if kind == "contact":
            return roles.get(who, "Information Governance")
        return {"party": "The person", "address": "The address before this one"}.get(kind) or names.get(who) or who

    return {message.to: one(message.to) for message in file.messages}


def titles(services: Services) -> dict[str, str]:
    """The roles of staff, in words."""
    return {name: str(row["title"]) for name, row in services.book.file("roles")["roles"].items()}


def choices(services: Services, parties: Iterable[Party]) -> dict[str, dict[str, str]]:
    """What people chose of how they are known and reached, in the words of the forms for residents: by field and value.
    A person may be in a case that has no form, so each form is asked."""
    names = {name for party in parties for name in party.details}
    found: dict[str, dict[str, str]] = {}
    for kind in services.book.sent.values() if names else ():
        fields = services.schemas.document(kind["submission"])["properties"]
        for name in names & fields.keys():
            found[name] = {**fields[name].get("x-words", {}), **found.get(name, {})}
    return found


def _in_words(field: Mapping[str, Any], value: Any) -> str:
    """A choice in its words, a day as we write days, a list line by line, each thing of a list with its questions."""
    if isinstance(value, list):
        items = field["items"]
        if items.get("type") != "object":
            return "\n".join(_in_words(items, one) for one in value)
        each = ("\n".join(_asked(*row) for row in labelled(items, one)) for one in value)
        return "\n\n".join(f"{number}. {words}" for number, words in enumerate(each, 1))
    if field.get("format") == "date" and value:
        return long_date(date.fromisoformat(value))
    if "x-any" in field and value == field.get("default"):
        return str(field["x-any"])
    return str(field.get("x-words", {}).get(str(value)) or _plain(value))


def _asked(title: str, words: str) -> str:
    return f"{title} {words}" if title.endswith("?") else f"{title}: {words}"


def _plain(value: Any) -> str:
    return "Yes" if value is True else "No" if value is False else str(value)
