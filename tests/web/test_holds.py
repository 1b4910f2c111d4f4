"""Holds on the pages and in the API."""

from __future__ import annotations

from ..support import samples
from ..support.site import Site
from ..workflow.test_holds import WHY, case_of
from .test_api import described, token_of


def test_each_page_says_that_it_is_on_hold(site: Site) -> None:
    reference = site.world.go(samples.STRAIGHT)
    manager = site.signed_in(samples.MANAGER)
    path = f"/staff/cases/{reference}/hold"
    assert path in manager.get(f"/staff/cases/{reference}").body
    assert path not in site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}").body
    manager.get(path)
    for wrong in ({"review_on": "soon"}, {"review_on": "1/1/2020"}, {"authority": ""}, {"reason": ""}):
        given = {"authority": "police", "review_on": "1/6/2027", "reason": WHY, **wrong}
        assert manager.post(path, given).status == 422, wrong
    assert manager.post(path, {"authority": "police", "review_on": "1/6/2027", "reason": WHY}).status == 303
    seen = manager.get(f"/staff/cases/{reference}")
    assert "On hold. Police or s.47 enquiry: A letter before claim came." in seen.text
    (hold,) = case_of(site.world, reference).holds
    end = f"{path}/{hold.id}"
    assert end in seen.body
    manager.get(end)
    assert manager.post(end, {"reason": ""}).status == 422
    assert manager.post(end, {"reason": "They are done."}).status == 303
    assert "On hold." not in manager.get(f"/staff/cases/{reference}").text
    assert manager.get(end).status == 404


def test_a_program_places_and_releases(site: Site) -> None:
    reference = site.world.go(samples.STRAIGHT)
    caller, manager = site.browser(), token_of(site, samples.MANAGER)
    template, path = "/v1/cases/{reference}/holds", f"/v1/cases/{reference}/holds"
    body = {"authority": "litigation", "reason": WHY, "review_on": "2027-06-01"}
    for wrong in ({"authority": "x"}, {"reason": ""}, {"review_on": "2020-01-01"}, {"more": 1}):
        page = caller.api("POST", path, {**body, **wrong}, token=manager)
        assert described(site, page, template, "post")["status"] == 422, wrong
    (hold,) = described(site, caller.api("POST", path, body, token=manager), template, "post")["holds"]
    ending = f"{path}/{hold['id']}/release"
    shown = caller.api("POST", ending, {"reason": "Settled."}, token=manager)
    assert described(site, shown, f"{template}/{{hold}}/release", "post")["holds"] == []
    assert caller.api("POST", ending, {"reason": "Settled."}, token=manager).status == 404
    assert caller.api("POST", path, body, token=token_of(site, samples.OFFICER)).status == 403
