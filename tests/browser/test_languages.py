"""Pages in a language that is written from right to left, in a real browser. They are made in this process, with a
made-up translation: no such language is deployed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.web.http import LANGUAGE

from ..support import pseudo, samples
from ..support.site import Browser, Page, Site
from ..support.world import World
from ..web.walks import PAGES, codes
from .gate import Gate

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("languages")]

HOST = "http://pages.localhost"


@pytest.fixture
def spoken(world: World) -> Site:
    return pseudo.speak(Site(world))


@pytest.fixture(params=[320, 1280])
def show(request: Any, chromium: Any, gate: Gate, spoken: Site) -> Iterator[Any]:
    """`show(page, name)`: the page as Chromium draws it, through the gate."""
    context = chromium.new_context(viewport={"width": request.param, "height": 900})
    drawn = context.new_page()
    gate.watch(drawn)
    shown: list[Page] = []

    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(HOST)
        found = spoken.browser().get(path) if path.startswith("/static/") else shown[-1]
        headers = {name: str(value) for name, value in found.headers.items() if name.lower() != "set-cookie"}
        route.fulfill(status=200, headers=headers, body=found.body)

    drawn.route("**/*", answer)

    def look(page: Page, what: str) -> Any:
        assert page.status in (200, 422), page.text
        shown.append(page)
        drawn.goto(HOST + page.path)
        gate.check(drawn, what)
        return drawn

    yield look
    context.close()


def test_pages_from_right_to_left(spoken: Site, show: Any, gate: Gate) -> None:
    browser = Browser(spoken.browser().client, {LANGUAGE: "ur"})
    gate.error = pseudo.text("Error:")
    drawn = show(browser.get("/"), "start")
    heading = drawn.locator("h1").bounding_box()
    assert drawn.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"
    assert heading is not None
    for path in ("/rights", "/help", "/track", "/resume"):
        show(browser.get(path), path)
    page = browser.follow(browser.get("/complaint/start"))
    for step, names in PAGES:
        empty = browser.post(page.path, {})
        if empty.status == 422:
            show(empty, f"{step} with an error")
        page = browser.get(f"/complaint/{step}")
        show(page, step)
        page = browser.follow(browser.post(page.path, {name: samples.ANSWERS.get(name, "") for name in names}))
    show(page, "check")
    sent = browser.follow(browser.post("/complaint/check", {}))
    show(sent, "sent")
    reference, code = codes(sent)
    spoken.world.settle()
    browser.get("/track")
    browser.post("/track", {"reference": reference, "access_code": code})
    show(browser.get("/track/case"), "the case")
    show(browser.get("/track/case/details"), "details")
    show(browser.get("/track/case/withdraw"), "withdraw")
