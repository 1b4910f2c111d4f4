"""Every journey of the policy, walked with the example of its submission: each page in plain words, each error kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chalicelib.domain import journeys
from chalicelib.web.resident.journeys import NAMES

from ..support.site import Browser, Page, Site
from ..support.world import BOOK, SCHEMAS
from .test_words import check
from .walks import codes

Json = Mapping[str, Any]


def submission(journey: Json) -> Json:
    return SCHEMAS.document(BOOK.kind(journey["kind"])["submission"])


def pages(browser: Browser, journey: Json, answers: Mapping[str, str]) -> Iterator[Page]:
    """Every page on the way, the last being that with the reference."""
    page = browser.follow(browser.get(f"/{journey['path']}/start"))
    seen = set()
    while not page.path.endswith("/check"):
        assert page.path not in seen, "a circle"
        seen.add(page.path)
        yield page
        step = next(row for row in journey["steps"] if page.path.endswith(f"/{row['id']}"))
        page = browser.follow(browser.post(page.path, {name: answers.get(name, "") for name in journeys.names(step)}))
        assert page.status == 200, page.text
    yield page
    yield browser.follow(browser.post(page.path, {}))


@pytest.mark.parametrize("name", NAMES)
def test_a_journey_ends_with_a_case_of_its_kind(site: Site, name: str) -> None:
    journey = BOOK.journey(name)
    example = submission(journey)["examples"][0]
    *_, last = pages(site.browser(), journey, example)
    assert last.path == f"/{name}/sent"
    assert ("We will" in last.text) == bool(BOOK.kind(journey["kind"])["promised"])
    reference, code = codes(last)
    site.world.settle()
    file = site.world.file(reference)
    assert file.case.kind == journey["kind"]
    assert file.open_task is not None
    browser = site.browser()
    browser.get("/track")
    assert browser.post("/track", {"reference": reference, "access_code": code}).status == 303
    assert browser.get("/track/case").status == 200


@pytest.mark.parametrize("name", NAMES)
def test_each_page_is_in_plain_words(site: Site, name: str) -> None:
    journey = BOOK.journey(name)
    browser = site.browser()
    for page in pages(browser, journey, submission(journey)["examples"][0]):
        check(page.body, page.path)


@pytest.mark.parametrize("name", NAMES)
def test_what_must_be_answered_is_asked_for_on_its_own_page(site: Site, name: str) -> None:
    journey = BOOK.journey(name)
    required = set(submission(journey)["required"])
    example = submission(journey)["examples"][0]
    browser, seen = site.browser(), set()
    for page in pages(browser, journey, example):
        step = next((row for row in journey["steps"] if page.path.endswith(f"/{row['id']}")), None)
        if step is None or not required & set(journeys.names(step)):
            continue
        seen |= required & set(journeys.names(step))
        empty = browser.post(page.path, {})
        assert empty.status == 422
        assert empty.title.startswith("Error: ")
        check(empty.body, f"{page.path} with an error")
    assert seen == required


@pytest.mark.parametrize("kind", [kind for kind, row in BOOK.kinds.items() if "internal" not in row])
def test_what_a_case_says_on_its_way_is_in_plain_words(kind: str) -> None:
    """What happens now and next at every stage, as the resident reads it."""
    stages = BOOK.kind(kind)["stages"].values()
    check(f"<main>{''.join(f'<p>{words[name]}</p>' for words in stages for name in ('resident', 'next'))}</main>", kind)


@pytest.mark.parametrize("kind", [kind for kind in BOOK.sent if kind != "complaint"])
def test_the_api_takes_it_too(site: Site, kind: str) -> None:
    row = BOOK.kind(kind)
    example = SCHEMAS.document(row["submission"])["examples"][0]
    made = site.browser().api("POST", f"/v1/{row['path']}", example)
    assert made.status == 201, made.body
    told = [date["name"] for date in made.json["dates"]]
    assert told == [name for name in row["promised"] if name in told], "what does not run yet is not promised"
    assert bool(told) is bool(row["promised"])
    wrong = site.browser().api("POST", f"/v1/{row['path']}", {**example, "surprise": "x"})
    assert wrong.status == 422


def test_the_resident_writes_to_us_on_the_page_of_the_case(site: Site) -> None:
    journey = BOOK.journey("request")
    browser = site.browser()
    *_, last = pages(browser, journey, submission(journey)["examples"][0])
    reference, code = codes(last)
    site.world.settle()
    assert browser.post("/track/case/messages", {"text": "Hello"}).status in (200, 403), "not without a pass"
    browser.get("/track")
    browser.post("/track", {"reference": reference, "access_code": code})
    browser.get("/track/case")
    empty = browser.post("/track/case/messages", {"text": "  "})
    assert empty.status == 422
    assert empty.title.startswith("Error: ")
    sent = browser.post("/track/case/messages", {"text": "Zebrafinch: my answer."})
    assert sent.status == 303
    assert "We have your message" in browser.follow(sent).text
    assert [m.channel for m in site.world.file(reference).messages][-2:] == ["tracking", "email"]
