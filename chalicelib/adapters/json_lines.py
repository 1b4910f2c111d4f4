"""Where in a JSON text a pointer points: the standard parser keeps no positions, and an operator needs the line."""

from __future__ import annotations

from json import decoder, scanner
from typing import Any

# The standard parser's own pieces, which its type stubs leave out.
scanstring: Any = vars(decoder)["scanstring"]
NUMBER_RE: Any = vars(scanner)["NUMBER_RE"]


def line_of(text: str, pointer: str) -> int:
    """The line (from 1) on which the value of a JSON pointer begins, or that of its nearest parent that exists."""
    wanted = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    position = _space(text, 0)
    for part in wanted:
        inner = _child(text, position, part)
        if inner is None:
            break
        position = inner
    return text.count("\n", 0, position) + 1


def _child(text: str, position: int, part: str) -> int | None:
    """The position of a member's value (`part` is its name) or an element (`part` is its index)."""
    opening, index = text[position], 0
    if opening not in "{[":
        return None
    position = _space(text, position + 1)
    while text[position] not in "}]":
        name = str(index)
        if opening == "{":
            name, position = scanstring(text, position + 1)
            position = _space(text, _space(text, position) + 1)
        if name == part:
            return position
        position = _space(text, _skip(text, position))
        if text[position] == ",":
            position = _space(text, position + 1)
        index += 1
    return None


def _skip(text: str, position: int) -> int:
    """The position behind the value that begins here."""
    if text[position] == '"':
        return int(scanstring(text, position + 1)[1])
    if text[position] in "{[":
        depth = 0
        while True:
            if text[position] == '"':
                position = scanstring(text, position + 1)[1]
                continue
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(text[position], 0)
            position += 1
            if depth == 0:
                return position
    number = NUMBER_RE.match(text, position)
    if number:
        return int(number.end())
    return position + (5 if text[position] == "f" else 4)


def _space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position
