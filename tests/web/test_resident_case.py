"""The resident's page of a case: the question and its answer, taking it back, more than one case; and every branch of
the request journey. No script anywhere."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.domain import journeys

from ..support import samples
from ..support.site import Browser, Page, Site
from ..support.world import BOOK, SCHEMAS
from ..workflow.test_kinds import walk
from .test_words import check
from .walks import codes

REQUEST = BOOK.journey("request")
EXAMPLE = SCHEMAS.document("submissions/rights_request")["examples"][0]


def sent(browser: Browser, **changes: Any) -> tuple[Page, list[str]]:
    """The last page of the request journey, and the ids of the steps on the way, each held against the word list."""
    answers = {**EXAMPLE, **changes}
    page, way = browser.follow(browser.get("/request/start")), []
    while not page.path.endswith("/check"):
        step = next(row for row in REQUEST["steps"] if page.path.endswith(f"/{row['id']}"))
        way.append(step["id"])
        check(page.body, page.path)
        form: dict[str, str] = {}
        for field in step["fields"]:
            value = answers.get(field["name"], "")
            if field["input"] == journeys.BOXES:
                form |= {f"{field['name']}.{choice}": "true" for choice in value or ()}
            else:
                form[field["name"]] = str(value)
        page = browser.follow(browser.post(page.path, form))
        assert page.status == 200, page.text
    check(page.body, page.path)
    return browser.follow(browser.post(page.path, {})), way


def followed(site: Site, **changes: Any) -> tuple[Browser, str]:
    browser = site.browser()
    page, _ = sent(browser, **changes)
    reference, code = codes(page)
    site.world.settle()
    browser.get("/track")
    browser.follow(browser.post("/track", {"reference": reference, "access_code": code}))
    return browser, reference


@pytest.mark.promise("feature:third-party-authority")
@pytest.mark.parametrize(
    ("whose", "there", "not_there"),
    [
        ("myself", set(), {"person", "died", "responsible", "child-view", "authority", "safety"}),
        ("my_child", {"person", "responsible", "child-view", "safety"}, {"died", "authority"}),
        ("someone_else", {"person", "authority", "safety"}, {"died", "responsible", "child-view"}),
        ("someone_who_died", {"person", "died"}, {"responsible", "child-view", "authority"}),
        ("not_sure", set(), {"person", "died", "authority"}),
    ],
)
def test_the_way_through_depends_on_whose_information_it_is(
    site: Site, whose: str, there: set[str], not_there: set[str]
) -> None:
    _, way = sent(site.browser(), on_behalf_of=whose)
    assert there <= set(way)
    assert not not_there & set(way)


@pytest.mark.parametrize(
    ("right", "step"),
    [("rectification", "change"), ("portability", "move"), ("automated_decision", "decision"), ("consent", "consent")],
)
def test_each_right_has_its_own_question(site: Site, right: str, step: str) -> None:
    _, way = sent(site.browser(), right=right)
    assert step in way
    assert not ({"change", "move", "decision", "consent"} - {step}) & set(way)


def test_what_is_ticked_is_kept_shown_and_sent(site: Site) -> None:
    browser = site.browser()
    page, _ = sent(browser, categories=["health", "contact_details"], period="All of 2026")
    reference, _ = codes(page)
    site.world.settle()
    stored = site.world.file(reference).answers
    assert sorted(stored["categories"]) == ["contact_details", "health"]
    assert stored["period"] == "All of 2026"
    case = site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}")
    assert "The health of your body and mind." in case.text


def test_what_must_never_be_used_stands_with_the_person(site: Site) -> None:
    browser = site.browser()
    page, _ = sent(browser, never_address="7 Dunlin Row", never_time="In the evening")
    reference, _ = codes(page)
    site.world.settle()
    case = site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}").text
    assert "Never use this address 7 Dunlin Row" in case
    assert "Never call at this time In the evening" in case


@pytest.mark.promise("ours-alone:mixed-submissions")
def test_more_than_one_thing_gets_more_than_one_reference(site: Site) -> None:
    browser = site.browser()
    page, way = sent(browser, also="both", also_words="Nobody called me back.")
    assert "also-words" in way
    assert "You told us more than one thing" in page.text
    check(page.body, page.path)
    found = re.findall(r"FF-[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}", page.text)
    assert len(set(found)) == 3
    _, code = codes(page)
    site.world.settle()
    for reference in set(found):
        other = site.browser()
        other.get("/track")
        tracked = other.follow(other.post("/track", {"reference": reference, "access_code": code}))
        assert tracked.status == 200
        assert "Other cases of yours" in tracked.text
        check(tracked.body, tracked.path)


@pytest.mark.promise("feature:clarification-round-trip", "feature:status-page-without-an-account")
def test_a_question_is_answered_where_it_is_asked(site: Site) -> None:
    browser, reference = followed(site)
    walk(site.world, reference, "accept", "ask_question")
    page = browser.get("/track/case")
    assert "Our time to answer stands still until we have it." in page.text
    assert "Send my answer" in page.body
    check(page.body, page.path)
    assert browser.follow(browser.post("/track/case/messages", {"text": ""})).status == 422
    browser.get("/track/case")
    page = browser.follow(browser.post("/track/case/messages", {"text": "This year only."}))
    assert "You answered our question." in page.text
    assert "Our time to answer stands still" not in page.text
    check(page.body, page.path)


@pytest.mark.promise("feature:withdrawal-by-the-resident")
def test_a_request_is_taken_back_with_one_button_and_may_go_on(site: Site) -> None:
    browser, reference = followed(site)
    assert "Stop my request" in browser.get("/track/case").text
    page = browser.get("/track/case/withdraw")
    check(page.body, page.path)
    page = browser.follow(browser.post("/track/case/withdraw", {}))
    assert "You asked us to stop on Monday 23 November 2026." in page.text
    check(page.body, page.path)
    assert "I changed my mind" in browser.get("/track/case").text
    officer = site.signed_in(samples.OFFICER)
    assert "The resident wants to take it back." in officer.get(f"/staff/cases/{reference}").text
    browser.get("/track/case/withdraw")
    browser.follow(browser.post("/track/case/withdraw", {"go_on": "yes"}))
    assert "The resident wants to take it back. Confirm" not in officer.get(f"/staff/cases/{reference}").text
    browser.get("/track/case/withdraw")
    browser.post("/track/case/withdraw", {})
    walk(site.world, reference, "withdrawn")
    assert browser.get("/track/case/withdraw").status == 303, "there is nothing left to stop"
    browser.get("/track")
    assert site.browser().get("/track/case/withdraw").status == 200, "without a pass it is the form to get one"


def test_a_decision_form_shows_what_to_think_of(site: Site) -> None:
    _, reference = followed(site, on_behalf_of="my_child")
    task = site.world.open_task(reference).id
    officer = site.signed_in(samples.OFFICER)
    for path in (f"/staff/tasks/{task}", f"/staff/tasks/{task}?outcome=accept"):
        assert "there is no fixed age" in officer.get(path).text
