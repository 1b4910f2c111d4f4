"""What goes and when, on the pages: the list, holds on classes, certificates, another rule, and cases that are gone."""

from __future__ import annotations

import csv
import io
import re

import pytest

from ..support import samples
from ..support.site import Site
from ..workflow.test_disposal import closed, taken_elsewhere, to_its_end
from .test_api import token_of


def test_the_list_says_what_goes_and_what_keeps_it(site: Site) -> None:
    world = site.world
    reference = taken_elsewhere(world)
    officer, manager = site.signed_in(samples.OFFICER), site.signed_in(samples.MANAGER)
    assert reference not in officer.get("/staff/disposal").text
    page = officer.get("/staff/disposal?days=365")
    assert reference in page.text
    assert "not_a_case@" in page.text
    assert "Keep a whole class" not in page.text, "an officer may look, and not hold"
    manager.get("/staff/disposal/hold")
    good = {"class": "not_a_case", "authority": "inquiry", "review_on": "1/6/2027", "reason": "An inquiry asks."}
    for wrong in ({"class": "x"}, {"authority": ""}, {"review_on": "soon"}, {"review_on": "1/1/2020"}, {"reason": ""}):
        assert manager.post("/staff/disposal/hold", {**good, **wrong}).status == 422, wrong
    assert manager.post("/staff/disposal/hold", good).status == 303
    page = manager.get("/staff/disposal?days=365")
    assert "Public inquiry or safeguarding review (whole class)" in page.text
    path = re.search(r"/staff/disposal/hold/\w+", page.body)
    assert path is not None
    manager.get(path[0])
    assert manager.post(path[0], {"reason": ""}).status == 422
    assert manager.post(path[0], {"reason": "It has ended."}).status == 303
    assert "Ended on Monday 23 November 2026: It has ended." in manager.get("/staff/disposal").text
    assert manager.get(path[0]).status == 404
    rows = list(csv.DictReader(io.StringIO(officer.get("/staff/disposal?days=365&format=csv").body)))
    assert [(row["reference"], row["what happens"]) for row in rows] == [(reference, "goes")]


def test_who_may_look_and_hold(site: Site) -> None:
    for person, looks, may_hold in (
        (samples.OFFICER, 200, 403),
        (samples.MANAGER, 200, 200),
        (samples.DPO, 200, 200),
        (samples.SERVICE, 403, 403),
    ):
        browser = site.signed_in(person)
        assert browser.get("/staff/disposal").status == looks
        assert browser.get("/staff/disposal/certificates").status == looks
        assert browser.get("/staff/disposal/hold").status == may_hold


def test_a_case_that_is_gone_says_when_and_by_which_rule(site: Site) -> None:
    world = site.world
    reference = taken_elsewhere(world)
    to_its_end(world, reference)
    world.night()
    officer = site.signed_in(samples.OFFICER)
    gone = officer.get(f"/staff/cases/{reference}")
    assert gone.status == 404
    assert "This case was deleted" in gone.text
    assert "What was not for us" in gone.text
    assert officer.get("/staff/cases/FF-222-222-22H").status == 404
    shown = officer.get("/staff/disposal/certificates")
    assert "1 events" not in shown.text
    assert reference not in shown.body
    (seal,) = re.findall(r"app-reference\">([0-9a-f]{12})<", shown.body)
    assert world.services.store.certificates(0, 5)[0].seal.startswith(seal)
    assert officer.get("/staff/disposal/certificates?after=1").status == 200
    assert officer.get("/staff/disposal/certificates?after=x'").status == 200


def test_another_rule_of_keeping_is_chosen_with_a_reason(site: Site) -> None:
    reference = closed(site.world)
    path = f"/staff/cases/{reference}/keeping"
    assert path not in site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}").body
    manager = site.signed_in(samples.MANAGER)
    assert path in manager.get(f"/staff/cases/{reference}").body
    manager.get(path)
    for wrong in ({"retention_class": "complaint"}, {"retention_class": "x"}, {"reason": ""}):
        given = {"retention_class": "social_care_file", "reason": "It belongs there.", **wrong}
        assert manager.post(path, given).status == 422, wrong
    given = {"retention_class": "social_care_file", "reason": "It belongs there."}
    assert manager.post(path, given).status == 303
    site.world.settle()
    seen = manager.get(f"/staff/cases/{reference}").text
    assert "Somebody looks at this on Thursday 23 November 2051, before it is deleted." in seen
    assert "another rule of keeping is right" in seen


def test_an_open_case_has_no_rule_to_choose(site: Site) -> None:
    reference = site.world.go(samples.STRAIGHT[:1])
    assert site.signed_in(samples.MANAGER).get(f"/staff/cases/{reference}/keeping").status == 404


@pytest.mark.promise("fault:expired-items-still-readable-until-ttl-removes-t")
def test_no_page_and_no_program_gets_a_case_that_is_past_its_end(site: Site) -> None:
    """Every address with a reference in it, by everybody, although the table still has all of the case."""
    world = site.world
    receipt = world.submit()
    reference = world.go([("complaint.triage", "wrong_organisation")], receipt.reference)
    task = f"{reference}.1"
    to_its_end(world, reference)
    before = world.items()
    assert before
    browser, token = site.signed_in(samples.MANAGER), token_of(site, samples.MANAGER)
    filled = {"reference": reference, "task_id": task, "kind": "breach"}
    asked = 0
    for path in sorted(site.app.routes):
        if "{reference}" not in path and "{task_id}" not in path:
            continue
        address = re.sub(r"\{(\w+)\}", lambda found: filled.get(found[1], "1"), path)
        answer = browser.api("GET", address, token=token) if path.startswith("/v1") else browser.get(address)
        assert answer.status in (401, 403, 404, 405), path
        assert samples.ANSWERS["what_happened"] not in answer.body
        asked += 1
    assert asked > 20
    caller = site.browser()
    sent = {"reference": reference, "access_code": receipt.access_code}
    assert caller.api("POST", "/v1/track", sent).status == 404
    assert reference not in browser.get("/staff").body
