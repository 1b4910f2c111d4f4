"""Leaving at once, and closing the case on a device that somebody else uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.domain.policy import Book
from chalicelib.web.resident.tracking import PASS

from ..support import samples
from ..support.site import Browser, Site
from ..support.world import BOOK, World
from .test_tracking_more import followed

AWAY = "https://www.bbc.co.uk/weather"
BY_THE_PERSON = {"Sec-Fetch-Site": "same-origin"}


def at_work(site: Site) -> tuple[Browser, str]:
    """Somebody who follows a case, and has begun feedback beside it; the reference."""
    browser, reference = followed(site)
    page = browser.follow(browser.get("/feedback/start"))
    assert page.status == 200
    return browser, reference


def test_who_leaves_is_elsewhere_at_once_and_nothing_of_theirs_is_left_here(site: Site) -> None:
    browser, reference = at_work(site)
    assert reference in browser.get("/track/case").text
    assert any(name.startswith("__Host-draft-") for name in browser.cookies)
    left = browser.send("GET", "/leave", headers=BY_THE_PERSON)
    assert left.status == 303
    assert left.headers["Location"] == AWAY
    assert left.headers["Referrer-Policy"] in ("no-referrer", "same-origin"), "the other page never hears whence"
    assert browser.cookies == {}
    assert reference not in browser.get("/track/case").text


def test_a_page_of_somebody_else_makes_this_browser_forget_nothing(site: Site) -> None:
    browser, reference = at_work(site)
    kept = dict(browser.cookies)
    for whence in ("cross-site", "same-site"):
        assert browser.send("GET", "/leave", headers={"Sec-Fetch-Site": whence}).status == 303
    assert browser.cookies == kept
    assert reference in browser.get("/track/case").text


def test_staff_stay_signed_in(site: Site) -> None:
    staff = site.signed_in(samples.OFFICER)
    staff.send("GET", "/leave", headers=BY_THE_PERSON)
    assert staff.get("/staff").status == 200


@pytest.mark.parametrize(
    "page",
    [
        lambda browser: browser.get("/track/case"),
        lambda browser: browser.get("/track/case/answers"),
        lambda browser: browser.get("/track/case/details"),
        lambda browser: browser.follow(browser.get("/complaint/start")),
        lambda browser: browser.follow(browser.get("/request/start")),
    ],
)
def test_the_way_out_is_on_every_page_that_tells_of_somebody(site: Site, page: Callable[[Browser], object]) -> None:
    browser, _ = followed(site)
    page(browser)
    assert browser.last is not None
    assert browser.last.status == 200
    assert 'href="/leave"' in browser.last.body
    assert "Leave this page quickly" in browser.last.text


def test_staff_who_look_at_what_the_resident_sees_have_no_way_out_to_a_page_of_weather(site: Site) -> None:
    _, reference = followed(site)
    assert "/leave" not in site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}/resident-view").body


def test_a_council_without_the_address_has_no_such_button(world: World) -> None:
    council = {name: value for name, value in BOOK.council.items() if name != "quick_exit"}
    book = Book(lambda name: council if name == "council" else BOOK.file(name))
    world.services = replace(world.services, book=book)
    browser, _ = followed(Site(world))
    assert "Leave this page" not in browser.get("/track/case").body
    assert browser.get("/leave").status == 404


def test_a_case_is_closed_on_this_device_and_opened_again(site: Site) -> None:
    browser, reference = followed(site)
    browser.get("/track/case")
    done = browser.post("/track/case/close", {})
    assert done.status == 303
    assert PASS not in browser.cookies
    assert "does not show your case any more" in browser.follow(done).text
    assert reference not in browser.get("/track/case").text


def test_a_page_of_somebody_else_closes_nothing(site: Site) -> None:
    browser, reference = followed(site)
    browser.get("/track/case")
    assert browser.post("/track/case/close", {}, token="forged").status == 403
    assert browser.post("/track/case/close", {}, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert reference in browser.get("/track/case").text
