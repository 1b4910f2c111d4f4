"""The sentences by which a date explains itself, word for word."""

from __future__ import annotations

import pytest

from chalicelib.domain.clock import words

from ...support.clock import RULES, on

ENGLAND = RULES.calendars["england-and-wales"]
COUNT = "We count the days that we work. We start on the day after. We skip weekends and bank holidays."


def test_a_day_is_written_with_its_weekday() -> None:
    assert words.long(on("2026-12-23")) == "Wednesday 23 December 2026"
    assert words.long(on("2027-03-02")) == "Tuesday 2 March 2027"


def test_days_and_texts_are_filled_in() -> None:
    filled = words.filled("By {day}, {days} later.", day=on("2027-03-02"), days="two days")
    assert filled == "By Tuesday 2 March 2027, two days later."


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "no days"), (1, "one day"), (2, "two days"), (12, "twelve days"), (13, "13 days"), (-1, "-1 days")],
)
def test_small_numbers_are_words(count: int, text: str) -> None:
    assert words.plural(count, "days") == text


def test_working_days_name_each_holiday_on_a_weekday() -> None:
    assert words.counted(on("2026-12-23"), on("2026-12-30"), "working_days", 3, ENGLAND) == [
        COUNT,
        "We skip 25 December (Christmas Day).",
        "We skip 28 December (bank holiday for Boxing Day).",
        "Day 3 is Wednesday 30 December 2026.",
    ]


def test_a_holiday_on_the_first_day_or_outside_the_count_is_not_named() -> None:
    said = words.counted(on("2026-12-25"), on("2026-12-24"), "working_days", 13, ENGLAND)
    assert said == [COUNT, "Day 13 is Thursday 24 December 2026."]
    assert len(words.counted(on("2026-12-25"), on("2026-12-27"), "working_days", 1, ENGLAND)) == 2
    assert len(words.counted(on("2026-12-25"), on("2026-12-28"), "working_days", 1, ENGLAND)) == 3


def test_a_holiday_at_a_weekend_is_not_named_twice() -> None:
    weekend = {on("2027-03-06"): "Saint Nobody", on("2027-03-07"): "Saint Other", on("2027-03-12"): "Saint Third"}
    calendar = type(ENGLAND)("c", "C", "1", weekend, on("2027-01-01"), on("2027-12-31"))
    assert words.counted(on("2027-03-05"), on("2027-03-15"), "working_days", 5, calendar) == [
        COUNT,
        "We skip 12 March (Saint Third).",
        "Day 5 is Monday 15 March 2027.",
    ]


def test_open_days_say_that_closed_offices_do_not_count() -> None:
    assert words.counted(on("2027-03-02"), on("2027-03-04"), "open_days", 2, ENGLAND) == [
        COUNT,
        "We also skip days when our offices are shut.",
        "Day 2 is Thursday 4 March 2027.",
    ]


def test_days_are_counted_from_the_day_after() -> None:
    assert words.counted(on("2027-03-02"), on("2027-04-01"), "days", 30, None) == [
        "We count 30 days. We start on the day after.",
        "That takes us on to Thursday 1 April 2027.",
    ]


def test_a_month_ends_on_the_same_number() -> None:
    assert words.counted(on("2027-03-02"), on("2027-04-02"), "months", 1, None) == [
        "We add one month.",
        "That takes us on to Friday 2 April 2027.",
    ]


def test_a_month_that_is_too_short_says_so() -> None:
    assert words.counted(on("2027-10-31"), on("2027-11-30"), "months", 1, None) == [
        "We add one month.",
        "There is no 31 November, so the month ends on Tuesday 30 November 2027.",
    ]


def test_a_move_to_a_working_day_says_why() -> None:
    assert words.rolled(on("2027-02-28"), on("2027-03-01"), ENGLAND) == [
        "That is a Sunday, so the last day is Monday 1 March 2027."
    ]
    assert words.rolled(on("2027-03-26"), on("2027-03-30"), ENGLAND) == [
        "That is a bank holiday (Good Friday), so the last day is Tuesday 30 March 2027."
    ]


def test_a_day_that_stays_says_nothing() -> None:
    assert words.rolled(on("2027-03-02"), on("2027-03-02"), ENGLAND) == []
