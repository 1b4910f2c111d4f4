"""What every answer carries, who may come in where, and what happens to addresses that nobody answers."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from chalicelib.web import http
from chalicelib.web.api.face import face as api
from chalicelib.web.render import manifest
from chalicelib.web.resident.face import face as resident
from chalicelib.web.staff.face import face as staff

from ..support import samples
from ..support.site import Site

ROOT = Path(__file__).resolve().parent.parent.parent
PUBLIC = ("/", "/help", "/privacy", "/cookies", "/accessibility", "/track", "/complaint/start", "/healthz")


@pytest.mark.promise("feature:role-state-event-tests", "fault:bulk-retention-endpoint-has-no-policy-check-sing")
def test_every_route_names_an_action_of_the_table(site: Site) -> None:
    actions = site.world.services.book.access.actions
    named = {**resident.actions, **staff.actions, **api.actions}
    declared = {(method, path) for path, methods in site.app.routes.items() for method in methods}
    assert declared == set(named), "a route that was declared in another way"
    assert set(named.values()) <= actions


@pytest.mark.parametrize("path", [*PUBLIC, "/complaint/nothing", "/staff", "/v1/openapi.json", "/v1/desk"])
def test_every_answer_carries_the_headers(site: Site, path: str) -> None:
    answer = site.browser().get(path)
    for name in http.HEADERS:
        assert name in answer.headers, f"{path} lacks {name}"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_file_is_kept_for_ever_under_its_hash_and_nothing_else_is_served(site: Site) -> None:
    browser = site.browser()
    found = browser.get(f"/static/{manifest()['hash']}/app.css")
    assert found.status == 200
    assert "immutable" in found.headers["Cache-Control"]
    for name in ("manifest.json", "..%2Fmanifest.json", "app.py", ""):
        assert browser.get(f"/static/{manifest()['hash']}/{name}").status in (403, 404)


def test_the_one_inline_script_has_the_hash_of_the_policy(site: Site) -> None:
    scripts = re.findall(r"<script>(.*?)</script>", site.browser().get("/").body, re.S)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" == http.INLINE_SCRIPT


def test_nothing_of_the_govuk_brand_and_no_other_host_is_served(site: Site) -> None:
    browser = site.browser()
    served = [browser.get(path).body for path in PUBLIC]
    served += [browser.get(f"/static/{manifest()['hash']}/{name}").body for name in manifest()["files"]]
    for text in served:
        for word in ("GDS Transport", "@font-face", "govuk-crest", "crown", "/assets/"):
            assert word not in text
        hosts = re.findall(r"(?:src|href|action)=\"https?://([^/\"]+)", text)
        assert not hosts


def test_set_cookie_never_holds_what_was_sent(site: Site) -> None:
    browser = site.browser()
    browser.cookies["__Host-visit"] = "known"
    page = browser.get("/track?reference=x%0d%0aSet-Cookie:%20evil=1")
    assert "evil" not in json.dumps(dict(page.headers))


@pytest.mark.parametrize(
    ("path", "expected"), [("/v1/complaints", "application/problem+json"), ("/track", "text/html; charset=utf-8")]
)
def test_what_chalice_refuses_by_itself_is_said_in_our_way(site: Site, path: str, expected: str) -> None:
    answer = site.browser().send("POST", path, "x", {"Content-Type": "text/plain"})
    assert answer.status == 415
    assert answer.headers["Content-Type"] == expected
    assert "text/plain" not in answer.body


def test_head_answers_like_get_without_a_body(site: Site) -> None:
    answer = site.browser().send("HEAD", "/")
    assert answer.status == 200
    assert answer.body == ""


def test_a_fault_of_ours_is_a_page_without_a_trace(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    store = site.world.services.store

    def broken(*_: object) -> None:
        raise RuntimeError("Zebrafinch in the text of an exception")

    store.case_and_tries = broken  # type: ignore[method-assign, assignment]
    browser = site.browser()
    browser.get("/track")
    page = browser.post("/track", {"reference": "FF-AAA-AAA-AAA", "access_code": "x"})
    assert page.status == 500
    assert "Traceback" not in page.body
    assert "Zebrafinch" not in page.body + capsys.readouterr().out


def test_no_template_marks_anything_as_safe() -> None:
    for path in (ROOT / "chalicelib" / "web" / "templates").rglob("*.html"):
        assert not re.search(r"\|\s*safe|autoescape", path.read_text(encoding="utf-8")), path


def test_titles_hold_no_names_and_no_references(site: Site) -> None:
    reference = site.world.go(samples.STRAIGHT)
    browser = site.signed_in(samples.MANAGER)
    for path in ("/staff", f"/staff/cases/{reference}", f"/staff/cases/{reference}/letters/1"):
        title = browser.get(path).title
        assert reference not in title
        assert not any(word in title for word in samples.PRIVATE_WORDS)
