"""Whatever happened to a closed case, in whatever order: every item of it has the end that the schedule gives it.

The answer comes from here and not from the code that is tested: a plain sum over what was done.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.commands import disposal, holds, link, reclassify
from chalicelib.domain import disposal as decisions

from ..support import samples
from ..support.moment import Moment
from ..support.world import BOOK, World
from .test_disposal import with_period

LONDON = ZoneInfo("Europe/London")
CLASSES = ("complaint", "children_complaint", "social_care_file", "not_a_case")
YEARS = {"complaint": 6, "children_complaint": 6, "social_care_file": 25, "not_a_case": 0.5}
MOVES = st.one_of(
    st.just(("reopen_and_close",)),
    st.just(("hold",)),
    st.just(("release",)),
    st.tuples(st.just("reclassify"), st.sampled_from(CLASSES)),
    st.tuples(st.just("schedule"), st.integers(1, 9)),
    st.tuples(st.just("wait"), st.integers(1, 40)),
)


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass
class Sum:
    """What was done, and what follows from it."""

    closed_on: date
    class_: str = "complaint"
    years: dict[str, float] = field(default_factory=lambda: dict(YEARS))
    holds: list[str] = field(default_factory=list)
    released_on: date | None = None
    earliest: date | None = None

    def counted(self, today: date) -> None:
        """A day that is past when it is counted is the next one."""
        self.earliest = today + timedelta(days=1)

    def end(self) -> str | int:
        if self.holds:
            return "it is on hold"
        due = months_later(self.closed_on, int(self.years[self.class_] * 12))
        due = max(one for one in (due, self.released_on, self.earliest) if one is not None)
        if self.class_ == "social_care_file":
            return "somebody looks at it before it is deleted"
        return int(datetime.combine(due, time(), LONDON).astimezone(UTC).timestamp())


def stored(world: World, reference: str) -> set[Any]:
    found = (item for item in world.items() if item["pk"] == f"CASE#{reference}")
    return {item.get("expires_at") or item["kept_because"] for item in found}


def test_every_item_ends_as_the_schedule_says_after_any_history(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    world.night()
    moment, services = Moment(world), world.services

    def do(move: tuple[Any, ...], sum_: Sum, changes: list[int]) -> None:
        today = world.clock.now().astimezone(LONDON).date()
        if move[0] == "reopen_and_close":
            link.reopen(world.services, samples.OFFICER, reference, reason="A late letter.")
            world.settle()
            assert stored(world, reference) == {"its case is open"}
            while (task := world.file(reference).open_task) is not None:
                world.decide(reference, "answer_drafted" if task.task.endswith("investigate") else "approve")
                world.settle()
            sum_.closed_on = today
            sum_.counted(today)
        if move[0] == "hold":
            given = {"authority": "police", "reason": "An enquiry.", "review_on": today + timedelta(days=400)}
            sum_.holds.append(holds.place(world.services, samples.MANAGER, reference, **given))
        if move[0] == "release" and sum_.holds:
            holds.release(world.services, samples.MANAGER, reference, sum_.holds.pop(), reason="It ended.")
            if not sum_.holds:
                sum_.released_on = today
            sum_.counted(today)
        if move[0] == "reclassify" and move[1] != sum_.class_:
            again = {"retention_class": move[1], "reason": "It belongs there."}
            reclassify.reclassify(world.services, samples.MANAGER, reference, **again)
            sum_.class_ = move[1]
            sum_.counted(today)
        if move[0] == "schedule":
            changes.append(1)
            with_period(world, "complaint", {"years": move[1]}, f"2027-01-01.{len(changes)}")
            sum_.years["complaint"] = move[1]
            world.night()
            if not sum_.holds:
                sum_.counted(today)
        if move[0] == "wait":
            world.clock.move(days=move[1])
        world.settle()

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(MOVES, min_size=1, max_size=6))
    def any_history(moves: list[tuple[Any, ...]]) -> None:
        moment.restore()
        world.services = services
        sum_, changes = Sum(closed_on=world.clock.now().date()), list[int]()
        for move in moves:
            do(move, sum_, changes)
            assert stored(world, reference) == {sum_.end()}, moves
            case = world.file(reference).case
            assert decisions.choices(BOOK, case)
            assert case.review_at is None or case.end.at is None
        assert disposal.run(world.services)["failed"] == 0

    any_history()
