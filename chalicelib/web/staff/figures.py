"""Themes and trends, with small numbers left out; what must be told by law; and what people said, kept without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from chalice.app import Response

from ...bootstrap import services
from ...commands import figures
from ...domain.errors import NotFound
from ...domain.suppression import Table
from ..http import Request
from ..render import html
from ..sheets import sheet
from .face import face

STEPS = 10
LEFT_OUT = "left out"


@face.route("/staff/figures", "figures.view")
def page(request: Request) -> Response:
    found = figures.monitoring(services(), request.actor)
    themes = {row["id"]: row["title"] for row in services().book.file("figures")["themes"]}
    counts: dict[str, list[figures.Counts]] = {}
    for row in found.counts:
        counts.setdefault(row.title, []).append(row)
    return html(
        request,
        "staff/figures.html",
        title="Themes and trends",
        series=[(one, _drawn(one, one.published), _drawn(one, one.running)) for one in found.series],
        counts=counts,
        outcomes={row["title"]: row["outcomes"] for row in services().book.kinds.values()},
        lost=found.lost,
        voices=[(themes.get(voice.theme, voice.theme), voice.text) for voice in found.voices],
        back=request.url("/staff"),
    )


@face.route("/staff/figures/{name}/csv", "figures.view")
def download(request: Request) -> Response:
    """The published tables of one name: exactly what the page shows of them."""
    found = figures.monitoring(services(), request.actor)
    series = next((one for one in found.series if one.name == request.params["name"]), None)
    if series is None:
        raise NotFound
    rows: list[Sequence[object]] = [("quarter", series.title, "month", "count")]
    for quarter, table in series.published.items():
        for row, line in zip((*table.rows, "total"), table.shown, strict=True):
            for column, count in zip((*table.columns, "quarter"), line, strict=True):
                shown = LEFT_OUT if count is None else count
                rows.append((quarter, series.words.get(row, row), column, shown))
    return sheet(series.name, rows)


def _drawn(series: figures.Series, tables: Mapping[str, Table]) -> list[dict[str, object]]:
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
    return {
        "text": LEFT_OUT if count is None else count,
        "bar": min(STEPS, STEPS * (count or 0) // most) if most else 0,
    }


def _month(column: str) -> str:
    return f"{date.fromisoformat(column + '-01'):%B %Y}"
