"""No small count can be worked out from what is published: shown by an attacker who tries every table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import suppression
from chalicelib.domain.suppression import SMALL, Table, publishable

Whole = tuple[tuple[int, ...], ...]


def names(count: int, letter: str) -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for number in range(count))


def with_totals(body: list[list[int]]) -> Whole:
    whole = [(*line, sum(line)) for line in body]
    return (*whole, tuple(sum(line[column] for line in whole) for column in range(len(whole[0]))))


def published(body: list[list[int]]) -> Table:
    rows, columns = names(len(body), "r"), names(len(body[0]), "c")
    counts = {(rows[r], columns[c]): count for r, line in enumerate(body) for c, count in enumerate(line)}
    return publishable(rows, columns, counts)


def fitting(table: Table, most: int) -> Iterator[Whole]:
    """Every table of whole numbers up to `most` that fits all that is shown: what an attacker knows."""
    height, width = len(table.rows), len(table.columns)
    free = [(r, c) for r in range(height) for c in range(width) if table.shown[r][c] is None]
    for values in product(range(most + 1), repeat=len(free)):
        given_ = dict(zip(free, values, strict=True))
        body = [[given_.get((r, c), table.shown[r][c] or 0) for c in range(width)] for r in range(height)]
        whole = with_totals(body)
        if all(
            table.shown[r][c] is None or table.shown[r][c] == whole[r][c]
            for r in range(height + 1)
            for c in range(width + 1)
        ):
            yield whole


def worked_out(body: list[list[int]], table: Table) -> list[tuple[int, int]]:
    """The small counts that are the same in every table that fits. Counts one above the largest are enough: what can
    change can change by one."""
    truth = with_totals(body)
    most = max(count for line in body for count in line) + 1
    seen: dict[tuple[int, int], set[int]] = {}
    for whole in fitting(table, most):
        for r, line in enumerate(whole):
            for c, count in enumerate(line):
                seen.setdefault((r, c), set()).add(count)
    return [cell for cell, values in seen.items() if truth[cell[0]][cell[1]] in SMALL and len(values) == 1]


BODIES = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from((0, 0, 1, 2, 4, 5, 7)), min_size=width, max_size=width), min_size=1, max_size=2
    )
)


@pytest.mark.promise("notice:anonymised")
@settings(max_examples=120, deadline=None)
@given(BODIES)
def test_an_attacker_who_tries_everything_works_out_no_small_count(body: list[list[int]]) -> None:
    assert worked_out(body, published(body)) == []


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda width: st.lists(st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=8)
    )
)
def test_no_small_count_is_shown_and_none_is_known(body: list[list[int]]) -> None:
    table, truth = published(body), with_totals(body)
    cells = {(r, c): count for r, line in enumerate(truth) for c, count in enumerate(line)}
    hidden = {cell for cell in cells if table.shown[cell[0]][cell[1]] is None}
    for cell, count in cells.items():
        shown = table.shown[cell[0]][cell[1]]
        assert shown is None or shown == count
        assert count not in SMALL or cell in hidden
        if count in SMALL and hidden != set(cells):
            assert not suppression.is_known(cells, hidden, cell)


def test_nothing_is_left_out_where_nothing_is_small() -> None:
    assert published([[5, 9, 0], [12, 0, 7]]).shown == ((5, 9, 0, 14), (12, 0, 7, 19), (17, 9, 7, 33))


def test_the_tests_would_see_a_fault() -> None:
    """Leaving out the small counts alone gives them away: the attacker of these tests finds them."""
    body = [[3, 7], [8, 9]]
    truth = with_totals(body)
    shown = tuple(tuple(None if count in SMALL else count for count in line) for line in truth)
    careless = Table(names(2, "r"), names(2, "c"), shown)
    assert worked_out(body, careless) == [(0, 0)]


def test_the_least_is_left_out() -> None:
    """A small count costs a circle of three others, and zeros stay."""
    table = published([[3, 30, 0], [8, 9, 0], [40, 50, 6]])
    left_out = sum(count is None for line in table.shown for count in line)
    assert left_out == 4
    assert [line[2] for line in table.shown] == [0, 0, 6, 6]
