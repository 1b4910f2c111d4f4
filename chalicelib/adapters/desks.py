"""The part of the store that orders work: open tasks by legal date, open cases by their next alert. Sparse indexes: a
page costs the same however many cases there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ..domain.model import Case, DeskCounts, Person, Task
from ..domain.ports import Page
from . import cursors, items, table
from .codec import decode
from .items import DESK_COUNTS, STAFF, case_key
from .rows import Rows

MOST_DUE = 200


class Desks(Rows):
    """What waits, and for whom."""

    def desk(
        self,
        desks: Sequence[str],
        limit: int,
        cursor: str,
        *,
        before: date | None = None,
        undated: bool = False,
        latest_first: bool = False,
    ) -> Page:
        """A page of the open tasks of these desks, earliest legal date first: `PERSON#…` and `ROLE#…` (nobody's yet),
        or `TEAM#…` (all of a role). With `before` those due before a day, with `undated` those without one. The order
        holds from page to page: of each desk as much is read as could be shown, and the cursor keeps how far each was
        shown. Raises ValueError for a cursor not of ours."""
        position = cursors.read(cursor)
        places: cursors.Places = {desk: position[desk] for desk in desks if desk in position}
        found: list[tuple[str, str, Any]] = []
        ended: set[str] = set()
        for desk in desks:
            if desk in places and places[desk] is None:
                continue
            name = _index_of(desk)
            index, sort = getattr(table.Item, name), getattr(table.TaskItem, f"{name}_sk")
            due = sort.startswith(items.NO_DAY) if undated else sort < before.isoformat() if before else None
            start = cursors.start(desk, places.get(desk), name)
            query = index.query(desk, due, limit=limit, last_evaluated_key=start, scan_index_forward=not latest_first)
            found.extend((getattr(item, f"{name}_sk"), desk, item) for item in query)
            if query.last_evaluated_key is None:
                ended.add(desk)
        found.sort(key=lambda row: row[:2], reverse=latest_first)
        shown, left = found[:limit], {desk for _, desk, _ in found[limit:]}
        places.update((desk, cursors.place(item, _index_of(desk))) for _, desk, item in shown)
        places.update(dict.fromkeys(ended - left))
        rows = tuple(items.to_task(item) for item in self._alive(item for _, _, item in shown))
        return Page(rows=rows, cursor=cursors.write(places, desks))

    def desk_until(self, desks: Sequence[str], last: date) -> tuple[Task, ...]:
        """The open tasks of these desks that are due by a day, and those that have no date, the earliest first."""
        found: list[Task] = []
        for desk in desks:
            for due in (table.TaskItem.desk_sk < f"{last.isoformat()}$", table.TaskItem.desk_sk.startswith("9999")):
                query = table.Item.desk.query(desk, due, limit=MOST_DUE)
                found.extend(items.to_task(item) for item in self._alive(query))
        return tuple(sorted(found, key=lambda task: (task.due or date.max, task.reference)))

    def for_desk(
        self, references: Sequence[str], staff: Sequence[str], reader: str
    ) -> tuple[tuple[Case, ...], Mapping[str, Person], DeskCounts | None]:
        """What a page of a desk shows besides its tasks, in one read: their cases, those of `staff` whom the directory
        knows, and what was counted of the reader's views."""
        keys = [(case_key(reference), "CASE") for reference in dict.fromkeys(references)]
        keys += [(STAFF, username) for username in dict.fromkeys(staff)]
        found = self._get_many([*keys, (DESK_COUNTS, reader)])
        counts = found.pop((DESK_COUNTS, reader), None)
        return (
            tuple(items.to_case(item) for item in found.values() if isinstance(item, table.CaseItem)),
            {sk: items.to_person(item) for (kind, sk), item in found.items() if kind == STAFF},
            decode(DeskCounts, counts.body) if counts else None,
        )

    def desk_counts(self) -> tuple[DeskCounts, ...]:
        return tuple(decode(DeskCounts, item.body) for item in self._alive(table.Item.query(DESK_COUNTS)))

    def save_desk_counts(self, counts: DeskCounts) -> None:
        items.from_desk_counts(counts).save()

    def open_cases(self, limit: int, cursor: str) -> Page:
        """Open cases, soonest alert first, a page at a time."""
        return self._agenda(items.OPEN, items.to_case, limit, cursor)

    def alerts_due(self, before: datetime, limit: int, cursor: str = "") -> Page:
        """Open cases whose next alert is due, earliest first, a page at a time."""
        return self._agenda(items.OPEN, items.to_case, limit, cursor, before)


def _index_of(desk: str) -> str:
    return "agenda" if desk.startswith("TEAM#") else "desk"
