"""The month of a rights request: late starts, pauses, extensions (UK GDPR Art 12A, law.md 2.5)."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.clock import Clock, Happening, load, unasked

from ...support.clock import GONE, RULES, SMALL, SMALL_HOLIDAYS, Event, changed, on, refused, run

SMALL_RULES = load(SMALL, SMALL_HOLIDAYS)
ASKED, ANSWERED, NOTICE = "clarification_requested", "clarification_received", "extension_notice"
ONE_DAY = ((ASKED, "2027-06-10"), (ANSWERED, "2027-06-11"))
WAIT = "We asked you a question on Friday 4 June 2027. The clock stands still till we hear from you."


def rights(received: str, *events: Event, right: str = "access", today: str | None = None) -> Clock:
    return run("ukgdpr-rights", received, *events, today=today, right=right)


def some(clock: Clock, *names: str) -> tuple[Any, ...]:
    return tuple(clock.answers[name] for name in names)


@pytest.mark.promise(
    "feature:calendar-month-rolled-off-non-working-days", "fault:days-added-to-an-already-rolled-date-then-rolled"
)
def test_one_month_with_all_that_is_told() -> None:
    """Art 12A(1); a Sunday moves to Monday (Reg 1182/71 Art 3(4))."""
    clock = rights("2027-01-31")
    assert clock.answers == {
        "internal_target_28d": "2027-02-28",
        "clock_start": "2027-01-31",
        "paused_days": 0,
        "due": "2027-03-01",
        "due_statutory_outer": "2027-03-01",
        "notify_extension_by": "2027-03-01",
    }
    assert clock.status == "running"
    assert clock.explanation == (
        "We got your request on Sunday 31 January 2027.",
        "We add one month.",
        "There is no 31 February, so the month ends on Sunday 28 February 2027.",
        "That is a Sunday, so the last day is Monday 1 March 2027.",
    )
    assert [(legal.name, legal.limit, legal.status) for legal in clock.dates] == [
        ("due", False, "running"),
        ("due_statutory_outer", True, "running"),
        ("notify_extension_by", True, "running"),
        ("internal_target_28d", True, "running"),
    ]
    due, outer, notify, target = clock.dates
    assert due.explanation == clock.explanation
    assert outer.explanation == ("The law lets us go on to Monday 1 March 2027.",)
    assert notify.explanation == ("If we need more time, we must tell you why by Monday 1 March 2027.",)
    assert target.explanation == ("We aim to do it in 28 days. That is Sunday 28 February 2027.",)
    assert {legal.counted_from for legal in clock.dates} == {on("2027-01-31")}
    assert [legal.label for legal in clock.dates] == [
        "Answer you",
        "Answer you, by the words of the law",
        "Tell you that we need more time",
        "Our own aim",
    ]
    assert all(legal.since is None and legal.at is None for legal in clock.dates)


GATES = [
    ("id_requested", "id_received", "awaiting_identity", "We need to know who you are before the time starts."),
    (
        "authority_requested",
        "authority_received",
        "awaiting_authority",
        "We need to know that you may act for this person before the time starts.",
    ),
    ("fee_requested", "fee_paid", "awaiting_fee", "The time starts when we have the fee."),
]


@pytest.mark.parametrize(("asked", "given", "status", "sentence"), GATES)
@pytest.mark.parametrize("right", ["access", "erasure"])
def test_the_time_does_not_start_without_what_was_asked_for(
    asked: str, given: str, status: str, sentence: str, right: str
) -> None:
    """Art 12A(2): identity, authority, fee."""
    clock = rights("2027-06-01", (asked, "2027-06-05"), (asked, "2027-06-03"), right=right)
    assert clock.answers == {"internal_target_28d": "2027-06-29", "clock_start": None, "due": None, "status": status}
    assert clock.status == "not_started"
    told = ("We got your request on Tuesday 1 June 2027.", sentence)
    assert clock.explanation == told
    (due,) = clock.dates
    assert (due.name, due.date, due.status, due.explanation) == ("due", None, status, told)
    assert (due.since, due.counted_from) == (on("2027-06-03"), on("2027-06-01"))


@pytest.mark.parametrize(("asked", "given", "status", "sentence"), GATES)
def test_the_time_starts_when_it_came(asked: str, given: str, status: str, sentence: str) -> None:
    clock = rights("2027-06-01", (asked, "2027-06-03"), (given, "2027-06-10"))
    assert some(clock, "clock_start", "due", "internal_target_28d") == ("2027-06-10", "2027-07-12", "2027-06-29")
    assert clock.explanation == (
        "We got your request on Tuesday 1 June 2027.",
        "We asked you for more. We had it on Thursday 10 June 2027, so we count from that day.",
        "We add one month.",
        "That takes us on to Saturday 10 July 2027.",
        "That is a Saturday, so the last day is Monday 12 July 2027.",
    )
    due = clock.date("due")
    assert due is not None
    assert due.counted_from == on("2027-06-10")


@pytest.mark.parametrize(("asked", "given", "status", "sentence"), GATES)
def test_what_was_never_asked_for_moves_nothing(asked: str, given: str, status: str, sentence: str) -> None:
    assert some(rights("2027-06-01", (given, "2027-06-10")), "clock_start") == ("2027-06-01",)


@pytest.mark.parametrize(
    ("events", "start"),
    [
        ([("id_requested", "2027-06-02"), ("id_received", "2027-06-07"), ("id_received", "2027-06-04")], "2027-06-04"),
        ([("fee_requested", "2027-06-02"), ("fee_paid", "2027-06-07"), ("fee_paid", "2027-06-04")], "2027-06-07"),
        (
            [
                ("id_requested", "2027-06-02"),
                ("id_received", "2027-06-03", {"sufficient": False}),
                ("id_received", "2027-06-08", {"sufficient": True}),
                ("id_received", "2027-06-09"),
            ],
            "2027-06-08",
        ),
        (
            [
                ("authority_requested", "2027-06-02"),
                ("authority_received", "2027-06-03", {"sufficient": False}),
                ("authority_received", "2027-06-09"),
            ],
            "2027-06-09",
        ),
        (
            [
                ("fee_requested", "2027-06-02"),
                ("fee_paid", "2027-06-03"),
                ("id_requested", "2027-06-02"),
                ("id_received", "2027-06-04"),
                ("authority_requested", "2027-06-02"),
                ("authority_received", "2027-06-11"),
            ],
            "2027-06-11",
        ),
    ],
)
def test_the_earliest_proof_the_latest_fee_and_the_latest_of_all_count(events: list[Event], start: str) -> None:
    assert some(rights("2027-06-01", *events), "clock_start") == (start,)


def test_the_first_missing_thing_is_told() -> None:
    events = [("fee_requested", "2027-06-02"), ("authority_requested", "2027-06-04"), ("id_requested", "2027-06-03")]
    assert some(rights("2027-06-01", *events), "status") == ("awaiting_identity",)
    events += [("id_received", "2027-06-05"), ("authority_received", "2027-06-05", {"sufficient": False})]
    clock = rights("2027-06-01", *events)
    assert some(clock, "status") == ("awaiting_authority",)
    assert clock.dates[0].since == on("2027-06-04")


def test_days_between_question_and_answer_do_not_count() -> None:
    """Art 12A(5), law.md 2.5 illustration."""
    clock = rights("2027-06-01", (ASKED, "2027-06-08"), (ANSWERED, "2027-06-15"))
    assert some(clock, "due", "due_statutory_outer", "paused_days") == ("2027-07-08", "2027-07-09", 7)
    assert some(clock, "notify_extension_by", "clock_start") == ("2027-07-08", "2027-06-01")
    assert clock.explanation == (
        "We got your request on Tuesday 1 June 2027.",
        "We add one month.",
        "That takes us on to Thursday 1 July 2027.",
        "We had to ask you what you meant. We leave out seven days for that.",
        "That takes us to Thursday 8 July 2027.",
    )


def test_a_single_day_is_told_in_words_that_fit() -> None:
    clock = rights("2027-06-01", (ASKED, "2027-06-08"), (ANSWERED, "2027-06-09"))
    assert any("We leave out one day for that." in sentence for sentence in clock.explanation)


PAUSES = [
    ("the same day", "2027-06-01", [("q", "06-08"), ("a", "06-08")], "2027-07-01", "2027-07-02", 0),
    ("asked on the first day", "2027-06-01", [("q", "06-01"), ("a", "06-03")], "2027-07-05", "2027-07-05", 2),
    ("asked the day after", "2027-06-01", [("q", "06-02"), ("a", "06-03")], "2027-07-02", "2027-07-05", 1),
    ("answered on the first day", "2027-06-01", [("q", "06-01"), ("a", "06-01")], "2027-07-01", "2027-07-01", 0),
    ("a second question while one is open", "2027-06-01", [("q", "06-08"), ("q", "06-09"), ("a", "06-15")],
     "2027-07-08", "2027-07-09", 7),
    ("two pauses", "2027-06-01", [("q", "06-08"), ("a", "06-10"), ("q", "06-14"), ("a", "06-15")],
     "2027-07-05", "2027-07-06", 3),
    ("asked again on the day of the answer", "2027-06-01",
     [("q", "06-07"), ("a", "06-08"), ("q", "06-08"), ("a", "06-09")], "2027-07-05", "2027-07-05", 2),
    ("an answer to nothing", "2027-06-01", [("a", "06-08")], "2027-07-01", "2027-07-01", 0),
    ("an answer twice", "2027-06-01", [("q", "06-08"), ("a", "06-09"), ("a", "06-15")], "2027-07-02", "2027-07-05", 1),
    ("asked on the last day", "2027-06-01", [("q", "07-01"), ("a", "07-06")], "2027-07-06", "2027-07-07", 5),
    ("asked after the end", "2027-06-01", [("q", "07-02"), ("a", "07-06")], "2027-07-01", "2027-07-01", 0),
    ("asked in the days before the roll", "2027-11-05", [("q", "12-06"), ("a", "12-08")],
     "2027-12-08", "2027-12-09", 2),
    ("asked on the Sunday itself", "2027-11-05", [("q", "12-05"), ("a", "12-08")], "2027-12-08", "2027-12-09", 3),
    ("asked after the roll", "2027-11-05", [("q", "12-07"), ("a", "12-08")], "2027-12-06", "2027-12-06", 0),
    ("one too late, and its answer", "2027-06-01", [("q", "06-08"), ("a", "06-09"), ("q", "07-20"), ("a", "07-25")],
     "2027-07-02", "2027-07-05", 1),
]  # fmt: skip


@pytest.mark.promise("fault:only-one-reading-of-a-pause-computed-reply-day-l")
@pytest.mark.parametrize(
    ("received", "steps", "due", "outer", "days"), [row[1:] for row in PAUSES], ids=[row[0] for row in PAUSES]
)
def test_pauses(received: str, steps: list[tuple[str, str]], due: str, outer: str, days: int) -> None:
    """law.md 2.5 step 4 and 2.8: the union of the days, once."""
    kinds = {"q": ASKED, "a": ANSWERED}
    clock = rights(received, *((kinds[kind], f"{received[:4]}-{day}") for kind, day in steps))
    assert some(clock, "due", "due_statutory_outer", "paused_days") == (due, outer, days)


def test_a_pause_that_overlaps_a_late_start_begins_there() -> None:
    """law.md 2.5 illustration: no plus, for the start day is never counted."""
    late = (("id_requested", "2027-06-03"), ("id_received", "2027-06-10"))
    clock = rights("2027-06-02", *late, (ASKED, "2027-06-04"), (ANSWERED, "2027-06-15"))
    assert some(clock, "due", "due_statutory_outer", "paused_days") == ("2027-07-15", "2027-07-15", 5)
    gone = rights("2027-06-02", *late, (ASKED, "2027-06-04"), (ANSWERED, "2027-06-10"))
    assert some(gone, "due", "due_statutory_outer", "paused_days") == ("2027-07-12", "2027-07-12", 0)
    later = rights("2027-06-02", *late, (ASKED, "2027-06-04"), (ANSWERED, "2027-06-09"), (ASKED, "2027-06-11"),
                   (ANSWERED, "2027-06-14"))  # fmt: skip
    assert some(later, "due", "due_statutory_outer", "paused_days") == ("2027-07-13", "2027-07-14", 3)


@pytest.mark.promise("feature:pause-and-restart")
def test_only_access_stands_still_for_a_question() -> None:
    """Art 12A(5): access only."""
    for right in ("erasure", "rectification", None):
        clock = run("ukgdpr-rights", "2027-06-01", (ASKED, "2027-06-08"), (ANSWERED, "2027-06-15"), right=right)
        assert some(clock, "due", "paused_days") == ("2027-07-01", 0)
    assert some(run("ukgdpr-rights", "2027-06-01", (ASKED, "2027-06-08")), "due") == ("2027-07-01",)


@pytest.mark.parametrize(
    ("events", "due"),
    [
        ([(ASKED, "2027-06-08", {"scope": False}), (ANSWERED, "2027-06-15")], "2027-07-01"),
        ([(ASKED, "2027-06-08", {"scope": False})], "2027-07-01"),
        ([(ASKED, "2027-06-08", {"scope": True}), (ANSWERED, "2027-06-15")], "2027-07-08"),
        (
            [(ASKED, "2027-06-08", {"scope": False}), (ANSWERED, "2027-06-09"), *ONE_DAY],
            "2027-07-02",
        ),
        (
            [(ASKED, "2027-06-08"), (ASKED, "2027-06-09", {"scope": False}), (ANSWERED, "2027-06-10")],
            "2027-07-05",
        ),
        (
            [(ASKED, "2027-06-08", {"scope": False}), (ASKED, "2027-06-09"), (ANSWERED, "2027-06-10")],
            "2027-07-02",
        ),
    ],
)  # fmt: skip
def test_only_a_question_about_scope_stops_the_time(events: list[Event], due: str) -> None:
    assert some(rights("2027-06-01", *events), "due") == (due,)


@pytest.mark.promise("fault:pause-writes-9999-12-31-and-the-restart-never-re")
def test_an_open_question_stops_the_time() -> None:
    """law.md 2.5 step 6."""
    clock = rights("2027-06-01", (ASKED, "2027-06-04"))
    assert clock.answers == {
        "internal_target_28d": "2027-06-29",
        "clock_start": "2027-06-01",
        "paused_days": 0,
        "due": None,
        "due_statutory_outer": None,
        "status": "paused_clarification",
    }
    told = ("We got your request on Tuesday 1 June 2027.", WAIT)
    assert (clock.status, clock.explanation) == ("paused", told)
    (due,) = clock.dates
    assert (due.name, due.date, due.status, due.explanation) == ("due", None, "paused_clarification", told)
    assert (due.since, due.counted_from) == (on("2027-06-04"), on("2027-06-01"))


def test_days_gone_before_the_open_question_are_counted() -> None:
    clock = rights("2027-06-01", (ASKED, "2027-06-02"), (ANSWERED, "2027-06-03"), (ASKED, "2027-06-04"))
    assert some(clock, "paused_days", "status") == (1, "paused_clarification")


@pytest.mark.parametrize(("asked", "stops"), [("2027-12-06", True), ("2027-12-07", False)])
def test_a_question_after_the_last_day_stops_nothing(asked: str, stops: bool) -> None:
    """The end is Sunday 5 December 2027, so the last day is the Monday."""
    assert (rights("2027-11-05", (ASKED, asked)).answers["due"] is None) is stops


@pytest.mark.promise("feature:projected-date-while-paused", "fault:pause-hides-the-deadline")
@pytest.mark.parametrize(
    ("events", "today", "sentence"),
    [
        ([(ASKED, "2027-06-04")], "2027-06-10", "Wednesday 7 July 2027"),
        ([(ASKED, "2027-06-04")], "2027-06-04", "Thursday 1 July 2027"),
        ([("id_requested", "2027-06-04")], "2027-06-10", "Monday 12 July 2027"),
        ([("id_requested", "2027-06-04")], "2027-06-04", "Monday 5 July 2027"),
        ([("id_requested", "2027-06-04"), ("fee_requested", "2027-06-05")], "2027-06-10", "Monday 12 July 2027"),
        ([("id_requested", "2027-06-04"), (ASKED, "2027-06-08")], "2027-06-10", "Monday 12 July 2027"),
        (
            [("id_requested", "2027-06-02"), ("id_received", "2027-06-03"), (ASKED, "2027-06-04")],
            "2027-06-10",
            "Friday 9 July 2027",
        ),
    ],
)
def test_a_clock_that_stands_tells_what_an_answer_today_would_give(
    events: list[Event], today: str, sentence: str
) -> None:
    clock = rights("2027-06-01", *events, today=today)
    assert clock.explanation[-1] == f"If it came today, we would answer by {sentence}."
    assert clock.dates[0].explanation == clock.explanation
    assert clock.dates[0].date is None


@pytest.mark.parametrize("event", [ASKED, "id_requested"])
@pytest.mark.parametrize("today", [None, "2027-06-03"])
def test_without_a_day_or_before_the_question_nothing_is_foretold(event: str, today: str | None) -> None:
    clock = rights("2027-06-01", (event, "2027-06-04"), today=today)
    assert len(clock.explanation) == 2
    assert rights("2027-06-01", (event, "2027-06-04"), today="2027-06-04").explanation[:2] == clock.explanation


def test_beyond_the_known_holidays_nothing_is_foretold() -> None:
    assert len(rights("2028-11-01", (ASKED, "2028-11-10"), today="2029-03-01").explanation) == 2


@pytest.mark.promise("fault:two-month-extension-counted-from-the-current-rol")
@pytest.mark.parametrize(
    ("received", "notice", "valid", "due", "notify"),
    [
        ("2027-10-31", "2027-11-10", True, "2028-01-31", "2027-11-30"),
        ("2027-10-31", "2027-11-30", True, "2028-01-31", "2027-11-30"),
        ("2027-10-31", "2027-12-01", False, "2027-11-30", "2027-11-30"),
        ("2027-11-05", "2027-12-06", True, "2028-02-07", "2027-12-06"),
        ("2027-11-05", "2027-12-07", False, "2027-12-06", "2027-12-06"),
    ],
)
@pytest.mark.parametrize("right", ["access", "erasure"])
def test_a_notice_in_time_gives_three_months_from_the_same_start(
    received: str, notice: str, valid: bool, due: str, notify: str, right: str
) -> None:
    """Art 12A(3), (4): in time up to the rolled last day; a late one changes nothing."""
    clock = rights(received, (NOTICE, notice, {"months": 2}), right=right)
    assert some(clock, "extension_valid", "due", "notify_extension_by") == (valid, due, notify)
    told = clock.date("notify_extension_by")
    assert told is not None
    assert told.status == ("met" if valid else "running")
    assert ("We told you that we need two more months. They count from the same day." in clock.explanation) is valid


def test_an_extension_explains_itself() -> None:
    clock = rights("2027-10-31", (NOTICE, "2027-11-10"))
    assert clock.explanation == (
        "We got your request on Sunday 31 October 2027.",
        "We told you that we need two more months. They count from the same day.",
        "We add three months.",
        "That takes us on to Monday 31 January 2028.",
    )


def test_only_the_first_notice_counts() -> None:
    assert some(rights("2027-10-31", (NOTICE, "2027-12-10"), (NOTICE, "2027-11-10")), "extension_valid") == (True,)
    assert some(rights("2027-10-31", (NOTICE, "2027-12-01"), (NOTICE, "2027-12-10")), "extension_valid") == (False,)


def test_without_a_notice_nothing_is_said_of_its_validity() -> None:
    assert "extension_valid" not in rights("2027-10-31").answers


def test_a_notice_may_come_before_the_start() -> None:
    events = (("id_requested", "2027-06-02"), (NOTICE, "2027-06-03"), ("id_received", "2027-06-10"))
    assert some(rights("2027-06-01", *events), "extension_valid", "due") == (True, "2027-09-10")


def test_a_pause_moves_the_last_day_of_the_notice_too() -> None:
    """Art 12A(5): nor toward the notice period."""
    pause = ((ASKED, "2027-06-08"), (ANSWERED, "2027-06-15"))
    assert some(rights("2027-06-01", *pause, (NOTICE, "2027-07-08")), "extension_valid", "due") == (True, "2027-09-08")
    assert some(rights("2027-06-01", *pause, (NOTICE, "2027-07-09")), "extension_valid", "due") == (False, "2027-07-08")


def test_a_pause_in_the_extended_time_moves_the_date_but_not_the_last_day_of_the_notice() -> None:
    events = ((NOTICE, "2027-06-08"), (ASKED, "2027-08-02"), (ANSWERED, "2027-08-06"))
    clock = rights("2027-06-01", *events)
    assert some(clock, "due", "due_statutory_outer") == ("2027-09-06", "2027-09-06")
    assert some(clock, "notify_extension_by", "paused_days") == ("2027-07-01", 4)


def test_a_notice_while_a_question_is_open_is_in_time() -> None:
    clock = rights("2027-06-01", (ASKED, "2027-06-08"), (NOTICE, "2027-07-20"))
    assert some(clock, "extension_valid", "status") == (True, "paused_clarification")


def test_an_open_question_in_the_extended_time_stops_it() -> None:
    """law.md 2.8: paused if asked by the extended limit."""
    extended = (NOTICE, "2027-06-08")
    assert rights("2027-06-01", extended, (ASKED, "2027-09-01")).status == "paused"
    assert rights("2027-06-01", extended, (ASKED, "2027-09-02")).status == "running"


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"months": 1}, "An extension is two months, no other."),
        ({"months": 3}, "An extension is two months, no other."),
        ({"months": True}, "An extension is two months, no other."),
        ({"months": None}, "An extension is two months, no other."),
        ({"months": 2, "reasons": ""}, "An extension needs its reasons."),
        ({"reasons": None}, "An extension needs its reasons."),
        ({"reasons": False}, "An extension needs its reasons."),
    ],
)
def test_an_extension_is_two_months_with_reasons(details: dict[str, Any], message: str) -> None:
    """Art 12A(3), (4)."""
    refused("extension", message, lambda: rights("2027-06-01", (NOTICE, "2027-06-08", details)))


@pytest.mark.parametrize("details", [{}, {"months": 2}, {"reasons": "There are many."}, {"reasons": True}])
def test_an_extension_with_its_reasons_is_taken(details: dict[str, Any]) -> None:
    assert some(rights("2027-06-01", (NOTICE, "2027-06-08", details)), "due") == ("2027-09-01",)


def test_a_single_month_more_is_no_boolean() -> None:
    rules = load(changed(SMALL, "/regimes/asked/extension/add", {"months": 1}), SMALL_HOLIDAYS)
    message = "An extension is one month, no other."
    refused(
        "extension",
        message,
        lambda: run("asked", "2027-06-01", ("notice", "2027-06-02", {"months": True}), rules=rules),
    )


def test_the_details_of_other_events_are_not_those_of_a_notice() -> None:
    assert rights("2027-06-01", (ASKED, "2027-06-02", {"months": 5}), (ANSWERED, "2027-06-02")).status == "running"


def test_nothing_happens_before_the_receipt() -> None:
    message = "Something is said to have happened before the receipt."
    refused("order", message, lambda: rights("2027-06-02", ("id_received", "2027-06-01")))
    assert rights("2027-06-02", ("id_received", "2027-06-02")).status == "running"


@pytest.mark.parametrize(
    ("sent", "today", "words"),
    [
        (None, None, ("running", "running", "running", "running")),
        (None, "2027-07-08", ("running", "running", "running", "missed")),
        (None, "2027-07-09", ("missed", "running", "missed", "missed")),
        (None, "2027-07-10", ("missed", "missed", "missed", "missed")),
        ("2027-06-29", None, ("met", "met", "met", "met")),
        ("2027-07-08", None, ("met", "met", "met", "met_late")),
        ("2027-07-09", None, ("met_late", "met", "met_late", "met_late")),
    ],
)
def test_each_date_says_whether_it_is_met(sent: str | None, today: str | None, words: tuple[str, ...]) -> None:
    events: list[Event] = [(ASKED, "2027-06-08"), (ANSWERED, "2027-06-15")]
    clock = rights("2027-06-01", *events, *([("outcome_sent", sent)] if sent else []), today=today)
    assert tuple(legal.status for legal in clock.dates) == words
    assert clock.status == ("stopped" if sent else "running")


@pytest.mark.promise("fault:flat-45-days-utc-days-us-time-zone-defaults")
def test_a_receipt_at_night_in_summer_is_of_the_next_day() -> None:
    assert some(rights("2027-06-01T23:30:00Z"), "clock_start", "due") == ("2027-06-02", "2027-07-02")


def test_a_period_with_fewer_parts_tells_fewer_dates() -> None:
    """No target, extension, gates, pause and no dates but `due`."""
    bare = changed(SMALL, "/regimes/asked/dates", [{"name": "due"}])
    for part in ("target", "extension", "gates", "pause", "waiting_ladder", "met_by", "calendar"):
        bare = changed(bare, f"/regimes/asked/{part}", GONE)
    clock = run("asked", "2027-02-27", ("q", "2027-03-01"), ("notice", "2027-03-01", {"months": 9}),
                rules=load(bare, SMALL_HOLIDAYS))  # fmt: skip
    assert clock.answers == {"clock_start": "2027-02-27", "paused_days": 0, "due": "2027-03-27"}
    assert [legal.name for legal in clock.dates] == ["due"]
    assert clock.explanation == (
        "It came on Saturday 27 February 2027.",
        "We add one month.",
        "That takes us on to Saturday 27 March 2027.",
    )
    assert clock.dates[0].calendar == ""


def test_a_period_of_working_days_is_counted_in_them() -> None:
    days = changed(SMALL, "/regimes/asked/period", {"working_days": 3})
    rules = load(changed(days, "/regimes/asked/extension/add", {"working_days": 4}), SMALL_HOLIDAYS)
    clock = run("asked", "2027-03-24", ("notice", "2027-03-25", {"working_days": 4}), rules=rules)
    assert some(clock, "due", "notify_extension_by") == ("2027-04-06", "2027-03-31")
    message = "An extension is four working days, no other."
    wrong = ("notice", "2027-03-25", {"working_days": 5})
    refused("extension", message, lambda: run("asked", "2027-03-24", wrong, rules=rules))


def test_a_pause_for_all_needs_no_right() -> None:
    clock = run("asked", "2027-06-01", ("q", "2027-06-08"), ("a", "2027-06-15"), rules=SMALL_RULES)
    assert some(clock, "due", "paused_days") == ("2027-07-08", 7)
    assert "due_statutory_outer" not in clock.answers


@pytest.mark.parametrize(
    ("events", "since"),
    [([("id_requested", "2027-06-03")], "2027-06-01"), ([(ASKED, "2027-06-08")], "2027-06-01")],
)
def test_an_answer_ends_the_waiting(events: list[Event], since: str) -> None:
    """Whoever was answered is chased no more, whatever was still asked for."""
    waiting = rights("2027-06-01", *events)
    assert waiting.dates[0].since is not None
    clock = rights("2027-06-01", *events, ("outcome_sent", "2027-06-20"))
    (legal,) = clock.dates
    assert (clock.regime, clock.status, clock.explanation) == ("ukgdpr-rights", "stopped", waiting.explanation)
    assert (legal.name, legal.date, legal.status, legal.since) == ("due", None, "met", None)
    assert (legal.counted_from, legal.explanation) == (on(since), waiting.explanation)
    assert clock.answers == waiting.answers


def test_a_question_in_the_extended_time_leaves_the_last_day_of_the_notice_as_it_was() -> None:
    clock = rights("2027-06-01", ("extension_notice", "2027-06-20"), (ASKED, "2027-07-20"))
    assert clock.answers["notify_extension_by"] == "2027-07-01"
    assert (clock.answers["due"], clock.answers["status"]) == (None, "paused_clarification")
    first = rights("2027-06-01", (ASKED, "2027-06-20"))
    assert "notify_extension_by" not in first.answers, "it stands still too"


@pytest.mark.parametrize(
    ("came", "asked", "for_nothing"),
    [
        ("id_received", ("id_requested",), False),
        ("id_received", ("authority_requested",), True),
        ("authority_received", ("id_requested",), True),
        ("authority_received", ("id_requested", "authority_requested"), False),
        ("fee_paid", (), True),
        (ANSWERED, (), True),
        (ANSWERED, (ASKED,), False),
        ("outcome_sent", (), False),
        (NOTICE, (), False),
    ],
)
def test_what_answers_nothing_that_was_asked_for(came: str, asked: tuple[str, ...], for_nothing: bool) -> None:
    """Art 12A(2), (5): only what was asked for is waited for."""
    regime = RULES.regimes["ukgdpr-rights"]
    assert unasked(regime, [Happening(one, on("2027-06-01")) for one in asked], came) is for_nothing
