"""Staff pages beside the workflow: who was asked, reminders, cases opened from a case, and a case opened again."""

from __future__ import annotations

import pytest

from chalicelib.domain.model import Actor

from ..support import samples
from ..support.site import Site
from ..support.world import BOOK, SCHEMAS
from ..workflow.test_beside import searching
from ..workflow.test_kinds import begin, walk
from .test_api import token_of

OPENED = sorted(kind for kind, row in BOOK.kinds.items() if row.get("opened_from_case", {}).get("while") == "any")


@pytest.mark.promise("feature:requests-to-services-with-chasing")
def test_a_reminder_is_one_press_and_says_so(site: Site) -> None:
    reference = searching(site.world)
    browser = site.signed_in(samples.OFFICER)
    page = browser.get(f"/staff/cases/{reference}")
    assert "Look for the information : The Early Help team" in page.text or "The Early Help team" in page.text
    assert page.body.count("Send a reminder") == 4
    task = site.world.beside(reference)[0].id
    done = browser.follow(browser.post(f"/staff/tasks/{task}/reminder", {}))
    assert "The reminder is on its way." in done.text
    assert done.body.count("Send a reminder") == 3, "once a day"
    assert browser.post(f"/staff/tasks/{task}/reminder", {}).status == 409
    assert site.signed_in(samples.SERVICE).get(f"/staff/tasks/{task}").status == 200


def test_a_service_manager_answers_from_the_desk(site: Site) -> None:
    reference = searching(site.world)
    task = site.world.beside(reference)[0].id
    browser = site.signed_in(samples.SERVICE)
    assert "The Early Help team" in browser.get("/staff").text
    browser.get(f"/staff/tasks/{task}?outcome=nothing")
    form = {"how_searched": "Grebewords: the case system, by name.", "reason": "Nothing there."}
    done = browser.follow(browser.post(f"/staff/tasks/{task}", form))
    assert "We looked and found nothing" in done.text
    assert "Grebewords" in done.text
    assert browser.post(f"/staff/tasks/{task}", form).status == 409


@pytest.mark.parametrize("kind", OPENED)
def test_a_case_is_opened_from_a_case(site: Site, kind: str) -> None:
    reference = begin(site.world, "rights_request")
    row = BOOK.kind(kind)["opened_from_case"]
    browser = site.signed_in(samples.MANAGER)
    assert row["title"] in browser.get(f"/staff/cases/{reference}").text
    path = f"/staff/cases/{reference}/open/{kind}"
    assert browser.get(path).status == 200
    empty = browser.post(path, {})
    assert empty.status == 422
    assert empty.title.startswith("Error: ")
    late = browser.post(path, {"received_at": "yesterday evening"})
    assert "Write day and time like" in late.text
    example = SCHEMAS.document(row["schema"])["examples"][0]
    browser.get(path)
    done = browser.follow(browser.post(path, {**example, "reason": "It stands in the letter.", "received_at": ""}))
    assert "The new case is open." in done.text
    (other,) = site.world.file(reference).case.links
    assert browser.get(f"/staff/cases/{other}").status == 200
    assert browser.get(f"/staff/cases/{other}/resident-view").status == 404, "no resident sees it"


@pytest.mark.parametrize("actor", samples.STAFF, ids=lambda actor: actor.id)
def test_who_may_open_what(site: Site, actor: Actor) -> None:
    reference = searching(site.world)
    browser = site.signed_in(actor)
    referral = browser.get(f"/staff/cases/{reference}/open/safeguarding_referral").status
    letter = browser.get(f"/staff/cases/{reference}/open/regulator_enquiry").status
    working = actor.roles - {"auditor"}
    assert referral == (200 if working else 404)
    assert letter == (200 if actor.roles & {"ig_officer", "ig_manager", "dpo"} else 404)
    assert browser.get(f"/staff/cases/{reference}/open/complaint").status == 404
    assert browser.get(f"/staff/cases/{reference}/open/review").status == 404, "nothing to look at again yet"


def test_a_closed_case_is_opened_again(site: Site) -> None:
    reference = begin(site.world, "rights_request")
    walk(site.world, reference, "accept", "collected", "answer_drafted", "approve")
    browser = site.signed_in(samples.OFFICER)
    page = browser.get(f"/staff/cases/{reference}")
    assert "Open the case again" in page.text
    path = f"/staff/cases/{reference}/reopen"
    browser.get(path)
    assert browser.post(path, {"reason": ""}).status == 422
    assert browser.post(path, {"reason": "A drawer was forgotten."}).status == 303
    site.world.settle()
    assert site.world.file(reference).case.is_open
    browser.get(path)
    assert browser.post(path, {"reason": "Once more."}).status == 422
    assert site.signed_in(samples.AUDITOR).get(path).status == 403


def test_the_api_does_the_same(site: Site) -> None:
    reference = searching(site.world)
    browser = site.browser()
    token = token_of(site, samples.MANAGER)
    case = browser.api("GET", f"/v1/cases/{reference}", token=token).json
    asked = case["asked"][0]
    assert (asked["about"], asked["status"]) == ("The Early Help team", "open")
    path = f"/v1/tasks/{asked['task_id']}/reminder"
    assert browser.api("POST", path, {}, token=token).status == 200
    assert browser.api("POST", path, {}, token=token).status == 409
    body = SCHEMAS.document("api/linking")["examples"][0]
    made = browser.api("POST", f"/v1/cases/{reference}/linked", body, token=token)
    assert made.status == 201, made.body
    assert made.headers["Location"].endswith(made.json["reference"])
    wrong = browser.api("POST", f"/v1/cases/{reference}/linked", {**body, "data": {}}, token=token)
    assert {row["pointer"] for row in wrong.json["errors"]} == {"/data/worry", "/data/who"}
    closed = browser.api("POST", f"/v1/cases/{reference}/reopening", {"reason": "Why not"}, token=token)
    assert closed.status == 409
