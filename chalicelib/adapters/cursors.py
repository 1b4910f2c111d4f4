"""Where a page of the desk ended, as text for the next request. It comes back from outside: only its form is believed,
and whatever it names, it is a place on the asker's own desks."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

Places = dict[str, list[str] | None]

_PARTS = 3
_LONGEST = 200


def read(cursor: str) -> Places:
    """How far each desk was read, None when to its end. Raises ValueError for what is no cursor."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor)) if cursor else {}
    except RecursionError:
        raise ValueError("not a cursor") from None
    if not isinstance(found, dict) or not all(place is None or _is_place(place) for place in found.values()):
        raise ValueError("not a cursor")
    return found


def write(places: Places, desks: Sequence[str]) -> str:
    """The cursor of the next page; empty when each of these desks was read to its end. A desk of which nothing was
    shown yet has no place."""
    if all(desk in places and places[desk] is None for desk in desks):
        return ""
    return base64.urlsafe_b64encode(json.dumps(places).encode()).decode()


def place(item: Any, index: str = "desk") -> list[str]:
    """What a cursor keeps of the last item that was shown of an index."""
    return [getattr(item, name) for name in ("pk", "sk", f"{index}_sk")]


def start(desk: str, place: list[str] | None, index: str = "desk") -> dict[str, Any] | None:
    """The key with which the query of this desk goes on; None for its beginning."""
    if place is None:
        return None
    names = ("pk", "sk", f"{index}_sk")
    return {f"{index}_pk": {"S": desk}, **{name: {"S": part} for name, part in zip(names, place, strict=True)}}


def _is_place(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != _PARTS:
        return False
    return all(isinstance(part, str) and part.isascii() and 0 < len(part) <= _LONGEST for part in value)
