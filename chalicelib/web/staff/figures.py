"""Themes and trends, with small numbers left out; what must be told by law; and what people said, kept without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from ...bootstrap import services
from ...commands import figures
from ...domain.errors import NotFound
from ..counted import LEFT_OUT, bar, drawn, published
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
        series=[(one, published(one), drawn(one, one.running)) for one in found.series],
        counts=counts,
        outcomes={row["title"]: row["outcomes"] for row in services().book.kinds.values()},
        lost=found.lost,
        voices=[(themes.get(voice.theme, voice.theme), voice.text) for voice in found.voices],
        back=request.url("/staff/figures/by"),
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


PERIODS = (3, 6, 12, 24)
COLUMNS = ("received", "closed", "open", "on_time", "late", "median_days", "median_net")


@face.route("/staff/figures/by", "figures.view")
def by(request: Request) -> Response:
    """What a manager asks: how many, how many in time, how long, looked at by month, right, service or cause."""
    kinds = {figures.ALL: "All kinds", **{name: row["title"] for name, row in services().book.sent.items()}}
    kind = request.query.get("kind", "") if request.query.get("kind") in kinds else next(iter(kinds))
    parts = figures.parts_of(services(), kind)
    part = request.query.get("part", "") if request.query.get("part") in parts else next(iter(parts))
    months = next((one for one in PERIODS if str(one) == request.query.get("months")), PERIODS[1])
    found = figures.by_part(services(), request.actor, kind, part, months)
    asked = {"kind": kind, "part": part, "months": months}
    if request.query.get("format") == "csv":
        rows: list[Sequence[object]] = [(parts[part], *COLUMNS)]
        rows += [(words, *_cells(row)) for words, row in (*found.rows, ("All", found.all))]
        return sheet(f"{kind}-by-{part}", rows)
    most = max((row["received"] for _, row in found.rows), default=0)
    return html(
        request,
        "staff/figures_by.html",
        title="How we do",
        kinds=[{"value": name, "text": title} for name, title in kinds.items()],
        parts=[{"value": name, "text": title} for name, title in parts.items()],
        periods=[{"value": str(one), "text": f"{one} months"} for one in PERIODS],
        asked={**asked, "months": str(months)},
        kind_title=kinds[kind],
        part_title=parts[part],
        rows=[(words, row, bar(row["received"], most)) for words, row in found.rows],
        all=found.all,
        as_csv=request.url(f"/staff/figures/by?{urlencode({**asked, 'format': 'csv'})}"),
        back=request.url("/staff"),
    )


def _cells(row: Mapping[str, Any]) -> list[object]:
    late = row["closed"] - row["on_time"]
    return [late if name == "late" else "" if row[name] is None else row[name] for name in COLUMNS]
