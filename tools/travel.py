"""Moves one case of the local stack back in time, as if it had all happened earlier: `python -m tools.travel REFERENCE
--days 30`. For demonstrations and tests; there is no such thing on AWS.

Every date and instant in the items of the case, in figures or in words, moves by the same number of days, the ends and
the places in the indexes with them. Its clock and its workflow are then behind, as after any failure: the reconciler
mends that by itself. It counts the case again too, for its last event that is counted stands in the outbox once more.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from calendar import day_name, month_name
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.adapters.items import OUTBOX, instant
from chalicelib.domain.words import long_date
from chalicelib.effects.figures import COUNTED

from .local import REGION, local_dir
from .stack import Aws

# A day, and not the version of a rule (`complaint@2026-11-23`) or of the rules.
DAY = re.compile(r'(?<![0-9@-])(?<!"rules": ")(20[0-9]{2}-[0-9]{2}-[0-9]{2})(?![0-9-])')
# The same in a message or an entry of the timeline, with or without the day of the week.
SPOKEN = re.compile(rf"((?:{'|'.join(day_name)}) )?\b([0-9]{{1,2}} (?:{'|'.join(month_name[1:])}) 20[0-9]{{2}})\b")
INDEXED = ("agenda_sk", "desk_sk", "signalled_at", "sent_at", "claimed_at", "body")


def back(item: dict[str, Any], days: int) -> dict[str, Any]:
    """The same item of the table (in DynamoDB's form) as it would be, had all of it happened `days` days earlier."""
    moved = {name: dict(value) for name, value in item.items()}
    for name in INDEXED:
        if name in moved:
            moved[name] = {"S": DAY.sub(lambda found: _earlier(found[0], days), moved[name]["S"])}
    if "body" in moved:
        moved["body"] = {"S": SPOKEN.sub(lambda found: _earlier_in_words(found, days), moved["body"]["S"])}
    if "expires_at" in moved:
        moved["expires_at"] = {"N": str(int(moved["expires_at"]["N"]) - days * 86_400)}
    return moved


def counted_again(items: list[dict[str, Any]], days: int) -> dict[str, Any] | None:
    """The last event after which the case is counted, moved back and in the outbox again, with the month in which the
    case stood before; None when there is none. To do again what follows from an event does no harm."""
    events = [item for item in items if item["sk"]["S"].startswith("EVENT#")]
    found = [item for item in events if json.loads(item["body"]["S"])["type"] in COUNTED]
    case = next((item for item in items if item["sk"]["S"] == "CASE"), None)
    if not found or case is None:
        return None
    last = back(max(found, key=lambda item: item["sk"]["S"]), days)
    body = json.loads(last["body"]["S"])
    body["data"] = {**body.get("data", {}), "was": json.loads(case["body"]["S"])["received_on"][:7]}
    reference, number = last["pk"]["S"].removeprefix("CASE#"), last["sk"]["S"].removeprefix("EVENT#")
    place = f"{instant(datetime.fromisoformat(body['at']))}#{reference}#{number}"
    return {**last, "body": {"S": json.dumps(body)}, "agenda_pk": {"S": OUTBOX}, "agenda_sk": {"S": place}}


def _earlier(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) - timedelta(days=days)).isoformat()
    except ValueError:
        return day


def _earlier_in_words(found: re.Match[str], days: int) -> str:
    try:
        day = datetime.strptime(found[2], "%d %B %Y").date() - timedelta(days=days)
    except ValueError:
        return found[0]
    return long_date(day) if found[1] else f"{day.day} {day:%B %Y}"


def travel(run: dict[str, Any], reference: str, days: int) -> int:
    """Move the case; returns how many items were moved."""
    dynamodb = Aws(REGION, run["endpoint_url"]).client("dynamodb")
    wanted = {":pk": {"S": f"CASE#{reference}"}}
    pages = dynamodb.get_paginator("query").paginate(
        TableName=run["table"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=wanted,
        ConsistentRead=True,
    )
    found = [item for page in pages for item in page["Items"]]
    for item in found:
        dynamodb.put_item(TableName=run["table"], Item=back(item, days))
    again = counted_again(found, days)
    if again is not None:
        dynamodb.put_item(TableName=run["table"], Item=again)
    return len(found)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.travel", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("reference")
    parser.add_argument("--days", type=int, required=True)
    given = parser.parse_args(argv)
    file = local_dir() / "run.json"
    if not file.exists():
        raise SystemExit("No local stack is running: start it with `make run`.")
    moved = travel(json.loads(file.read_text()), given.reference, given.days)
    if not moved:
        raise SystemExit("There is no such case. Check the reference.")
    print(f"{moved} items of {given.reference} happened {given.days} days earlier now.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
