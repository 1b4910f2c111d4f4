"""Themes and trends, with small numbers left out; what must be told by law; and what people said, kept without them."""

from __future__ import annotations

from collections.abc import Sequence

from chalice.app import Response

from ...bootstrap import services
from ...commands import figures
from ...domain.errors import NotFound
from ..counted import LEFT_OUT, drawn
from ..http import Request
from ..render import html
from ..sheets import sheet
from .face import face


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
        series=[(one, drawn(one, one.published), drawn(one, one.running)) for one in found.series],
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
