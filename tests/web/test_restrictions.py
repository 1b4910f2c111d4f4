"""Limited use and hints on the pages and in the API."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.commands import conflicts, documents
from chalicelib.domain.model import Actor
from chalicelib.web.staff.face import face as staff

from ..support import samples
from ..support.site import Site
from ..workflow.test_complaints import ANSWER, SECOND, asked_again, steps
from ..workflow.test_holds import place
from ..workflow.test_people import WREN, about_self, complaint, limit, sent
from .test_api import described, token_of

BANNER = "Use of this person's information is limited since Monday 23 November 2026."
HINTS = "Other cases that may be of the same person"


LEADS_ON = "/staff/cases/{reference}/upload/{number}/sent"
"""Where the bucket sends a browser, which goes on at once: no page."""


def routes_of_a_case() -> set[str]:
    """The addresses of staff pages that show a case."""
    return {
        path
        for (method, path) in staff.actions
        if method == "GET" and path != LEADS_ON and ("{reference}" in path or "{task_id}" in path)
    }


def test_every_page_of_the_person_says_so(site: Site) -> None:
    reference = complaint(site.world)
    closed = complaint(site.world, "key-2")
    site.world.decide(closed, "not_a_complaint")
    site.world.settle()
    copy = sent(site.world, "rights_request", "key-3", **about_self())
    for outcome in ("accept", "collected"):
        site.world.decide(copy, outcome)
        site.world.settle()
    assert documents.begin_answer(site.world.services, samples.OFFICER, copy) == 1
    replied = complaint(site.world, "key-4")
    steps(site.world, replied, ("accept", samples.OFFICER), *ANSWER)
    looked_at = complaint(site.world, "key-5")
    steps(site.world, looked_at, ("accept", samples.OFFICER), *ANSWER)
    steps(site.world, asked_again(site.world, looked_at), SECOND[0])
    task = site.world.open_task(looked_at).id
    hold = place(site.world, closed)
    conflicts.declare(site.world.services, samples.MANAGER, reference, person=samples.SERVICE_TWO.id, reason="r")
    limiting = limit(site.world, **about_self())
    manager = site.signed_in(samples.MANAGER)
    seen = set()
    for template in sorted(routes_of_a_case()):
        for one in (reference, closed, copy, replied, looked_at, limiting):
            path = template.replace("{reference}", one).replace("{task_id}", task if one == looked_at else f"{one}.1")
            path = (
                path.replace("{number}", "1")
                .replace("{kind}", "review")
                .replace("{hold}", hold)
                .replace("{person}", samples.SERVICE_TWO.id)
                .replace("{letter}", "update")
            )
            page = manager.get(path)
            if page.status == 200:
                seen.add(template)
                assert BANNER in page.text, path
                assert page.title.count(one) == 0
    assert seen == routes_of_a_case(), "a page of a case that nothing looked at"
    assert f"/staff/cases/{limiting}" in manager.get(f"/staff/cases/{reference}").body


def test_a_page_of_somebody_else_says_nothing(site: Site) -> None:
    limit(site.world, **about_self())
    reference = complaint(site.world, name="Somebody Else", email="other@example.org")
    page = site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}")
    assert "limited since" not in page.text
    assert HINTS not in page.text


def test_hints_stand_on_the_case_and_before_the_decision(site: Site) -> None:
    first, second = complaint(site.world), complaint(site.world, "key-2")
    officer = site.signed_in(samples.OFFICER)
    for path in (f"/staff/cases/{second}", f"/staff/tasks/{second}.1"):
        page = officer.get(path)
        assert HINTS in page.text
        assert f"/staff/cases/{first}" in page.body
        assert "Same e-mail address" in page.text
        assert "came in on Monday 23 November 2026, open (new)" in page.text
    site.world.decide(
        second, "accept", data={**samples.DECISIONS["complaint.triage", "accept"], "assign_to": "sana.service"}
    )
    site.world.settle()
    page = site.signed_in(samples.SERVICE).get(f"/staff/cases/{second}")
    assert page.status == 200
    assert first not in page.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "quillfeather wren", "email": "wren.quillfeather@example.org"}, BANNER),
        ({"email": "nobody@example.org"}, "Nothing says that the use"),
        ({"name": "Wren Quillfeather"}, "Give an e-mail address, a phone number"),
        ({"phone": "Zebrafinch"}, "Write the phone number whole"),
        ({"name": "Wren", "date_of_birth": "yesterday"}, "date"),
        ({}, "Give an e-mail address, a phone number"),
        ({"name": "x" * 201, "email": "a@example.org"}, "200"),
    ],
)
def test_staff_ask_on_a_page(site: Site, typed: dict[str, str], words: str) -> None:
    limit(site.world, **about_self())
    browser = site.signed_in(samples.SERVICE)
    first = browser.get("/staff/restrictions")
    assert first.status == 200
    assert "limited since" not in first.text
    assert "Nothing says" not in first.text
    page = browser.post("/staff/restrictions", typed)
    assert words in page.text
    assert page.status == (200 if words in (BANNER, "Nothing says that the use") else 422)
    assert "quillfeather" not in page.title.lower()
    assert len([item for item in site.world.items() if item["type"] == "lookup"]) == (page.status == 200)


@pytest.mark.promise("ours-alone:restriction-as-a-live-flag")
def test_a_manager_ends_it_with_the_day_and_the_way(site: Site) -> None:
    reference, other = limit(site.world, **about_self()), complaint(site.world)
    path = f"/staff/cases/{reference}/lifting"
    assert "Limited use" in site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}").text
    assert path not in site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}").body
    assert site.signed_in(samples.OFFICER).get(path).status == 403
    manager = site.signed_in(samples.MANAGER)
    assert path in manager.get(f"/staff/cases/{reference}").body
    manager.get(path)
    page = manager.post(path, {"told_on": "24/11/2026", "how": "letter", "reason": "Put right."})
    assert page.status == 422
    assert "Tell the person first" in page.text
    assert "Put right." in page.body
    for missing in ("told_on", "how", "reason"):
        given = {"told_on": "23/11/2026", "how": "letter", "reason": "Put right.", missing: ""}
        assert manager.post(path, given).status == 422
    assert manager.post(path, {"told_on": "31/2/2026", "how": "letter", "reason": "r"}).status == 422
    done = manager.post(path, {"told_on": "23/11/2026", "how": "letter", "reason": "Put right."})
    assert done.status == 303
    site.world.settle()
    assert "limited since" not in manager.get(f"/staff/cases/{other}").text
    assert manager.get(path).status == 404
    assert manager.get(f"/staff/cases/{other}/lifting").status == 404


def test_the_desk_marks_the_case(site: Site) -> None:
    complaint(site.world)
    officer = site.signed_in(samples.OFFICER)
    assert "Limited use" not in officer.get("/staff").text
    reference = limit(site.world, outcome="approve_and_inform", **about_self())
    assert f"{reference} Limited use" in officer.get("/staff").text
    rows = site.browser().api("GET", "/v1/desk", token=token_of(site, samples.OFFICER)).json["tasks"]
    assert {row["limited_since"] for row in rows if row["reference"] == reference} == {"2026-11-23"}
    assert {row["limited_since"] for row in rows if row["reference"] != reference} == {None}


@pytest.mark.promise("ours-alone:restriction-as-a-live-flag")
def test_other_systems_ask_before_they_use_it(site: Site) -> None:
    reference = limit(site.world, **about_self())
    caller, path = site.browser(), "/v1/restrictions"
    body = {"name": "Quillfeather, Wren", "email": WREN["email"]}

    def ask(actor: Actor, sent: Any = body) -> Any:
        return described(site, caller.api("POST", path, sent, token=token_of(site, actor)), path, "post")

    match = {"reference": reference, "since": "2026-11-23", "matched": ["same name", "same e-mail address"]}
    assert ask(samples.OFFICER) == {"restricted": True, "since": "2026-11-23", "matches": [match]}
    assert ask(samples.SERVICE)["matches"] == [{**match, "reference": None}]
    nobody = {"restricted": False, "since": None, "matches": []}
    assert ask(samples.DPO, {"email": "nobody@example.org"}) == nobody
    for wrong, pointer in (
        ({}, ""),
        ({"name": "Wren"}, ""),
        ({"email": "Zebrafinch"}, "/email"),
        ({"email": 7}, "/email"),
        ({"name": "Wren", "date_of_birth": "2026-02-30"}, "/date_of_birth"),
        ({**body, "more": "x"}, ""),
        ({**body, "name": "a\u0000b"}, "/name"),
    ):
        found = ask(samples.OFFICER, wrong)
        assert (found["status"], found["errors"][0]["pointer"]) == (422, pointer), wrong
        assert "Zebrafinch" not in str(found)
    assert caller.api("POST", path, body).status == 401
    assert caller.api("GET", path).status == 404


def test_a_program_ends_it_and_reads_hints(site: Site) -> None:
    reference, other = limit(site.world, **about_self()), complaint(site.world)
    caller, manager = site.browser(), token_of(site, samples.MANAGER)
    shown = described(site, caller.api("GET", f"/v1/cases/{other}", token=manager), "/v1/cases/{reference}", "get")
    assert shown["restriction"]["restricted"]
    assert [(row["reference"], row["about"], row["reasons"]) for row in shown["hints"]] == [
        (reference, "Limit how you use it", ["same e-mail address"])
    ]
    template, path = "/v1/cases/{reference}/lifting", f"/v1/cases/{reference}/lifting"
    body = {"told_on": "2026-11-23", "how": "phone", "reason": "It was put right."}
    for wrong in ({"told_on": "2026-11-24"}, {"told_on": "2026-02-30"}, {"how": "magic"}, {"reason": " "}, {"x": 1}):
        page = caller.api("POST", path, {**body, **wrong}, token=manager)
        assert described(site, page, template, "post")["status"] == 422, wrong
    stranger = caller.api("POST", path, body, token=token_of(site, samples.OFFICER))
    assert described(site, stranger, template, "post")["status"] == 403
    done = described(site, caller.api("POST", path, body, token=manager), template, "post")
    assert done["restriction"] == {"restricted": False, "since": None, "matches": []}
    again = caller.api("POST", path, body, token=manager)
    assert described(site, again, template, "post")["status"] == 409
