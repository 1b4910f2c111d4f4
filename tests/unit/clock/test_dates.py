"""Dates counted from the receipt or from what happened: complaints, information law (law.md 2.6)."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.clock import Happening, compute, load

from ...support.clock import (
    DEADLINES,
    HOLIDAYS,
    RULES,
    SMALL,
    SMALL_HOLIDAYS,
    Event,
    changed,
    happened,
    moment,
    on,
    refused,
    run,
)

SMALL_RULES = load(SMALL, SMALL_HOLIDAYS)
COUNT = "We count the days that we work. We start on the day after. We skip weekends and bank holidays."


def statuses(clock: Any) -> dict[str, str]:
    return {legal.name: legal.status for legal in clock.dates}


def test_thirty_days_roll_to_a_working_day() -> None:
    """s.164A(3): Easter Monday 2027 is the thirtieth day."""
    clock = run("dpa2018-s164A", "2027-02-27")
    assert clock.answers == {"ack_due": "2027-03-30", "outcome_aim": "2027-04-28"}
    assert clock.explanation == (
        "We got it on Saturday 27 February 2027.",
        "We count 30 days. We start on the day after.",
        "That takes us on to Monday 29 March 2027.",
        "That is a bank holiday (Easter Monday), so the last day is Tuesday 30 March 2027.",
    )
    legal = clock.dates[0]
    assert legal.rule == "dpa2018-s164A@2026-11-01"
    assert legal.source.startswith("Data Protection Act 2018 s.164A(3)")
    assert legal.calendar == "England and Wales (2026-11-01)"
    assert (legal.label, legal.limit) == ("Tell you that we have your complaint", False)
    assert legal.counted_from == on("2027-02-27")


@pytest.mark.parametrize(
    ("sent", "satisfied", "word"), [("2027-03-30", True, "met"), ("2027-03-31", False, "met_late")]
)
def test_an_outcome_in_time_replaces_the_acknowledgement(sent: str, satisfied: bool, word: str) -> None:
    """ICO, law.md 1.6: within the thirty days; the date is still told."""
    clock = run("dpa2018-s164A", "2027-02-27", ("outcome_sent", sent))
    wanted = {"ack_due": "2027-03-30", "outcome_aim": "2027-04-28"} | (
        {"ack_satisfied_by": "outcome_sent"} if satisfied else {}
    )
    assert clock.answers == wanted
    assert (clock.status, clock.dates[0].status) == ("stopped", word)


def test_an_acknowledgement_meets_the_date_without_replacing_it() -> None:
    clock = run("dpa2018-s164A", "2027-02-27", ("acknowledged", "2027-03-01"))
    assert clock.answers["ack_due"] == "2027-03-30"
    assert statuses(clock) == {"ack_due": "met", "outcome_aim": "running", "progress_due": "running"}


@pytest.mark.parametrize("received", ["2026-06-18", "2026-06-18T22:59:00Z"])
def test_a_complaint_before_the_law_began_has_no_date(received: str) -> None:
    """SI 2026/82 reg 7: from 19 June 2026, London time."""
    clock = run("dpa2018-s164A", received)
    told = (
        "We got it on Thursday 18 June 2026.",
        "This rule is for what comes in from Friday 19 June 2026. It does not apply.",
    )
    assert clock.answers == {"ack_due": None, "status": "pre_commencement"}
    assert (clock.status, clock.explanation) == ("pre_commencement", told)
    (legal,) = clock.dates
    assert (legal.name, legal.date, legal.status, legal.explanation) == ("ack_due", None, "pre_commencement", told)
    assert legal.counted_from == on("2026-06-18")


@pytest.mark.parametrize("received", ["2026-06-19", "2026-06-18T23:00:00Z"])
def test_a_complaint_on_the_first_day_of_the_law_has_one(received: str) -> None:
    """Thirty days end on Sunday 19 July 2026."""
    assert run("dpa2018-s164A", received).answers["ack_due"] == "2026-07-20"


def test_a_rule_that_is_not_tested_counts_before_it_began_too() -> None:
    """law.md 2.6: the illustration has no test of its start; 2.5: same arithmetic for every receipt date."""
    assert run("dpa2018-s164A-illustration", "2018-05-24").answers == {"ack_due": "2018-06-25"}
    assert run("lgsco-stage1", "2023-05-02").answers["ack_due"] == "2023-05-10"


def test_a_rule_that_has_ended_gives_no_date() -> None:
    clock = run("asked", "2028-07-01", rules=SMALL_RULES)
    told = ("It came on Saturday 1 July 2028.", "This rule ended on Friday 30 June 2028. It does not apply.")
    assert clock.answers == {"due": None, "status": "no_longer_in_force"}
    assert (clock.status, clock.explanation) == ("no_longer_in_force", told)
    assert run("asked", "2028-06-30", rules=SMALL_RULES).status == "running"


def test_a_rule_without_an_end_goes_on_to_the_last_day_of_all() -> None:
    assert run("retention", "9999-12-31", years=0).answers == {"dispose_from": "9999-12-31"}


@pytest.mark.promise("feature:working-day-clocks")
def test_an_acknowledged_complaint_counts_from_the_real_day() -> None:
    """law.md 2.6, illustration; Ombudsman's code 6.2 to 6.5."""
    clock = run("lgsco-stage1", "2027-04-22", ("acknowledged", "2027-04-26"))
    assert clock.answers == {
        "ack_due": "2027-04-29",
        "due": "2027-05-11",
        "due_max_extension": "2027-05-25",
        "internal_target_ack": "2027-04-26",
    }
    assert statuses(clock) == {
        "ack_due": "met",
        "due": "running",
        "due_max_extension": "running",
        "internal_target_ack": "met",
    }
    assert {legal.name for legal in clock.dates if legal.limit} == {"due_max_extension", "internal_target_ack"}
    assert clock.status == "running"
    assert clock.explanation == (
        "We got it on Thursday 22 April 2027.",
        "We told you that we have it on Monday 26 April 2027.",
        COUNT,
        "We skip 3 May (Early May bank holiday).",
        "Day 10 is Tuesday 11 May 2027.",
    )
    due = clock.date("due")
    assert due is not None
    assert due.counted_from == on("2027-04-26")


def test_only_the_first_acknowledgement_counts() -> None:
    events = (("acknowledged", "2027-04-28"), ("acknowledged", "2027-04-26"))
    assert run("lgsco-stage1", "2027-04-22", *events).answers["due"] == "2027-05-11"


@pytest.mark.promise("fault:weekend-start-moved-to-monday-before-counting-gi")
def test_an_acknowledgement_at_a_weekend_counts_from_that_day() -> None:
    """law.md 2.3: Saturday, so Monday is the first day."""
    answers = run("lgsco-stage2", "2027-06-01", ("acknowledged", "2027-06-05")).answers
    assert (answers["due"], answers["due_max_extension"]) == ("2027-07-02", "2027-07-30")


def test_a_complaint_that_nobody_acknowledged_counts_on_from_the_last_day_to_do_so() -> None:
    """Product convention, law.md 2.6."""
    clock = run("lgsco-stage1", "2027-04-22")
    assert clock.answers == {
        "ack_due": "2027-04-29",
        "due_cap_if_unacknowledged": "2027-05-14",
        "internal_target_ack": "2027-04-26",
    }
    cap = clock.date("due_cap_if_unacknowledged")
    assert cap is not None
    assert cap.counted_from == on("2027-04-29")
    assert cap.explanation == (
        "We got it on Thursday 22 April 2027.",
        COUNT,
        "Day 5 is Thursday 29 April 2027.",
        "That is our last day to tell you who looks into it. Then we count on to the answer.",
        COUNT,
        "We skip 3 May (Early May bank holiday).",
        "Day 10 is Friday 14 May 2027.",
    )
    assert clock.explanation == cap.explanation


def test_our_own_aim_tells_of_closed_offices() -> None:
    closures = [{"from": "2027-04-23", "until": "2027-04-23"}]
    clock = run("lgsco-stage1", "2027-04-22", rules=load(DEADLINES, HOLIDAYS, closures))
    aim = clock.date("internal_target_ack")
    assert aim is not None
    assert aim.explanation == (
        "We got it on Thursday 22 April 2027.",
        COUNT,
        "We also skip days when our offices are shut.",
        "We skip 23 April (we are shut).",
        "Day 2 is Tuesday 27 April 2027.",
    )
    assert clock.answers["ack_due"] == "2027-04-29"


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (None, ("running", "running", "running")),
        ("2027-04-29", ("running", "running", "missed")),
        ("2027-04-30", ("missed", "running", "missed")),
        ("2027-05-15", ("missed", "missed", "missed")),
    ],
)
def test_a_date_is_missed_the_day_after_it(today: str | None, words: tuple[str, ...]) -> None:
    clock = run("lgsco-stage1", "2027-04-22", today=today)
    assert tuple(statuses(clock).values()) == words
    assert clock.status == "running"


def test_six_months_begin_on_the_day_of_receipt() -> None:
    """SI 2009/309 reg 14: "commencing on" counts that day, so 1 September 2027 gives 29 February 2028."""
    clock = run("asc-2009", "2027-09-01")
    assert clock.answers == {"ack_due": "2027-09-06", "six_month_limit": "2028-02-29"}
    limit = clock.date("six_month_limit")
    assert limit is not None
    assert limit.explanation == (
        "We got it on Wednesday 1 September 2027.",
        "That day counts too, so we start from Tuesday 31 August 2027.",
        "We add six months.",
        "There is no 31 February, so the month ends on Tuesday 29 February 2028.",
    )
    assert limit.counted_from == on("2027-09-01")


def test_a_year_to_complain_does_not_roll_and_is_no_promise() -> None:
    """SI 2006/1738 reg 9: 12 June 2027 is a Saturday."""
    clock = run("ca1989-timelimit", "2026-06-12")
    assert clock.answers == {"last_in_time": "2027-06-12"}
    assert clock.dates[0].limit
    assert clock.dates[0].calendar == ""
    assert clock.status == "stopped"
    assert clock.explanation == ()
    assert clock.dates[0].explanation == (
        "It happened on Friday 12 June 2026.",
        "We add one year.",
        "That takes us on to Saturday 12 June 2027.",
    )


def test_an_answer_to_a_question_begins_the_count_again() -> None:
    """FOIA s.10(6), s.1(3): the last answer; 12 July 2027 is a holiday in Northern Ireland."""
    clock = run(
        "foia",
        "2027-06-01",
        ("clarification_requested", "2027-06-03"),
        ("clarification_received", "2027-07-01"),
        ("clarification_received", "2027-06-10"),
    )
    assert clock.answers == {"due": "2027-07-30"}
    assert clock.explanation == (
        "You told us more on Thursday 1 July 2027, so we count from that day.",
        COUNT,
        "We skip 12 July (12 July bank holiday in Northern Ireland).",
        "Day 20 is Friday 30 July 2027.",
    )
    assert clock.dates[0].calendar == "any part of the UK (2026-11-01)"
    assert clock.status == "running"
    assert clock.dates[0].counted_from == on("2027-07-01")


@pytest.mark.parametrize("answered", [(), (("clarification_received", "2027-06-01"),)])
def test_an_open_question_keeps_the_date_and_says_so(answered: tuple[Event, ...]) -> None:
    """law.md 2.8."""
    clock = run("eir", "2027-06-01", *answered, ("clarification_requested", "2027-06-10"))
    assert clock.answers == {
        "status": "awaiting_clarification",
        "due": "2027-06-29",
        "due_max_extension": "2027-07-28",
    }
    assert clock.status == "awaiting_clarification"
    asked = (
        "We asked you on Thursday 10 June 2027 what you meant. If you tell us more, we count again from the day you do."
    )
    assert clock.explanation[1] == asked
    assert clock.explanation[-1] == "Day 20 is Tuesday 29 June 2027."


@pytest.mark.parametrize(
    ("asked", "answered", "waits"),
    [
        (["2027-06-10"], ["2027-06-10"], False),
        (["2027-06-10"], ["2027-06-11"], False),
        (["2027-06-02", "2027-06-12"], ["2027-06-11"], True),
        (["2027-06-12"], ["2027-06-03", "2027-06-11"], True),
        ([], ["2027-06-11"], False),
        (["2027-06-03", "2027-06-04"], ["2027-06-11"], False),
    ],
)
def test_a_question_waits_until_an_answer_on_the_same_day_or_later(
    asked: list[str], answered: list[str], waits: bool
) -> None:
    events = [("clarification_requested", day) for day in asked] + [("clarification_received", day) for day in answered]
    clock = run("foia", "2027-06-01", *events)
    assert (clock.status == "awaiting_clarification") is waits
    assert ("status" in clock.answers) is waits


def test_an_answered_request_is_no_longer_awaited() -> None:
    clock = run("foia", "2027-06-01", ("clarification_requested", "2027-06-10"), ("outcome_sent", "2027-06-11"))
    assert clock.status == "stopped"


def test_a_date_of_its_own_source_names_it_and_the_others_that_of_the_regime() -> None:
    clock = run("counted", "2027-03-01", ("seen", "2027-03-02"), rules=SMALL_RULES)
    assert [(legal.name, legal.source, legal.label) for legal in clock.dates] == [
        ("first", "Act 1 s.2", "Say hello"),
        ("second", "Act 1", ""),
    ]
    assert clock.answers == {"first": "2027-03-31", "second": "2027-04-02"}


@pytest.mark.parametrize(
    ("events", "names"),
    [
        ([], ["first"]),
        ([("seen", "2027-03-02")], ["first", "second"]),
        ([("sent", "2027-03-02")], ["first"]),
        ([("seen", "2027-03-02"), ("sent", "2027-03-02")], ["first"]),
    ],
)
def test_a_date_is_there_when_and_unless_something_happened(events: list[Event], names: list[str]) -> None:
    assert [legal.name for legal in run("counted", "2027-03-01", *events, rules=SMALL_RULES).dates] == names


def test_a_date_left_out_does_not_hide_the_next() -> None:
    """`second` needs `seen`; a third date after it is still counted."""
    row = {"name": "third", "from": "received", "add": {"days": 1}, "limit": True}
    dates = [*SMALL["regimes"]["counted"]["dates"], row]
    rules = load(changed(SMALL, "/regimes/counted/dates", dates), SMALL_HOLIDAYS)
    clock = run("counted", "2027-03-01", rules=rules)
    assert [legal.name for legal in clock.dates] == ["first", "third"]
    assert clock.explanation == clock.dates[0].explanation


def test_the_order_in_which_things_are_told_changes_nothing() -> None:
    events = happened(("seen", "2027-03-09"), ("seen", "2027-03-02"), ("sent", "2027-03-05"))
    one = compute(SMALL_RULES, "counted", on("2027-03-01"), events)
    other = compute(SMALL_RULES, "counted", on("2027-03-01"), events[::-1])
    assert one == other
    assert one.regime == "counted"


@pytest.mark.parametrize(
    ("regime", "received", "events", "rule", "message"),
    [
        ("moon", "2027-03-01", [], "regime", "There is no such set of rules."),
        ("foia", "2027-03-01", [("sneezed", "2027-03-02")], "event", "These rules know no such event."),
        (
            "foia",
            "2027-03-02",
            [("outcome_sent", "2027-03-01")],
            "order",
            "Something is said to have happened before the receipt.",
        ),
        (
            "foia",
            "2027-03-01T12:00:00",
            [],
            "zone",
            "Give the time zone of the instant, for example Z at its end.",
        ),
        (
            "foia",
            "2028-12-20",
            [],
            "calendar",
            "The bank holidays of any part of the UK are not known that far: load newer ones.",
        ),
        ("dpa2018-s164A", "9999-12-15", [], "calendar", "The date is too far away to count."),
        ("breach-art33", "9999-12-30T12:00:00Z", [], "calendar", "The date is too far away to count."),
        ("ca1989-timelimit", "9999-12-15", [], "calendar", "The date is too far away to count."),
    ],
)
def test_what_no_rule_allows_is_refused(
    regime: str, received: str, events: list[Event], rule: str, message: str
) -> None:
    refused(rule, message, lambda: run(regime, received, *events))


def test_something_on_the_day_of_receipt_is_in_order() -> None:
    assert run("foia", "2027-03-02", ("outcome_sent", "2027-03-02")).status == "stopped"


def test_a_context_and_happenings_may_be_left_out() -> None:
    assert compute(RULES, "foia", moment("2027-07-01")).answers == {"due": "2027-07-30"}
    late = compute(RULES, "foia", moment("2027-07-01"), [Happening("outcome_sent", on("2027-07-31"))])
    assert late.dates[0].status == "met_late"


def test_six_months_that_end_at_a_weekend_stay_there() -> None:
    """SI 2009/309 reg 14: a limit of months is not rolled; 28 August 2027 is a Saturday."""
    limit = run("asc-2009", "2027-03-01").date("six_month_limit")
    assert limit is not None
    assert limit.date == on("2027-08-28")
