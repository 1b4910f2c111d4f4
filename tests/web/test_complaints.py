"""The next stage of a complaint on the pages and in the API: one button, and a second person who took no part."""

from __future__ import annotations

import pytest

from ..support import samples
from ..support.site import Site
from ..workflow.test_complaints import SECOND, answered, asked_again, case_of, steps
from .test_api import described, token_of
from .test_files import tracked


def test_one_button_asks_for_the_next_stage(site: Site) -> None:
    receipt = site.world.submit()
    reference = answered(site.world)
    assert reference == receipt.reference
    browser = tracked(site, receipt)
    page = browser.get("/track/case")
    assert "Ask us to look again" in page.text
    assert "You do not have to say why" in page.text
    old_page = tracked(site, receipt)
    old_page.get("/track/case")
    done = browser.follow(browser.post("/track/case/again", {}))
    assert "You asked us to look again. We have it." in done.text
    site.world.settle()
    assert "You asked us to look again. A person is reading it." in browser.get("/track/case").text
    assert browser.follow(browser.post("/track/case/again", {})).status == 200, "twice is once"
    assert case_of(site.world, reference).asked_again == 1
    steps(site.world, reference, *SECOND)
    ended = browser.get("/track/case")
    assert "Ombudsman" in ended.text
    assert "/track/case/again" not in ended.body
    late = old_page.post("/track/case/again", {})
    assert late.status == 422
    assert "This cannot be asked for here now" in late.text


def test_a_stranger_asks_for_nothing(site: Site) -> None:
    answered(site.world)
    browser = site.browser()
    browser.get("/track")
    assert "Reference" in browser.post("/track/case/again", {}).text
    assert not [
        item for item in site.world.items() if "asked_again" in str(item.get("body", "")) and "EVENT" in item["sk"]
    ]


@pytest.mark.promise("ours-alone:independence-rule")
def test_staff_see_each_stage_with_its_own_dates_and_who_may_not_decide(site: Site) -> None:
    reference = asked_again(site.world, answered(site.world))
    steps(site.world, reference, SECOND[0])
    officer = site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}")
    assert "Stage 2, from Monday 23 November 2026" in officer.text
    assert "Stage 1, from Monday 23 November 2026 to Monday 23 November 2026: We do not agree" in officer.text
    service = site.signed_in(samples.SERVICE).get(f"/staff/cases/{reference}")
    assert "You took part in this case before" in service.text
    task = site.world.file(reference).open_task
    assert task is not None
    path = f"/staff/tasks/{task.id}/independence"
    assert site.signed_in(samples.OFFICER).get(path).status == 403
    manager = site.signed_in(samples.MANAGER)
    assert path in manager.get(f"/staff/cases/{reference}").body
    form = manager.get(path)
    assert samples.SERVICE.name in form.text
    assert samples.SERVICE_TWO.name not in form.text
    bad = manager.post(path, {"person": "", "reason": ""})
    assert bad.status == 422
    assert manager.post(path, {"person": samples.SERVICE.id, "reason": "Nobody else."}).status == 303
    assert "let Sana Service decide although they took part before" in manager.get(f"/staff/cases/{reference}").text


def test_staff_enter_what_was_asked_by_phone(site: Site) -> None:
    reference = answered(site.world)
    officer = site.signed_in(samples.OFFICER)
    path = f"/staff/cases/{reference}/again"
    assert path in officer.get(f"/staff/cases/{reference}").body
    officer.get(path)
    for wrong in ({"asked_on": "x"}, {"asked_on": "22/11/2026"}, {"channel": "pigeon"}, {"reason": ""}):
        page = officer.post(path, {"asked_on": "23/11/2026", "channel": "phone", "reason": "They called.", **wrong})
        assert page.status == 422, wrong
    assert officer.post(path, {"asked_on": "23/11/2026", "channel": "phone", "reason": "They called."}).status == 303
    assert officer.get(path).status == 404
    assert case_of(site.world, reference).asked_again == 1


def test_a_program_does_the_same(site: Site) -> None:
    receipt = site.world.submit()
    reference = answered(site.world)
    caller, officer = site.browser(), token_of(site, samples.OFFICER)
    template, path = "/v1/cases/{reference}/next-stage", f"/v1/cases/{reference}/next-stage"
    body = {"asked_at": "2026-11-23", "channel": "phone", "reason": "They called."}
    passed = caller.api("POST", "/v1/track", {"reference": reference, "access_code": receipt.access_code}).json
    tracking = "/v1/track/{reference}"
    status = described(site, caller.api("GET", f"/v1/track/{reference}", token=passed["token"]), tracking, "get")
    assert status["next_stage"]["title"] == "Ask us to look again"
    for wrong in ({"asked_at": "yesterday"}, {"channel": "pigeon"}, {"reason": ""}, {"more": 1}):
        page = caller.api("POST", path, {**body, **wrong}, token=officer)
        assert described(site, page, template, "post")["status"] == 422, wrong
    done = described(site, caller.api("POST", path, body, token=officer), template, "post")
    assert (done["round"], done["counted_from"]) == ("Stage 2", "2026-11-23")
    assert [part["title"] for part in done["rounds_before"]] == ["Stage 1"]
    assert described(site, caller.api("POST", path, body, token=officer), template, "post")["status"] == 409
    site.world.settle()
    steps(site.world, reference, SECOND[0])
    task = site.world.file(reference).open_task
    assert task is not None
    template, path = "/v1/tasks/{task_id}/independence", f"/v1/tasks/{task.id}/independence"
    asked = {"person": samples.SERVICE.id, "reason": "Nobody else knows the work."}
    assert caller.api("POST", path, asked, token=officer).status == 403
    manager = token_of(site, samples.MANAGER)
    assert caller.api("POST", path, {**asked, "person": "nobody"}, token=manager).status == 422
    assert described(site, caller.api("POST", path, asked, token=manager), template, "post")["reference"] == reference
