"""Moving a case back in time moves all of its days together, and no version of a rule."""

from __future__ import annotations

import json

from tools.travel import back


def test_days_ends_and_places_move_and_versions_do_not() -> None:
    body = {
        "received_on": "2026-11-23",
        "at": "2026-11-23T10:00:00+00:00",
        "retention_rule": "complaint@2026-11-23",
        "rules": "2026-11-01",
        "phone": "01204 2026-11",
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
    assert moved["agenda_sk"]["S"].startswith("2026-10-31T")
    assert int(moved["expires_at"]["N"]) == 1795392000 - 30 * 86_400
    assert (moved["pk"], moved["sk"]) == (item["pk"], item["sk"]), "keys stay: a case is moved in its place"
    assert back(moved, -30) == item
