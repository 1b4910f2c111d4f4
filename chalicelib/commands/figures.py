"""Themes and trends: the published tables, which never change, what there is since, and words kept without people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..domain import figures, lateness
from ..domain.clock import london_date
from ..domain.errors import NotFound
from ..domain.model import Actor, Voice
from ..domain.ports import Services
from ..domain.suppression import Table
from . import in_words

QUARTERS = 8
MOST_VOICES = 20


@dataclass(frozen=True)
class Series:
    """One table of a kind by one of its parts: what it is called, the words of its rows, and the table of each quarter.
    `running` is what there is since the last published quarter: for our own use."""

    name: str
    title: str
    part: str
    words: Mapping[str, str]
    published: Mapping[str, Table]
    running: Mapping[str, Table]


@dataclass(frozen=True)
class Counts:
    """Exact counts of a kind in a quarter, for whoever must be told them by law."""

    title: str
    quarter: str
    numbers: Mapping[str, Any]


@dataclass(frozen=True)
class Monitoring:
    series: tuple[Series, ...]
    counts: tuple[Counts, ...]
    lost: tuple[tuple[str, int, int], ...]
    voices: tuple[Voice, ...]


def monitoring(services: Services, actor: Actor) -> Monitoring:
    """All that the page of figures shows. Raises NotAllowed."""
    services.book.access.require(actor, "figures.view")
    today = london_date(services.clock.now())
    policy = services.book.file("figures")
    series = tuple(_series(services, row) for row in policy["tables"])
    counts = tuple(
        Counts(services.book.kind(kind)["title"], quarter, figures.totals(_rows(services, kind, quarter)))
        for kind in policy["counts"]
        for quarter in (figures.quarter_of(today), *figures.quarters_before(today, 3))
    )
    themes = [row["id"] for row in policy["themes"]]
    return Monitoring(
        series,
        counts,
        _lost(services, (figures.quarter_of(today), *figures.quarters_before(today, 1))),
        services.store.voices(themes, MOST_VOICES),
    )


@dataclass(frozen=True)
class Breakdown:
    """Exact counts of a kind, by a part or by month, for our own use: rows in words, and all of them together."""

    part: str
    rows: tuple[tuple[str, Mapping[str, Any]], ...]
    all: Mapping[str, Any]


ALL = "all"


def parts_of(services: Services, kind: str) -> dict[str, str]:
    """By what a kind, or ALL of them together, can be looked at, in words."""
    titles = services.book.file("figures")["parts"]
    own = (
        (figures.KIND, figures.MONTH) if kind == ALL else (figures.MONTH, *services.book.kind(kind).get("figures", {}))
    )
    return {name: titles[name] for name in own}


def by_part(services: Services, actor: Actor, kind: str, part: str, months: int) -> Breakdown:
    """What came in during the last months (this one is the first) of a kind, or of ALL, looked at by a part. Raises
    NotAllowed, or NotFound for a kind or part that there is not."""
    services.book.access.require(actor, "figures.view")
    if kind not in (ALL, *services.book.sent) or part not in parts_of(services, kind):
        raise NotFound
    wanted = figures.months_until(london_date(services.clock.now()), months)
    kinds = services.book.sent if kind == ALL else (kind,)
    rows = [row for one in kinds for row in services.store.figures(one, wanted)]
    found = figures.by_part(rows, part)
    words = {month: f"{date.fromisoformat(f'{month}-01'):%B %Y}" for month in wanted}
    words |= {one: services.book.kind(one)["title"] for one in kinds}
    if kind != ALL:
        words |= _words_of_part(services, kind, part)
    return Breakdown(part, tuple((words.get(value, value), row) for value, row in found.items()), figures.totals(rows))


def _words_of_part(services: Services, kind: str, part: str) -> dict[str, str]:
    """What each word of a part is called: by the list of policy, or by the form that it was chosen on."""
    policy, row = services.book.file("figures"), services.book.kind(kind)
    words = {figures.NOT_SAID: "Not said"}
    listed = {figures.ON_TIME: "on_time", lateness.CAUSE: "late_causes", "theme": "themes"}.get(part)
    if listed:
        return words | {one["id"]: one["title"] for one in policy[listed]}
    source, _, key = row.get("figures", {}).get(part, "").partition("/")
    if source == "context":
        field = services.schemas.document(row["submission"])["properties"][row["context"][key]]
        return words | dict(field.get("x-words", {}))
    for field in in_words.fields_of(services, kind, key) if source else ():
        words |= field.get("x-words", {})
    return words


def public(services: Services) -> tuple[Series, ...]:
    """The published tables, for everybody: nothing in them can be worked out that is about fewer than five."""
    return tuple(_series(services, row, with_running=False) for row in services.book.file("figures")["tables"])


def _lost(services: Services, quarters: Sequence[str]) -> tuple[tuple[str, int, int], ...]:
    """Cases and days lost by who first got them, in these quarters, the most days first."""
    kinds = services.book.sent
    rows = [row for kind in kinds for quarter in quarters for row in _rows(services, kind, quarter)]
    titles = {row["id"]: row["title"] for row in services.book.file("notice")["holders"]}
    found = [(titles[name], *numbers) for name, numbers in figures.lost_by_holder(rows).items() if name in titles]
    return tuple(sorted(found, key=lambda row: (-row[2], row[0])))


def publish(services: Services) -> int:
    """Keep the table of each quarter whose day has come and that was not published yet; returns how many."""
    today = london_date(services.clock.now())
    done = 0
    for row in services.book.file("figures")["tables"]:
        due = [one for one in figures.quarters_before(today, QUARTERS) if figures.may_publish_from(one) <= today]
        there = services.store.published(row["name"], due)
        for quarter in due:
            if quarter not in there:
                done += services.store.publish(row["name"], quarter, _body(_table(services, row, quarter)))
    return done


def _series(services: Services, row: Mapping[str, Any], *, with_running: bool = True) -> Series:
    today = london_date(services.clock.now())
    quarters = (figures.quarter_of(today), *figures.quarters_before(today, QUARTERS))
    there = services.store.published(row["name"], quarters)
    running = [quarter for quarter in quarters if quarter not in there and figures.may_publish_from(quarter) > today]
    return Series(
        name=row["name"],
        title=row["title"],
        part=row["part"],
        words=words_of(services, row),
        published={quarter: _from(there[quarter]) for quarter in quarters if quarter in there},
        running={quarter: _table(services, row, quarter) for quarter in running} if with_running else {},
    )


def words_of(services: Services, row: Mapping[str, Any]) -> dict[str, str]:
    """The words of each row of a table, in the order of the list that they come from."""
    file, _, key = row["values"].partition("/")
    listed = {one["id"]: one["title"] for one in services.book.file(file)[key]}
    return {**listed, figures.NOT_SAID: "Not said"}


def _rows(services: Services, kind: str, quarter: str) -> tuple[figures.Figure, ...]:
    return services.store.figures(kind, figures.months_of(quarter))


def _table(services: Services, row: Mapping[str, Any], quarter: str) -> Table:
    values = [value for value in words_of(services, row) if value != figures.NOT_SAID]
    rows = [one for one in _rows(services, row["kind"], quarter) if one.outcome not in row.get("without", ())]
    return figures.table(rows, row["part"], values, figures.months_of(quarter))


def _body(table: Table) -> dict[str, Any]:
    return {"rows": table.rows, "columns": table.columns, "shown": table.shown}


def _from(body: Mapping[str, Any]) -> Table:
    return Table(tuple(body["rows"]), tuple(body["columns"]), tuple(tuple(line) for line in body["shown"]))
