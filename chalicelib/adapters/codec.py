"""Domain values to JSON and back, by their type hints: dates as ISO words, sets sorted, nested values as objects.

A field that has its default is not written, which halves a new case. So a default is part of what is stored: whoever
changes one changes what stored values mean.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
_PLAIN = frozenset({str, int, bool, float})


def encode(value: Any) -> Any:
    """JSON-ready form of a domain value. Instants keep their microseconds and offset."""
    if value is None or type(value) in _PLAIN:
        return value
    known = _fields(type(value))  # type: ignore[arg-type]  # every class is hashable
    if known:
        found = ((name, getattr(value, name), default) for name, default in known)
        return {
            name: one if one is None or type(one) in _PLAIN else encode(one)
            for name, one, default in found
            if one is not default and one != default
        }
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return value


@cache
def _fields(cls: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass with their defaults; none for any other class."""
    if not is_dataclass(cls):
        return ()
    found = ((one.name, one.default, one.default_factory) for one in fields(cls))
    return tuple((name, default if make is MISSING else make()) for name, default, make in found)


def decode(cls: type[T], body: Mapping[str, Any], **more: Any) -> T:
    """The value of class `cls` that `encode` wrote. `more` gives fields that are stored elsewhere."""
    hints = _hints(cls)  # type: ignore[arg-type]  # every class is hashable
    values = {name: _convert(hints[name], value) for name, value in body.items() if name in hints}
    return cls(**{**values, **more})


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _convert(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _convert(next(option for option in arguments if option is not type(None)), value)
    if origin is tuple:
        return tuple(_convert(arguments[0], item) for item in value)
    if origin is frozenset:
        return frozenset(value)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _convert(arguments[1], item) for key, item in value.items()}
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is date:
        return date.fromisoformat(value)
    if hint is bytes:
        return bytes.fromhex(value)
    if isinstance(hint, type) and is_dataclass(hint):
        return decode(hint, value)
    return value
