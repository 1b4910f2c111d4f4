"""What a person said must never be used is recognised however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import messages, people

HOME = "7 Dunlin Row, Bolton BL1 1RU"
NUMBERS = st.integers(1, 400)
STREETS = st.sampled_from(["Dunlin Row", "Egret Street", "St. Mary's Close"])
CODES = st.sampled_from(["BL1 1RU", "BL2 4AB", "M3 5XY"])


@pytest.mark.parametrize(
    "never",
    [
        HOME,
        "7 DUNLIN ROW\nBOLTON\nBL11RU",
        "The flat of his mother: 7, Dunlin Row (bl1 1ru), or 9 Egret Street BL2 4AB",
        "7 Dunlin Row",
        "dunlin row 7",
        "my old home, 7 Dunlin Row in Bolton",
    ],
)
def test_an_address_is_found_in_what_was_written(never: str) -> None:
    assert people.lives_among(HOME, never)
    assert messages.barred({"address": HOME, "never_address": never}) == {"address"}


@pytest.mark.parametrize(
    "never",
    [
        "9 Dunlin Row, Bolton BL1 1RU",
        "7 Dunlin Row BL2 4AB",
        "9 Dunlin Row",
        "Bolton",
        "where my sister lives",
        "-",
        "",
    ],
)
def test_another_address_is_no_hindrance(never: str) -> None:
    assert not people.lives_among(HOME, never)


@given(NUMBERS, STREETS, CODES, NUMBERS, STREETS, CODES)
def test_the_same_house_is_always_found_and_another_never(  # noqa: PLR0917  (two addresses)
    number: int, street: str, code: str, other: int, there: str, far: str
) -> None:
    address, never = f"{number} {street}, Bolton {code}", f"{other} {there.upper()}\nBolton\n{far.replace(' ', '')}"
    assert people.lives_among(address, never) == ((number, code) == (other, far))


@pytest.mark.parametrize(
    ("never", "found"),
    [
        ("07700 900123", True),
        ("+44 (0)7700 900 123", True),
        ("01204 333333 or 07700-900-123", True),
        ("his: 07700900123", True),
        ("07700 900124", False),
        ("no number", False),
    ],
)
def test_a_number_is_found_in_what_was_written(never: str, found: bool) -> None:
    assert people.calls_among("07700 900 123", never) == found
    assert ("phone" in messages.barred({"phone": "07700 900 123", "never_phone": never})) == found


def test_what_is_no_number_is_the_same_as_nothing() -> None:
    assert not people.calls_among("", "nothing")
    assert messages.barred({"address": HOME, "never_phone": HOME}) == frozenset()
