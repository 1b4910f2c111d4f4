"""The language in which somebody is spoken to.

All that residents read is written in English where it is used, and is its own key in the message catalogues
(`languages/*.po`): texts of the templates, of the policy files and schemas, and sentences of the code. `say` gives a
text in the language of the moment, which a page or a letter sets with `speaking`; English is spoken when nobody says
otherwise. A translation that nobody has reviewed is not in a compiled catalogue and so is never said: its text stays
English. It is the one thing here that is not handed in as an argument, for every sentence would have to hand it on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import wraps
from typing import Any, ParamSpec, TypeVar

ENGLISH = "en"


def _same(text: str) -> str:
    return text


def _one_or_many(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


@dataclass(frozen=True)
class Language:
    """A language that the service speaks: its code (BCP 47), its own name, which way it is written, and what its
    catalogue says for a text, or for a text that depends on a number."""

    code: str = ENGLISH
    name: str = "English"
    direction: str = "ltr"
    text: Callable[[str], str] = field(default=_same, compare=False)
    count: Callable[[str, str, int], str] = field(default=_one_or_many, compare=False)

    @property
    def is_english(self) -> bool:
        return self.code == ENGLISH


_ENGLISH = Language()
_now: ContextVar[Language] = ContextVar("language", default=_ENGLISH)


def current() -> Language:
    return _now.get()


@contextmanager
def speaking(language: Language | None) -> Iterator[None]:
    """Inside, `say` says it in this language; in English for None."""
    token = _now.set(language or _ENGLISH)
    try:
        yield
    finally:
        _now.reset(token)


def say(text: str, **values: Any) -> str:
    """A text of the catalogues in the language of the moment, with its `{name}`s filled in."""
    found = _now.get().text(text) if text else text
    return found.format(**values) if values else found


def say_count(one: str, many: str, count: int, **values: Any) -> str:
    """A text that depends on a number, with its `{count}` and other names filled in."""
    return _now.get().count(one, many, count).format(count=count, **values)


P = ParamSpec("P")
R = TypeVar("R")


def in_english(command: Callable[P, R]) -> Callable[P, R]:
    """A command that stores what it says (titles, reasons on the timeline) says it in English, whoever calls it: it is
    said in the reader's language when it is read. What a person is told is written in theirs all the same."""

    @wraps(command)
    def enter(*args: P.args, **kwargs: P.kwargs) -> R:
        with speaking(None):
            return command(*args, **kwargs)

    return enter


def mark(text: str) -> str:
    """The text as it is: it stands in the catalogues, and is said later."""
    return text


class Places:
    """Where in a document texts stand that people read: pointers with `*` for any one name and `**` for any depth."""

    def __init__(self, pointers: tuple[str, ...]) -> None:
        self._wanted = [tuple(pointer.strip("/").split("/")) for pointer in pointers]

    def changed(self, document: Any, change: Callable[[str], str]) -> Any:
        """The document with each text changed; all else is the same object as it was."""
        return _changed(document, self._wanted, change) if self._wanted else document


def places(texts: Mapping[str, Sequence[str]], name: str) -> Places:
    """Where texts stand in the file `name`, by the table of `policy/languages.json`: none while English is spoken."""
    if current().is_english:
        return Places(())
    return Places(tuple(one for file, rows in texts.items() if fnmatch(name, file) for one in rows))


def _changed(value: Any, wanted: list[tuple[str, ...]], change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value) if value and any(not path or set(path) == {"**"} for path in wanted) else value
    if isinstance(value, Mapping):
        return {name: _below(part, name, wanted, change) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_below(part, str(place), wanted, change) for place, part in enumerate(value)]
    return value


def _below(part: Any, name: str, wanted: list[tuple[str, ...]], change: Callable[[str], str]) -> Any:
    left: list[tuple[str, ...]] = []
    for path in wanted:
        left += _after(path, name)
    return _changed(part, left, change) if left else part


def _after(path: tuple[str, ...], name: str) -> list[tuple[str, ...]]:
    """What is left of a path below this name: nothing when it does not lead there."""
    if not path:
        return []
    if path[0] == "**":
        return [path, *_after(path[1:], name)]
    return [path[1:]] if path[0] in ("*", name) else []


__all__ = ["ENGLISH", "Language", "Places", "current", "in_english", "mark", "places", "say", "say_count", "speaking"]
