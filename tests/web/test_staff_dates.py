"""Staff and dates: the calculator with its working, and the day a case came in, put right."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web import typed

from ..support import samples
from ..support.site import Page, Site
from ..support.world import BOOK
from .walks import complaint

RECEIPT = {"received_on": "20/11/2026", "reason": "The letter has a stamp of Friday."}


def ask(site: Site, **typed_in: str) -> Page:
    return site.signed_in(samples.AUDITOR).get(f"/staff/what-if?{urlencode(typed_in)}")


@pytest.mark.promise("ours-alone:a-date-with-its-working", "feature:date-explains-itself")
def test_the_calculator_shows_each_date_with_its_working(site: Site) -> None:
    page = ask(
        site,
        regime="ukgdpr-rights",
        right="access",
        received="1 June 2027",
        clarification_requested="8/6/2027",
        clarification_received="15/6/2027",
    )
    assert page.status == 200
    assert "Thursday 8 July 2027" in page.text
    assert "Friday 9 July 2027" in page.text
    assert "We leave out seven days for that." in page.text
    assert "Data (Use and Access) Act 2025 s.76" in page.text


@pytest.mark.promise("ours-alone:two-dates-while-paused", "feature:start-moved-by-id-authority-or-fee")
def test_a_waiting_clock_says_what_the_date_would_be_today(site: Site) -> None:
    page = ask(site, regime="ukgdpr-rights", right="access", received="2/11/2026", id_requested="3/11/2026")
    assert "no date now: we have waited since Tuesday 3 November 2026" in page.text
    assert "If it came today, we would answer by Wednesday 23 December 2026." in page.text


def test_hours_are_counted_from_an_instant(site: Site) -> None:
    page = ask(site, regime="breach-art33", received="27/10/2028 10:00")
    assert "Monday 30 October 2028 at 9:00am" in page.text


@pytest.mark.parametrize("regime", sorted(BOOK.rules.regimes))
def test_every_set_of_rules_can_be_tried(site: Site, regime: str) -> None:
    assert ask(site, regime=regime).status == 200
    page = ask(
        site, regime=regime, received="20/11/2026 09:00" if regime == "breach-art33" else "20/11/2026", years="6"
    )
    assert page.status == 200
    assert "The dates" in page.text


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("received", "31/2/2027"),
        ("received", "<script>alert(1)</script>"),
        ("received", "1/1/2040"),
        ("id_requested", "yesterday"),
        ("id_requested", "1/1/2020"),
        ("id_requested", ", ".join(["3/6/2027"] * 40)),
    ],
)
def test_what_cannot_be_is_told_kindly_and_kept(site: Site, field: str, text: str) -> None:
    typed_in = {"regime": "ukgdpr-rights", "right": "access", "received": "1/6/2027", field: text}
    page = ask(site, **typed_in)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "<script>alert" not in page.text


def test_an_unknown_set_of_rules_asks_again(site: Site) -> None:
    assert ask(site, regime="magna-carta").status == 200


def test_the_day_it_came_in_is_put_right_in_two_steps(site: Site) -> None:
    reference, _ = complaint(site)
    browser = site.signed_in(samples.OFFICER)
    address = f"/staff/cases/{reference}/receipt"
    browser.get(address)
    first = browser.post(address, RECEIPT)
    assert first.status == 200
    assert "Monday 30 November 2026, then Friday 27 November 2026" in first.text
    assert site.world.file(reference).case.received_on == date(2026, 11, 23), "nothing was stored yet"
    version = str(site.world.file(reference).case.version)
    assert browser.post(address, {**RECEIPT, "confirm": "yes", "version": version}).status == 303
    assert site.world.file(reference).case.received_on == date(2026, 11, 20)
    page = browser.get(f"/staff/cases/{reference}")
    assert "from Monday 23 November 2026 to Friday 20 November 2026" in page.text
    assert "moved from Monday 30 November 2026 to Friday 27 November 2026" in page.text
    assert "The letter has a stamp of Friday." in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"received_on": ""},
        {"received_on": "31/11/2026"},
        {"received_on": "24/11/2027"},
        {"received_on": "23/11/2026"},
        {"reason": ""},
        {"reason": "x" * 2001},
        {"confirm": "yes", "version": "1"},
        {"confirm": "yes", "version": "²"},
    ],
)
def test_a_correction_that_cannot_be_keeps_what_was_typed(site: Site, changes: dict[str, str]) -> None:
    reference, _ = complaint(site)
    browser = site.signed_in(samples.OFFICER)
    address = f"/staff/cases/{reference}/receipt"
    browser.get(address)
    page = browser.post(address, {**RECEIPT, **changes})
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert {**RECEIPT, **changes}["reason"][:40] in page.body
    assert site.world.file(reference).case.received_on == date(2026, 11, 23)


def test_a_service_manager_corrects_nothing(site: Site) -> None:
    reference, _ = complaint(site)
    browser = site.signed_in(samples.SERVICE)
    assert browser.get(f"/staff/cases/{reference}/receipt").status == 403


def test_ig_is_warned_when_bank_holidays_soon_are_not_known(site: Site) -> None:
    words = "The bank holidays of England and Wales are known until"
    assert words not in site.signed_in(samples.MANAGER).get("/staff").text
    last = BOOK.rules.calendars["england-and-wales"].last
    site.world.clock.set(datetime(last.year, 2, 1, 12, tzinfo=UTC))
    assert words in site.signed_in(samples.MANAGER).get("/staff").text
    assert words not in site.signed_in(samples.SERVICE).get("/staff").text


@pytest.mark.parametrize(
    "text", ["27/3/2026", "27.03.2026", "27 March 2026", " 27  mar  2026 ", "2026-03-27", "27 3 2026", "27-3-2026"]
)
def test_days_are_read_however_they_are_typed(text: str) -> None:
    assert typed.day(text) == date(2026, 3, 27)


@given(st.text(max_size=40))
def test_whatever_is_typed_no_date_is_made_up(text: str) -> None:
    for found in (typed.day(text), typed.moment(text)):
        assert found is None or isinstance(found, date)
    several = typed.days(text)
    assert several is None or all(isinstance(one, date) for one in several)


def test_a_time_is_londons() -> None:
    assert typed.moment("1/7/2026 9:05") == datetime(2026, 7, 1, 8, 5, tzinfo=UTC)
    assert typed.moment("1/7/2026") is None
    assert typed.moment("1/7/2026 25:00") is None
