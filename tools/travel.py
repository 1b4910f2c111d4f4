"""Moves one case of the local stack back in time, as if it had all happened earlier: `python -m tools.travel REFERENCE
--days 30`. For demonstrations and tests; there is no such thing on AWS.

Every date and instant in the items of the case moves by the same number of days, the ends and the places in the indexes
with them. Its clock and its workflow are then behind, as after any failure: the reconciler mends that by itself.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import date, timedelta
from typing import Any

from .local import REGION, local_dir
from .stack import Aws

# A day, and not the version of a rule (`complaint@2026-11-23`) or of the rules.
DAY = re.compile(r'(?<![0-9@-])(?<!"rules": ")(20[0-9]{2}-[0-9]{2}-[0-9]{2})(?![0-9-])')
INDEXED = ("agenda_sk", "desk_sk", "signalled_at", "sent_at", "claimed_at", "body")


def back(item: dict[str, Any], days: int) -> dict[str, Any]:
    """The same item of the table (in DynamoDB's form) as it would be, had all of it happened `days` days earlier."""
    moved = {name: dict(value) for name, value in item.items()}
    for name in INDEXED:
        if name in moved:
            moved[name] = {"S": DAY.sub(lambda found: _earlier(found[0], days), moved[name]["S"])}
    if "expires_at" in moved:
        moved["expires_at"] = {"N": str(int(moved["expires_at"]["N"]) - days * 86_400)}
    return moved


def _earlier(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) - timedelta(days=days)).isoformat()
    except ValueError:
        return day


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
