"""The morning list: late, due and waiting tasks to each member of staff, once a working day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ..support import samples
from ..support.world import World

TUESDAY = datetime(2026, 12, 1, 8, 5, tzinfo=UTC)


def lists(world: World) -> dict[str, str]:
    """Address to text of the morning lists that were sent."""
    return {mail.to: mail.text for mail in world.mail.sent if mail.subject.startswith("Your desk")}


def morning(world: World) -> int:
    sent: int = world.functions["morning"]({}, None)["sent"]
    return sent


def test_each_person_hears_what_is_on_their_desk(world: World) -> None:
    late = world.go([])
    world.clock.set(TUESDAY)
    today = world.go([], world.submit(key="key-2").reference)
    assert morning(world) >= 1
    text = lists(world)[samples.OFFICER.email]
    assert f"{late}: Read the complaint and decide who looks into it, 1 day late" in text
    assert today in text
    assert samples.SERVICE.email not in lists(world), "who has nothing to do gets no mail"
    assert "Example" not in text, "no name of anybody"


def test_it_goes_once_however_often_the_function_wakes(world: World) -> None:
    world.go([])
    world.clock.set(TUESDAY)
    first = morning(world)
    sent = len(world.mail.sent)
    assert first
    for _ in range(3):
        assert morning(world) == 0
    assert len(world.mail.sent) == sent


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 12, 1, 7, 59, tzinfo=UTC),
        datetime(2026, 11, 28, 9, tzinfo=UTC),
        datetime(2026, 12, 25, 9, tzinfo=UTC),
    ],
    ids=["before eight", "a Saturday", "a bank holiday"],
)
def test_not_before_eight_and_on_working_days_only(world: World, at: datetime) -> None:
    world.go([])
    world.clock.set(at)
    assert morning(world) == 0


def test_eight_in_london_is_seven_utc_in_summer(world: World) -> None:
    world.clock.set(datetime(2027, 6, 1, 12, tzinfo=UTC))
    world.go([])
    world.clock.set(datetime(2027, 6, 2, 7, 1, tzinfo=UTC))
    assert morning(world) >= 1


def test_mail_that_is_refused_goes_later_and_nobody_hears_twice(world: World) -> None:
    world.go([])
    world.clock.set(TUESDAY)
    world.mail.refusals = 1
    first = morning(world)
    world.clock.move(minutes=15)
    second = morning(world)
    addresses = [mail.to for mail in world.mail.sent if mail.subject.startswith("Your desk")]
    assert len(addresses) == len(set(addresses)) == first + second
    assert second == 1
