"""What the council decided, as the domain reads it: one book of parsed and validated policy, loaded page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from . import clock
from .access import Access


class Book:
    """`read(name)` gives the parsed, validated file `policy/<name>.json`; each is read when first needed."""

    def __init__(self, read: Callable[[str], Mapping[str, Any]]) -> None:
        self.file = read

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

    def kind(self, kind: str) -> Mapping[str, Any]:
        row: Mapping[str, Any] = self.kinds[kind]
        return row

    def task(self, task: str) -> Mapping[str, Any]:
        row: Mapping[str, Any] = self.file("tasks")["tasks"][task]
        return row

    @property
    def retention(self) -> Mapping[str, Any]:
        return self.file("retention")

    @property
    def timeline(self) -> Mapping[str, Any]:
        events: Mapping[str, Any] = self.file("timeline")["events"]
        return events

    @property
    def documents(self) -> Mapping[str, Any]:
        return self.file("documents")

    def message(self, name: str) -> Mapping[str, Any]:
        return self.file(f"messages/{name}")

    def journey(self, name: str) -> Mapping[str, Any]:
        return self.file(f"journeys/{name}")

    @cached_property
    def rules(self) -> clock.Rules:
        return clock.load(self.file("deadlines"), self.file("bank_holidays"), self.council["closures"])

    @cached_property
    def access(self) -> Access:
        return Access(self.file("roles"))
