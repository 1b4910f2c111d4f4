"""Themes and trends on a page and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.commands import figures, lateness
from chalicelib.domain.errors import Stale
from chalicelib.domain.figures import months_of
from chalicelib.domain.suppression import Table, publishable
from chalicelib.web import counted, sheets

from ..support import reading, samples
from ..support.site import Site
from ..workflow.test_feedback import many
from .test_api import described, token_of


@pytest.mark.promise("notice:anonymised")
def test_the_page_and_the_file_leave_out_the_same(site: Site) -> None:
    many(site.world)
    manager = site.signed_in(samples.MANAGER)
    page = manager.get("/staff/figures")
    assert page.status == 200
    assert "No quarter is published yet" in page.text
    assert "October to December 2026" in page.text
    site.world.clock.move(days=75)
    figures.publish(site.world.services)
    manager = site.signed_in(samples.MANAGER)
    shown = manager.get("/staff/figures")
    assert "left out" in shown.text
    file = manager.get("/staff/figures/feedback-themes/csv")
    assert file.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(file.body)))
    found = {(row[0], row[1], row[2]): row[3] for row in rows[1:]}
    assert found["2026-Q4", "Waiting and visits", "2026-11"] == "left out"
    assert not {"1", "2", "3", "4"} & set(found.values())
    assert manager.get("/staff/figures/nothing/csv").status == 404
    assert site.signed_in(samples.SERVICE).get("/staff/figures").status == 403


def of_quarters(part: str, **quarters: list[list[int]]) -> figures.Series:
    """A series of quarters (`Q4_2026`), each with a count for each word and month, published as they would be."""
    words = {"in_time": "Answered in time", "late": "Answered late", "open": "Not answered yet"}

    def table(quarter: str, rows: list[list[int]]) -> Table:
        months = months_of(quarter)
        counts = {
            (word, month): count
            for word, row in zip(words, rows, strict=True)
            for month, count in zip(months, row, strict=True)
        }
        return publishable(tuple(words), months, counts)

    named = {f"{name[3:]}-{name[:2]}": rows for name, rows in quarters.items()}
    return figures.Series("x", "X", part, words, {quarter: table(quarter, rows) for quarter, rows in named.items()}, {})


NONE = [[0, 0, 0]] * 3
MANY = [[10, 10, 11], [5, 6, 7], [0, 0, 0]]


def test_the_newest_quarter_stands_first_and_is_told_in_a_sentence() -> None:
    shown = counted.published(of_quarters("on_time", Q4_2026=NONE, Q3_2026=MANY, Q2_2026=MANY))
    assert shown.sentence == "July to September 2026: we answered 31 of 49 in time."
    assert shown.latest is not None
    assert shown.latest["quarter"] == "July to September 2026"
    assert [table["quarter"] for table in shown.earlier] == ["April to June 2026"]
    assert shown.nothing_in == ("October to December 2026",)


def test_quarters_in_which_nothing_came_are_told_as_spans() -> None:
    shown = counted.published(of_quarters("on_time", Q1_2027=NONE, Q4_2026=NONE, Q3_2026=MANY, Q2_2026=NONE))
    assert shown.nothing_in == ("October 2026 to March 2027", "April to June 2026")
    assert counted.published(of_quarters("on_time", Q1_2027=NONE)).latest is None


def test_a_sentence_says_no_more_than_its_table() -> None:
    few = [[1, 1, 1], [7, 8, 9], [0, 0, 0]]
    assert "we do not say how many" in counted.published(of_quarters("on_time", Q3_2026=few)).sentence
    waiting = [[0, 0, 0], [0, 0, 0], [7, 8, 9]]
    assert counted.published(of_quarters("on_time", Q3_2026=waiting)).sentence.endswith(
        "none had an answer when we counted."
    )
    assert not counted.published(of_quarters("theme", Q3_2026=MANY)).sentence
    for sentence in (counted.published(of_quarters("on_time", Q3_2026=rows)).sentence for rows in (few, waiting, MANY)):
        assert reading.grade(sentence) <= 6, sentence


def test_a_spreadsheet_runs_nothing_that_it_is_given() -> None:
    body = sheets.sheet("x", [("=1+1", "+1", "-1", "@a", "\tb", "plain", 7, -7)]).body
    assert next(csv.reader(io.StringIO(body))) == ["'=1+1", "'+1", "'-1", "'@a", "'\tb", "plain", "7", "-7"]


def test_everybody_reads_what_is_published_and_no_more(site: Site) -> None:
    many(site.world)
    kind = "data_protection_complaint"
    example = site.world.services.schemas.document(f"submissions/{kind}")["examples"][0]
    for number in range(7):
        site.world.submit(example, key=f"dp-{number}", kind=kind)
    site.world.settle()
    before = site.browser().get("/performance")
    assert before.status == 200
    assert "There is nothing to show yet." in before.text
    assert "Waiting and visits" not in before.text, "what is not published yet is for our own use"
    site.world.clock.move(days=75)
    figures.publish(site.world.services)
    page = site.browser().get("/performance")
    shown = page.text
    assert "Waiting and visits" in shown
    assert "Nothing came in from January 2025 to September 2026" in shown, shown
    assert page.body.count("<table") == 2, "one for each of which something came in, however many quarters there were"
    assert shown.index("Requests about information") < shown.index("Feedback by theme"), "first of all, are we in time"
    assert "Answered late" in shown
    counts = figures.monitoring(site.world.services, samples.MANAGER).counts
    numbers = next(row.numbers for row in counts if row.title == site.world.services.book.kind(kind)["title"])
    assert {"median_days", "median_net", "on_time", "closed", "received"} <= set(numbers)
    assert reading.grade(before.text) <= 6


@pytest.mark.promise("feature:dashboards")
def test_a_manager_looks_at_how_we_do_by_month_right_and_cause(site: Site) -> None:
    world = site.world
    first = world.submit(key="a").reference
    world.go([], first)
    with pytest.raises(Stale):
        lateness.say(world.services, samples.MANAGER, first, "absence", reason="r")
    world.clock.move(days=100)
    officer = site.signed_in(samples.OFFICER)
    assert f"/staff/cases/{first}/late" in officer.get(f"/staff/cases/{first}").body
    path = f"/staff/cases/{first}/late"
    officer.get(path)
    assert officer.post(path, {"cause": "moon", "reason": "r"}).status == 422
    officer.get(path)
    assert officer.post(path, {"cause": "absence", "reason": "The worker was ill."}).status == 303
    world.settle()
    world.go(samples.STRAIGHT, first)
    second = world.submit(key="b").reference
    world.go(samples.STRAIGHT, second)
    manager = site.signed_in(samples.MANAGER)
    by_month = manager.get("/staff/figures/by?kind=complaint&part=month&months=6").text
    assert "November 2026 1 1 0 0 (0%) 1 100 100" in by_month, by_month
    assert "March 2027 1 1 0 1 (100%) 0 0 0" in by_month, by_month
    causes = manager.get("/staff/figures/by?kind=complaint&part=late_cause&months=6").text
    assert "Somebody was away 1 1 0 0 (0%) 1" in causes, causes
    assert "Not said" not in causes, "only what was late"
    file = manager.get("/staff/figures/by?kind=complaint&part=service&months=12&format=csv")
    rows = list(csv.reader(io.StringIO(file.body)))
    assert rows[0][:4] == ["Service", "received", "closed", "open"]
    assert rows[-1][:4] == ["All", "2", "2", "0"]
    for kind in world.services.book.sent:
        for part in figures.parts_of(world.services, kind):
            assert manager.get(f"/staff/figures/by?kind={kind}&part={part}").status == 200
    world.submit({"about": "compliment", "what_happened": "Good.", "answer_wanted": "no"}, key="f", kind="feedback")
    world.settle()
    all_kinds = manager.get("/staff/figures/by?months=6").text
    assert "Complaint about the service 2 2 0 1 (50%) 1 50 50" in all_kinds, all_kinds
    assert "Feedback 1 0 1 0 0 None None" in all_kinds
    assert "All 3 2 1 1 (50%) 1" in all_kinds
    assert "March 2027 2 1 1" in manager.get("/staff/figures/by?kind=all&part=month&months=6").text
    assert manager.get("/staff/figures/by?kind=nothing&part=nothing&months=nothing").status == 200
    assert site.signed_in(samples.SERVICE).get("/staff/figures/by").status == 403


def test_a_program_says_why_a_case_was_late(site: Site) -> None:
    reference = site.world.submit(key="a").reference
    site.world.go([], reference)
    caller, officer = site.browser(), token_of(site, samples.OFFICER)
    template, path = "/v1/cases/{reference}/lateness", f"/v1/cases/{reference}/lateness"
    body = {"cause": "absence", "reason": "The worker was ill."}

    def answered(sent: Mapping[str, str], token: str = officer) -> Mapping[str, Any]:
        return described(site, caller.api("POST", path, sent, token=token), template, "post")

    assert answered(body)["status"] == 409, "nothing is late yet"
    site.world.clock.move(days=100)
    wrong = answered({**body, "cause": "moon"})
    assert (wrong["status"], wrong["errors"][0]["pointer"]) == (422, "/cause")
    assert answered({**body, "reason": " "})["status"] == 422
    assert answered(body, token_of(site, samples.AUDITOR))["status"] == 403
    said = answered(body)["timeline"][0]
    assert (said["type"], said["reason"]) == ("late_explained", "The worker was ill."), said
    site.world.go(samples.STRAIGHT, reference)
    found = figures.by_part(site.world.services, samples.MANAGER, "complaint", "late_cause", 6)
    assert [(words, row["received"]) for words, row in found.rows if row["received"]] == [("Somebody was away", 1)]
