"""Published tables of counts as pages draw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from ..commands.figures import Series
from ..domain import figures
from ..domain.clock.words import month
from ..domain.language import mark, say
from ..domain.suppression import Table

STEPS = 10
LEFT_OUT = mark("left out")


@dataclass(frozen=True)
class Shown:
    """What is published of one thing: in a sentence where that says it, the newest quarter, those before, and when
    nothing came in."""

    sentence: str
    latest: dict[str, Any] | None
    earlier: tuple[dict[str, Any], ...]
    nothing_in: tuple[str, ...]


def published(series: Series) -> Shown:
    """The published quarters, the newest first. Those in which nothing came in are told by their time alone."""
    quarters = {quarter: table for quarter, table in series.published.items() if table.shown[-1][-1] != 0}
    latest, *earlier = drawn(series, quarters) or (None,)
    return Shown(
        sentence=_in_time(*next(iter(quarters.items()))) if quarters and series.part == figures.ON_TIME else "",
        latest=latest,
        earlier=tuple(one for one in earlier if one),
        nothing_in=_spans([quarter for quarter in series.published if quarter not in quarters]),
    )


def drawn(series: Series, tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """Tables as the page draws them: words for rows and months, and how long the bar of each count is."""
    return [
        {
            "quarter": _span(quarter, quarter),
            "columns": [*(_month(column) for column in table.columns), say("Together")],
            "lines": [
                (series.words.get(row) or say("All"), [_cell(count, table) for count in line], not row)
                for row, line in zip((*table.rows, ""), table.shown, strict=True)
            ],
        }
        for quarter, table in tables.items()
    ]


def _in_time(quarter: str, table: Table) -> str:
    """How many of those that were answered were so in time, as far as the table itself shows it."""
    together = {row: line[-1] for row, line in zip(table.rows, table.shown, strict=False)}
    in_time, late = together.get(figures.IN_TIME), together.get(figures.LATE)
    if in_time is None or late is None:
        return say(
            "{time}: we do not say how many we answered in time. There were so few that people could be known.",
            time=_span(quarter, quarter),
        )
    if not in_time + late:
        return say("{time}: none had an answer when we counted.", time=_span(quarter, quarter))
    return say(
        "{time}: we answered {count} of {all} in time.",
        time=_span(quarter, quarter),
        count=in_time,
        all=in_time + late,
    )


def _spans(quarters: Sequence[str]) -> tuple[str, ...]:
    """Quarters, the newest first, as spans of time: those that follow each other as one."""
    runs: list[list[str]] = []
    for after, quarter in pairwise(("", *quarters)):
        if after and figures.next_quarter(quarter) == after:
            runs[-1].append(quarter)
        else:
            runs.append([quarter])
    return tuple(_span(run[-1], run[0]) for run in runs)


def _span(first: str, last: str) -> str:
    """From the first month of a quarter to the last of another: `July to September 2026`."""
    start, end = figures.months_of(first)[0], figures.months_of(last)[-1]
    same_year = start[:4] == end[:4]
    began = month(_first_day(start)) if same_year else _month(start)
    return say("{first_month} to {last_month}", first_month=began, last_month=_month(end))


def _cell(count: int | None, table: Table) -> dict[str, object]:
    most = max((one or 0 for line in table.shown[:-1] for one in line[:-1]), default=0)
    return {"text": say(LEFT_OUT) if count is None else count, "bar": bar(count or 0, most)}


def bar(count: int, most: int) -> int:
    """How long the bar behind a count is, in tenths of that behind the largest."""
    return min(STEPS, STEPS * count // most) if most else 0


def _month(column: str) -> str:
    day = _first_day(column)
    return say("{month} {year}", month=month(day), year=day.year)


def _first_day(column: str) -> date:
    return date.fromisoformat(column + "-01")
