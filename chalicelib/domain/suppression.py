"""Counts that may be published: small numbers are left out, and so much besides that nobody can work them out.

A count of 1 to 4 could be about one family (ONS and NHS practice; UK GDPR recital 26). Leaving it out is not enough:
from the totals and the other counts of its row anybody could subtract. So further counts are left out until each small
count could be larger or smaller by one with everything that is shown staying as it is. That is decided exactly: a table
with its totals is a network in which what is left out may change only along a circle (each row and each column must
still add up); a count can be worked out when, and only when, no such circle passes through it.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

SMALL = range(1, 5)
"""Counts that are never shown."""

Cell = tuple[int, int]
Node = tuple[str, int]


@dataclass(frozen=True)
class Table:
    """Counts with their totals: the last row and the last column are the sums. None is left out."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    shown: tuple[tuple[int | None, ...], ...]


def publishable(rows: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[str, str], int]) -> Table:
    """The counts of each row and column with their totals, small ones and what gives them away left out.

    `counts` holds whole numbers of 0 or more; a pair that is not in it is 0.
    """
    body = [[counts.get((row, column), 0) for column in columns] for row in rows]
    whole = [[*line, sum(line)] for line in body]
    whole.append([sum(line[column] for line in whole) for column in range(len(columns) + 1)])
    hidden = hide(whole)
    shown = tuple(
        tuple(None if (row, column) in hidden else count for column, count in enumerate(line))
        for row, line in enumerate(whole)
    )
    return Table(tuple(rows), tuple(columns), shown)


def hide(whole: Sequence[Sequence[int]]) -> frozenset[Cell]:
    """Which counts of a table with its totals are left out."""
    cells = {(row, column): count for row, line in enumerate(whole) for column, count in enumerate(line)}
    hidden = {cell for cell, count in cells.items() if count in SMALL}
    while True:
        known = next((cell for cell in sorted(hidden) if cells[cell] in SMALL and is_known(cells, hidden, cell)), None)
        if known is None:
            return frozenset(hidden)
        circles = [circle for up in (True, False) if (circle := _circle(cells, hidden, known, up)) is not None]
        if not circles:  # a table so small that nothing can hide in it: nothing of it is shown
            return frozenset(cells)
        hidden |= set(min(circles)[1])


def is_known(cells: Mapping[Cell, int], hidden: AbstractSet[Cell], cell: Cell) -> bool:
    """Whether this count, although left out, can be worked out from what is shown."""
    for up in (True, False):
        circle = _circle(cells, hidden, cell, up)
        if circle is not None and set(circle[1]) <= set(hidden):
            return False
    return True


def _circle(
    cells: Mapping[Cell, int], hidden: AbstractSet[Cell], cell: Cell, up: bool
) -> tuple[int, tuple[Cell, ...]] | None:
    """The cheapest circle of changes by one that starts with this count going `up` (or down): what else would have to
    be left out, as a price, and all its cells. None when there is none."""
    last_row, last_column = max(row for row, _ in cells), max(column for _, column in cells)

    def is_total(at: Cell) -> bool:
        return (at[0] == last_row) != (at[1] == last_column)  # the grand total counts as the body does

    def can(at: Cell, more: bool) -> bool:
        return more or cells[at] > 0  # no count is below nothing

    def price(at: Cell) -> int:
        if at in hidden:
            return 0
        return (1 + cells[at]) * (20 if at[0] == last_row or at[1] == last_column else 1) + (
            1000 if not cells[at] else 0
        )

    if not can(cell, up):
        return None
    forward = up != is_total(cell)  # from its row to its column, or back
    row, column = ("row", cell[0]), ("column", cell[1])
    start, goal = (column, row) if forward else (row, column)
    best: dict[Node, int] = {start: 0}
    queue: list[tuple[int, Node, tuple[Cell, ...]]] = [(0, start, (cell,))]
    while queue:
        cost, node, path = heapq.heappop(queue)
        if node == goal:
            return cost, path
        if cost > best[node]:
            continue
        from_row = node[0] == "row"
        for other in range(last_column + 1 if from_row else last_row + 1):
            at = (node[1], other) if from_row else (other, node[1])
            step: Node = ("column", other) if from_row else ("row", other)
            if at == cell or not can(at, from_row != is_total(at)):
                continue
            further = cost + price(at)
            if further < best.get(step, further + 1):
                best[step] = further
                heapq.heappush(queue, (further, step, (*path, at)))
    return None
