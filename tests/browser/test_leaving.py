"""Leaving at once, in a real browser: by the button, by the keyboard, and without any script."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from ..deployed.test_complaints import complain
from ..support.stack import Stack
from .gate import Gate
from .test_journeys import SCRIPT, Open, send, track

pytestmark = [pytest.mark.browser, pytest.mark.deployed, pytest.mark.xdist_group("stack")]
AWAY = "https://www.bbc.co.uk/weather"
ELSEWHERE = "<!doctype html><html lang=en><title>Weather</title><h1>It may rain</h1></html>"


def weather(page: Any) -> list[dict[str, str]]:
    """The page about nothing, which is on no machine of ours; what each request for it told. Playwright's own routes
    never see where a redirect leads to."""
    heard: list[dict[str, str]] = []
    chromium = page.context.new_cdp_session(page)

    def answer(paused: Any) -> None:
        heard.append({name.lower(): value for name, value in paused["request"]["headers"].items()})
        answered = {
            "requestId": paused["requestId"],
            "responseCode": 200,
            "responseHeaders": [{"name": "Content-Type", "value": "text/html"}],
            "body": b64encode(ELSEWHERE.encode()).decode(),
        }
        chromium.send("Fetch.fulfillRequest", answered)

    chromium.on("Fetch.requestPaused", answer)
    chromium.send("Fetch.enable", {"patterns": [{"urlPattern": f"{AWAY}*"}]})
    return heard


def gone(page: Any, gate: Gate, heard: list[dict[str, str]], reference: str) -> None:
    """The browser is elsewhere; the other page has not heard whence; nothing on the way back shows the case."""
    page.wait_for_url(AWAY)
    assert page.title() == "Weather"
    assert heard
    assert not any("referer" in row for row in heard)
    assert set(gate.complaints) == {"a request to www.bbc.co.uk"}
    gate.complaints.clear()
    page.go_back()
    page.wait_for_load_state("load")
    assert reference not in page.content()
    page.go_back()
    page.wait_for_load_state("load")
    assert reference not in page.content()


@SCRIPT
def test_the_button_leads_away_and_nothing_leads_back(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    page, made = open_page(script), complain(stack)
    heard = weather(page)
    track(page, stack, made["reference"], made["access_code"])
    assert made["reference"] in page.content()
    page.click(".govuk-exit-this-page__button")
    gone(page, gate, heard, made["reference"])
    page.goto(f"{stack.run['resident_url']}track/case")
    assert made["reference"] not in page.content()


def test_the_keyboard_leads_away(stack: Stack, open_page: Open, gate: Gate) -> None:
    page, made = open_page(), complain(stack)
    heard = weather(page)
    track(page, stack, made["reference"], made["access_code"])
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Leave this page quickly"
    gate.check(page, "a case, about to leave")
    for _ in range(3):
        page.keyboard.press("Shift")
    gone(page, gate, heard, made["reference"])


@SCRIPT
def test_a_case_is_closed_on_a_device_that_others_use(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    page, made = open_page(script), complain(stack)
    track(page, stack, made["reference"], made["access_code"])
    with page.expect_navigation():
        page.click("button:has-text('Close my case on this device')")
    assert page.locator("text=This device does not show your case any more.").count() == 1
    gate.check(page, "a case that was closed on this device")
    page.fill("#reference", made["reference"])
    page.fill("#access_code", made["access_code"])
    send(page)
    assert made["reference"] in page.content()
