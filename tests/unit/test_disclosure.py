"""The schedule of a disclosure and the register of grounds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import disclosure

from ..support import samples
from ..support.reading import grade
from ..support.world import BOOK

REGISTER = BOOK.exemptions
TODAY = date(2026, 11, 23)
FULL: dict[str, Any] = {
    "what": "A note",
    "decision": "withhold",
    "reason": "It would.",
    "consent": "refused",
    "fairness": "They said no.",
    "harm": "Somebody could be found.",
    "opinion_by": "Dr Example",
    "opinion_on": "2026-09-01",
    "trust": "A teacher, who was told that it stays here.",
    "best_interests": "The father asks; he must not know where they live.",
    "privilege_holder": "The council's",
}


def wrong(item: dict[str, Any], right: str = "access", finding: str = "", today: date = TODAY) -> dict[str, str]:
    finding = finding or {"disclose": "granted", "redact": "partly_granted"}.get(item["decision"], "refused")
    found = disclosure.problems(REGISTER, right, finding, [item], today)
    return {problem.pointer.rpartition("/")[2]: problem.message for problem in found}


def without(*names: str, **changes: Any) -> dict[str, Any]:
    return {**{name: value for name, value in FULL.items() if name not in names}, **changes}


@pytest.mark.promise("feature:outcomes-exemptions-grounds", "ours-alone:per-item-disclosure-schedule")
@pytest.mark.parametrize("ground", REGISTER)
def test_each_ground_holds_back_when_all_is_answered_and_for_its_rights_only(ground: str) -> None:
    row = REGISTER[ground]
    for right in samples.ANSWERED:
        found = wrong({**FULL, "exemption": ground}, right)
        assert bool(found) is (right not in row["rights"]), (right, found)


@pytest.mark.parametrize("ground", REGISTER)
def test_each_ground_wants_what_the_law_wants_answered(ground: str) -> None:
    fields = {
        "third_party": ("consent", "fairness"),
        "health_opinion": ("opinion_by", "opinion_on"),
        **{ask: (needed[0],) for ask, needed in disclosure.NEEDED.items()},
    }
    for ask in REGISTER[ground]["asks"]:
        for name in fields[ask]:
            assert name in wrong(without(name, exemption=ground)), (ground, name)
    assert "reason" in wrong(without("reason", exemption=ground))


def test_nothing_is_held_back_without_a_ground() -> None:
    assert set(wrong(without())) == {"exemption"}
    assert set(wrong(without(decision="redact"))) == {"exemption"}
    assert wrong({"what": "A letter", "decision": "disclose"}) == {}
    assert set(wrong({"what": "A letter", "decision": "disclose", "exemption": "privilege"})) == {"exemption"}


@pytest.mark.parametrize(
    ("on", "allowed"), [("2026-05-23", True), ("2026-05-22", False), ("2026-11-23", True), ("2026-11-24", False)]
)
def test_a_health_opinion_is_at_most_six_months_old(on: str, allowed: bool) -> None:
    """DPA 2018 Sch 3 paras 5(4) and 6(4)."""
    assert bool(wrong({**FULL, "exemption": "health", "opinion_on": on})) is not allowed


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_an_opinion_grows_old_once_and_for_all(on: date, days: int) -> None:
    item = {**FULL, "exemption": "health", "opinion_on": on.isoformat()}
    old = wrong(item, today=on + timedelta(days=days))
    assert not old or wrong(item, today=on + timedelta(days=days + 1))


def test_who_agreed_is_no_ground() -> None:
    assert set(wrong({**FULL, "exemption": "third_party", "consent": "agreed"})) == {"consent"}


def test_a_professional_at_their_work_is_named_unless_it_does_harm() -> None:
    """DPA 2018 Sch 2 para 17."""
    assert set(wrong(without("harm", exemption="third_party", professional=True))) == {"harm"}
    assert wrong({**FULL, "exemption": "third_party", "professional": True}) == {}


@pytest.mark.parametrize(
    ("decisions", "fits"),
    [
        (("disclose",), "granted"),
        (("disclose", "disclose"), "granted"),
        (("withhold", "disclose"), "partly_granted"),
        (("redact",), "partly_granted"),
        (("withhold", "redact"), "partly_granted"),
        (("withhold", "withhold"), "refused"),
    ],
)
def test_the_finding_is_what_the_items_say(decisions: tuple[str, ...], fits: str) -> None:
    items = [
        {"what": "x", "decision": one} if one == "disclose" else {**FULL, "exemption": "privilege", "decision": one}
        for one in decisions
    ]
    for finding in ("granted", "partly_granted", "refused"):
        found = disclosure.problems(REGISTER, "access", finding, items, TODAY)
        assert [problem.pointer for problem in found] == ([] if finding == fits else ["/data/finding"])


def test_the_person_reads_what_was_left_out_and_why_and_not_what_the_file_says() -> None:
    items = [samples.GIVEN, samples.HELD, {**samples.HELD, "what": "A report.", "decision": "redact"}]
    words = disclosure.left_out(REGISTER, items)
    assert "We did not send: A note of 3 March. It is about somebody else" in words
    assert "We left parts out of: A report. It is about somebody else" in words
    assert "They called in trust." not in words
    assert "4 letters" not in words
    assert disclosure.left_out(REGISTER, [samples.GIVEN]) == ""
    listed = disclosure.listing(REGISTER, items)
    assert "1. 4 letters of 2026: given" in listed
    assert "Data Protection Act 2018 Sch 2 para 16: It names who called." in listed


@pytest.mark.parametrize("ground", REGISTER)
def test_the_words_for_the_person_are_plain(ground: str) -> None:
    assert grade(REGISTER[ground]["words"]) <= 7
