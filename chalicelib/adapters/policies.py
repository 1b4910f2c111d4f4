"""Loads `policy/<name>.json`, checks it against `schemas/policy/<kind>.json`, and says file and line when it is wrong.

One schema per kind of policy file: `journeys/complaint` and `messages/complaint-received` are checked by `journey` and
`message`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..domain.clock import PolicyError
from ..domain.errors import PolicyFault
from .json_lines import line_of
from .schemas import ROOT, SchemaFiles

_FOLDERS = {"journeys": "journey", "messages": "message"}


class PolicyFiles:
    """`read(name)`: the parsed, checked file. Raises PolicyFault; nothing is ever read half."""

    def __init__(self, schemas: SchemaFiles, root: Path = ROOT / "policy") -> None:
        self._schemas, self._root = schemas, root
        self.read = lru_cache(maxsize=None)(self._read)

    def _read(self, name: str) -> Mapping[str, Any]:
        file = f"policy/{name}.json"
        try:
            text = (self._root / f"{name}.json").read_text(encoding="utf-8")
        except OSError:
            raise PolicyFault(file, 0, "", "the file is missing or cannot be read") from None
        try:
            document: Mapping[str, Any] = json.loads(text, object_pairs_hook=no_twins)
        except json.JSONDecodeError as error:
            raise PolicyFault(file, error.lineno, "", f"this is not JSON: {error.msg}") from None
        except ValueError as error:
            raise PolicyFault(file, 0, "", str(error)) from None
        folder, slash, _ = name.partition("/")
        schema = f"policy/{_FOLDERS[folder] if slash else name}"
        for problem in self._schemas.errors(schema, document):
            line = line_of(text, problem.pointer)
            raise PolicyFault(file, line, problem.pointer, f"{problem.rule}: {problem.message}")
        return document

    def fault(self, error: PolicyError) -> PolicyFault:
        """The same fault with its file and line: the clock knows the place in the data, and not where it was read."""
        name, colon, inner = error.pointer.partition(":")
        name, pointer = (name, inner) if colon and "/" not in name else ("deadlines", error.pointer)
        try:
            line = line_of((self._root / f"{name}.json").read_text(encoding="utf-8"), pointer)
        except OSError:
            line = 0
        return PolicyFault(f"policy/{name}.json", line, pointer, error.reason)

    def names(self) -> list[str]:
        """Every policy file there is, for the check of all of them."""
        return sorted(str(path.relative_to(self._root).with_suffix("")) for path in self._root.rglob("*.json"))


def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are each given once: JSON would silently keep the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} stands twice in one object")
    return found
