"""Published tables of counts as pages draw them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ..commands.figures import Series
from ..domain.suppression import Table

STEPS = 10
LEFT_OUT = "left out"


def drawn(series: Series, tables: Mapping[str, Table]) -> list[dict[str, object]]:
    """Tables as the page draws them: words for rows and months, and how long the bar of each count is."""
    return [
        {
            "quarter": quarter.replace("-Q", ", quarter "),
            "columns": [*(_month(column) for column in table.columns), "Quarter"],
            "lines": [
                (series.words.get(row, "All"), [_cell(count, table) for count in line])
                for row, line in zip((*table.rows, ""), table.shown, strict=True)
            ],
        }
        for quarter, table in tables.items()
    ]


def _cell(count: int | None, table: Table) -> dict[str, object]:
    most = max((one or 0 for line in table.shown[:-1] for one in line[:-1]), default=0)
    return {"text": LEFT_OUT if count is None else count, "bar": bar(count or 0, most)}


def bar(count: int, most: int) -> int:
    """How long the bar behind a count is, in tenths of that behind the largest."""
    return min(STEPS, STEPS * count // most) if most else 0


def _month(column: str) -> str:
    return f"{date.fromisoformat(column + '-01'):%B %Y}"
