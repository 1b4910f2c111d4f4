"""Moving a case back in time moves all of its days together, and no version of a rule."""

from __future__ import annotations

import json

from tools.travel import back, counted_again


def test_days_ends_and_places_move_and_versions_do_not() -> None:
    body = {
        "received_on": "2026-11-23",
        "at": "2026-11-23T10:00:00+00:00",
        "retention_rule": "complaint@2026-11-23",
        "rules": "2026-11-01",
        "phone": "01204 2026-11",
        "text": "We answer by Monday 14 December 2026. You wrote on 9 November 2026 and 30 February 2026.",
    }
    item = {
        "pk": {"S": "CASE#FF-AAA-AAA-AAA"},
        "sk": {"S": "SEARCH#2026-11-23#abc"},
        "agenda_sk": {"S": "2026-11-30T09:00:00.000000Z#FF-AAA-AAA-AAA"},
        "expires_at": {"N": "1795392000"},
        "body": {"S": json.dumps(body)},
    }
    moved = back(item, 30)
    found = json.loads(moved["body"]["S"])
    assert found["received_on"] == "2026-10-24"
    assert found["at"] == "2026-10-24T10:00:00+00:00"
    assert found["retention_rule"] == "complaint@2026-11-23"
    assert found["rules"] == "2026-11-01"
    assert found["phone"] == "01204 2026-11"
    assert found["text"] == (
        "We answer by Saturday 14 November 2026. You wrote on 10 October 2026 and 30 February 2026."
    )
    assert moved["agenda_sk"]["S"].startswith("2026-10-31T")
    assert int(moved["expires_at"]["N"]) == 1795392000 - 30 * 86_400
    assert (moved["pk"], moved["sk"]) == (item["pk"], item["sk"]), "keys stay: a case is moved in its place"
    assert back(moved, -30) == item


def event(number: int, type_: str) -> dict[str, dict[str, str]]:
    body = {"type": type_, "at": f"2026-11-2{number}T10:00:00+00:00", "data": {"task": "t"}}
    return {
        "pk": {"S": "CASE#FF-AAA-AAA-AAA"},
        "sk": {"S": f"EVENT#{number:06d}"},
        "body": {"S": json.dumps(body)},
    }


def test_a_case_is_counted_again_in_the_month_to_which_it_moves() -> None:
    case = {"pk": {"S": "CASE#FF-AAA-AAA-AAA"}, "sk": {"S": "CASE"}, "body": {"S": '{"received_on": "2026-11-20"}'}}
    events = [event(1, "case_received"), event(2, "task_decided"), event(3, "message_sent")]
    again = counted_again([case, *events], 30)
    assert again is not None
    assert again["sk"] == events[1]["sk"], "the last that is counted"
    assert again["agenda_pk"] == {"S": "OUTBOX"}
    assert again["agenda_sk"]["S"] == "2026-10-23T10:00:00.000000Z#FF-AAA-AAA-AAA#000002"
    body = json.loads(again["body"]["S"])
    assert body["data"] == {"task": "t", "was": "2026-11"}
    assert body["at"].startswith("2026-10-23")
    assert counted_again([case, events[2]], 30) is None
    assert counted_again(events, 30) is None
