"""Staff enter what came by phone, letter or visit: one page for each kind, with the true day of receipt."""

from __future__ import annotations

from datetime import date

import pytest

from ..support import samples
from ..support.site import Page, Site
from ..support.world import BOOK, SCHEMAS


def filled(kind: str, **changes: str) -> dict[str, str]:
    example = SCHEMAS.document(BOOK.kind(kind)["submission"])["examples"][0]
    return {"received_on": "20/11/2026", "channel": "phone", **example, **changes}


def send(site: Site, kind: str, form: dict[str, str]) -> Page:
    browser = site.signed_in(samples.OFFICER)
    page = browser.get(f"/staff/enter/{kind}")
    assert page.status == 200
    key = page.body.partition('name="key" value="')[2].partition('"')[0]
    return browser.post(f"/staff/enter/{kind}", {"key": key, **form})


@pytest.mark.promise("feature:access-request", "ours-alone:receipt-versus-recognition")
@pytest.mark.parametrize("kind", BOOK.sent)
def test_a_case_is_entered_with_its_true_receipt(site: Site, kind: str) -> None:
    page = send(site, kind, filled(kind))
    assert page.status == 200, page.text
    reference = page.body.partition('class="app-reference">')[2].partition("<")[0]
    case = site.world.file(reference).case
    assert (case.kind, case.channel, case.received_on) == (kind, "phone", date(2026, 11, 20))
    event = site.world.file(reference).events[0]
    assert (event.type, event.by) == ("case_entered", samples.OFFICER.id)


def test_what_came_today_came_by_now(site: Site) -> None:
    page = send(site, "complaint", filled("complaint", received_on="23/11/2026"))
    assert page.status == 200
    assert "Access code" in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"received_on": ""},
        {"received_on": "24/11/2026"},
        {"received_on": "1/1/2009"},
        {"channel": ""},
        {"channel": "pigeon"},
        {"what_happened": ""},
        {"name": "x" * 201},
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(site: Site, changes: dict[str, str]) -> None:
    page = send(site, "complaint", filled("complaint", **changes))
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "jo.example@example.com" in page.body
    assert not [item for item in site.world.items() if item["sk"] == "CASE"]


def test_a_form_sent_twice_makes_one_case(site: Site) -> None:
    browser = site.signed_in(samples.OFFICER)
    page = browser.get("/staff/enter/complaint")
    key = page.body.partition('name="key" value="')[2].partition('"')[0]
    first, second = (browser.post("/staff/enter/complaint", {"key": key, **filled("complaint")}) for _ in range(2))
    assert first.body.count("app-reference") == second.body.count("app-reference") == 2
    assert len([item for item in site.world.items() if item["sk"] == "CASE"]) == 1
    other = browser.post("/staff/enter/complaint", {"key": key, **filled("complaint", name="Somebody Else")})
    assert other.status == 422


def test_only_information_governance_enters_cases(site: Site) -> None:
    assert site.signed_in(samples.SERVICE).get("/staff/enter/complaint").status == 403
    assert "Enter a case" not in site.signed_in(samples.SERVICE).get("/staff").body
    assert "Enter a case" in site.signed_in(samples.OFFICER).get("/staff").body
    assert site.signed_in(samples.OFFICER).get("/staff/enter/nonsense").status == 404
    assert site.signed_in(samples.OFFICER).get("/staff/enter").status == 200
