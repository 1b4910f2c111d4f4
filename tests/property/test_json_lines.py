"""The line of a pointer, against a slow and simple way to find it: mark the value and look for the mark."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.json_lines import line_of

MARK = "\u2603the value that is looked for\u2603"
names = st.text(st.characters(codec="utf-8", exclude_characters="\u2603"), max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | names,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=15,
)
layouts = st.sampled_from([{"indent": 2}, {"indent": 0}, {"indent": "\t"}, {}, {"separators": (",", ":")}])


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found += paths(child, (*path, key))
    return found


def marked(value: Any, path: tuple[Any, ...]) -> Any:
    """The value with a mark in front of what the path leads to: an array of mark and value would move lines, so the
    value itself is replaced. What stands before it, and so its line, stays."""
    if not path:
        return MARK
    if isinstance(value, dict):
        return {key: marked(child, path[1:]) if key == path[0] else child for key, child in value.items()}
    return [marked(child, path[1:]) if place == path[0] else child for place, child in enumerate(value)]


def pointer(path: tuple[Any, ...]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


@given(values, layouts, st.booleans())
def test_every_pointer_of_every_document(value: Any, layout: dict[str, Any], ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, **layout)
    for path in paths(value):
        with_mark = json.dumps(marked(value, path), ensure_ascii=False, **layout)
        expected = with_mark.count("\n", 0, with_mark.index(MARK)) + 1
        assert line_of(text, pointer(path)) == expected


@given(values, layouts)
def test_a_pointer_to_nothing_gives_the_line_of_its_nearest_parent(value: Any, layout: dict[str, Any]) -> None:
    text = json.dumps(value, **layout)
    for path in paths(value):
        assert line_of(text, pointer(path) + "/\u2603/deeper") == line_of(text, pointer(path))


def test_brackets_and_quotes_in_text_mislead_nobody() -> None:
    text = '{\n "a": "}]\\"{[",\n "b": [\n  "]",\n  {"c": 1}\n ]\n}'
    assert [line_of(text, p) for p in ("", "/a", "/b", "/b/0", "/b/1", "/b/1/c", "/z")] == [1, 2, 3, 4, 5, 5, 1]
