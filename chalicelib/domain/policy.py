"""What the council decided, as the domain reads it: one book of parsed and validated policy, loaded page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from . import clock, language
from .access import Access


def schema_of(outcome: Mapping[str, Any], context: Mapping[str, str]) -> str:
    """The schema of what is filled in for an outcome: for some it depends on what the case is about, as the right."""
    by = outcome.get("schema_for")
    schema: str = by["is"].get(context.get(by["context"], ""), outcome["schema"]) if by else outcome["schema"]
    return schema


def schemas_of(outcome: Mapping[str, Any]) -> tuple[str, ...]:
    """Every schema that an outcome may ask for."""
    return (outcome["schema"], *outcome.get("schema_for", {"is": {}})["is"].values())


class Book:
    """`read(name)` gives the parsed, validated file `policy/<name>.json`; each is read when first needed. What
    residents read of it is in the language of the moment; `languages` are those that the service speaks, by code."""

    def __init__(
        self, read: Callable[[str], Mapping[str, Any]], languages: Mapping[str, language.Language] | None = None
    ) -> None:
        self._read, self.languages = read, languages or {}
        self._said: dict[tuple[str, str], Any] = {}

    def file(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._once(
            name, lambda: self._places(f"policy/{name}").changed(self._read(name), language.say)
        )
        return found

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        """What is made, once for each language."""
        key = (language.current().code, name)
        if key not in self._said:
            self._said[key] = make()
        return self._said[key]

    def _places(self, name: str) -> language.Places:
        return language.places({} if language.current().is_english else self._read("languages")["texts"], name)

    def language(self, code: str) -> language.Language | None:
        """A language that the service speaks; None for English and for any other."""
        return self.languages.get(code)

    @property
    def council(self) -> Mapping[str, Any]:
        return self.file("council")

    @property
    def prefix(self) -> str:
        prefix: str = self.file("kinds")["reference_prefix"]
        return prefix

    @property
    def kinds(self) -> Mapping[str, Any]:
        kinds: Mapping[str, Any] = self.file("kinds")["kinds"]
        return kinds

    @property
    def sent(self) -> Mapping[str, Any]:
        """The kinds that a person can hand in; the others are opened from a case."""
        return {name: row for name, row in self.kinds.items() if "submission" in row}

    def kind(self, kind: str) -> Mapping[str, Any]:
        row: Mapping[str, Any] = self.kinds[kind]
        return row

    def task(self, task: str) -> Mapping[str, Any]:
        row: Mapping[str, Any] = self.file("tasks")["tasks"][task]
        return row

    @property
    def exemptions(self) -> Mapping[str, Mapping[str, Any]]:
        """The register of what may be held back, by its ids."""
        return {row["id"]: row for row in self.file("exemptions")["register"]}

    @property
    def retention(self) -> Mapping[str, Any]:
        return self.file("retention")

    @property
    def timeline(self) -> Mapping[str, Any]:
        events: Mapping[str, Any] = self.file("timeline")["events"]
        return events

    @property
    def channels(self) -> Mapping[str, str]:
        """How a case may come in, in words that end a sentence."""
        channels: Mapping[str, str] = self.file("timeline")["channels"]
        return channels

    @property
    def timeline_groups(self) -> Mapping[str, str]:
        groups: Mapping[str, str] = self.file("timeline")["groups"]
        return groups

    @property
    def documents(self) -> Mapping[str, Any]:
        return self.file("documents")

    @property
    def post(self) -> Mapping[str, Any]:
        return self.file("post")

    @property
    def letters(self) -> Mapping[str, Mapping[str, Any]]:
        letters: Mapping[str, Mapping[str, Any]] = self.file("letters")["letters"]
        return letters

    def message(self, name: str) -> Mapping[str, Any]:
        return self.file(f"messages/{name}")

    def journey(self, name: str) -> Mapping[str, Any]:
        return self.file(f"journeys/{name}")

    @property
    def rules(self) -> clock.Rules:
        rules: clock.Rules = self._once(
            "", lambda: clock.load(self.file("deadlines"), self.file("bank_holidays"), self.council["closures"])
        )
        return rules

    @cached_property
    def access(self) -> Access:
        return Access(self.file("roles"))
