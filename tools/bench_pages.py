"""What pages cost with 100 and with 100,000 open cases: called by `tools.bench`, prints a JSON object.

The local engine looks at every item of an index for each query, and so cannot tell whether a page of ours grows with
the table. dynalite keeps its indexes sorted, as DynamoDB does. It knows no transactions, which these pages do not need.

Each page is asked through the app's own handler, in turn with few and with many open cases, in one process. The calls
of AWS are counted beside the reading of the session, which only browsers of staff need.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from .local import REGION, ROOT

PORT = 4598
FEW, MANY = 100, 100_000
ROUNDS = 150
NAME = "Zofia Brandt"
STAFF_TOKEN = "bench"  # noqa: S105  (opens nothing but this table)
KEYS = ("desk", "case", "search", "track")


def main() -> int:
    engine = subprocess.Popen(
        [str(ROOT / "node_modules" / ".bin" / "dynalite"), "--host", "127.0.0.1", "--port", str(PORT)]
        + ["--createTableMs", "0"],
        stdout=subprocess.DEVNULL,
    )
    try:
        _environment()
        print(json.dumps(_measured()))
    finally:
        engine.kill()
    return 0


def _environment() -> None:
    names = ("SECRET_ID", "MACHINE_ARN_PREFIX", "BUCKET", "MAIL_FROM", "TOKEN_ISSUER", "TOKEN_KEYS", "CLIENT_ID")
    os.environ.update(dict.fromkeys(names, "none"))
    os.environ.update(
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_REGION=REGION,
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{PORT}",
        TABLE=_table(FEW),
        SCANNER="signature",
        SIGN_IN_URL="none",
        SITE_URL="http://localhost",
    )


class _Keys:
    def key(self, label: str) -> bytes:
        return label.encode().ljust(32, b".")[:32]


def _table(size: int) -> str:
    return f"pages-{size}"


def _measured() -> dict[str, float]:
    import logging

    import app
    from chalicelib.adapters.table import use_table
    from chalicelib.bootstrap import install, services

    logging.getLogger("cases").setLevel(logging.CRITICAL)
    install(replace(services(), keys=_Keys()))
    case = _Case()
    for size in (FEW, MANY):
        use_table(_table(size), REGION)
        _fill(case, size)
    times: dict[tuple[str, int], list[float]] = {(name, size): [] for name in KEYS for size in (FEW, MANY)}
    asked = {name: case.event(name) for name in KEYS}
    for _ in range(ROUNDS):
        for size in (FEW, MANY):
            use_table(_table(size), REGION)
            for name, event in asked.items():
                began = time.perf_counter()
                answer = app.app(event, None)
                times[name, size].append(time.perf_counter() - began)
                if answer["statusCode"] != 200:
                    raise SystemExit(f"bench: the page {name} was answered with {answer['statusCode']}")
    found: dict[str, float] = {}
    for name, event in asked.items():
        few, many = sorted(times[name, FEW]), sorted(times[name, MANY])
        found[f"{name}_ratio_100k"] = round(statistics.median(many) / statistics.median(few), 3)
        found[f"{name}_p95_ratio_100k"] = round(many[ROUNDS * 95 // 100] / few[ROUNDS * 95 // 100], 3)
        found[f"{name}_aws_calls"] = counted(lambda event=event: app.app(event, None)) - (name != "track")  # type: ignore[misc]
    return found


def counted(work: Callable[[], Any]) -> int:
    """How many AWS calls a piece of work makes, counted at the table's one client."""
    from chalicelib.adapters.table import Item

    events = Item._get_connection().connection.client.meta.events
    seen: list[str] = []

    def count(model: Any, **_: Any) -> None:
        seen.append(model.name)

    events.register("before-call.dynamodb", count)
    work()
    events.unregister("before-call.dynamodb", count)
    return len(seen)


class _Case:
    """A complaint that waits for triage, as it lies in the table, and the requests that show it."""

    def __init__(self) -> None:
        from chalicelib.bootstrap import services
        from chalicelib.commands.submit import new_reference
        from chalicelib.domain import submissions
        from chalicelib.domain.model import Actor, End, Used

        now = datetime.now(UTC)
        self.now, self.actor = now, Actor("bench", "Bench", roles=frozenset({"ig_officer"}))
        self.reference = new_reference(services())
        answers = {**services().schemas.document("submissions/complaint")["examples"][0], "name": NAME}
        used = Used(reference=self.reference, kind="complaint", digest="", received_at=now, end=End(at=now))
        self.change = submissions.receive(
            services().book, "complaint", answers, reference=self.reference, access_digest="", now=now,
            received_at=now, channel="web", used=("", used), references=lambda: self.reference,
        )  # fmt: skip

    def items(self) -> list[Any]:
        """All that the table holds of it, with its open task, a look of this hour, and three cases like it."""
        from chalicelib.adapters import items
        from chalicelib.bootstrap import services
        from chalicelib.commands.people import hash_of
        from chalicelib.domain import people
        from chalicelib.domain.model import Alike, Look, Task

        case, reference = replace(self.change.case, step=1), self.reference
        due = self.now.date() + timedelta(days=9)
        task = Task(
            reference=reference, number=1, kind="complaint", task="complaint.triage", role="ig_officer",
            opened_at=self.now, due=due, due_name="answer",
        )  # fmt: skip
        found: list[Any] = [items.from_case(case), items.from_task(task)]
        found += [items.from_party(reference, party) for party in self.change.parties]
        found += [items.from_event(event) for event in self.change.events]
        found += [items.from_message(message) for message in self.change.messages]
        found.append(items.from_answers(reference, self.change.answers, case.end))
        later = self.now + timedelta(hours=1)
        found.append(items.from_look(Look(reference=reference, by="bench", by_name="Bench", at=later, end=case.end)))
        for number in range(3):
            alike = Alike(reference=reference, other=_named(number), kinds=("name",), end=case.end)
            found.append(items.from_alike(alike))
        found += [
            items.from_search(case, hash_of(services(), term))
            for party in self.change.parties
            for term in people.terms_of(party)
        ]
        return found

    def others(self, size: int) -> Iterator[dict[str, Any]]:
        """Other open cases with one task each, due on one of 60 days, and one hash each to be found by."""
        from chalicelib.adapters import items

        own = {item.sk: json.dumps(item.serialize()) for item in self.items() if item.sk in ("CASE", "TASK#0001")}
        day, today = (self.now.date() + timedelta(days=9)).isoformat(), self.now.date()
        for number in range(size):
            other = _named(number)
            due = (today + timedelta(days=number % 60)).isoformat()
            yield json.loads(own["CASE"].replace(self.reference, other))
            yield json.loads(own["TASK#0001"].replace(self.reference, other).replace(day, due))
            case = replace(self.change.case, reference=other)
            yield items.from_search(case, f"{number:032x}").serialize()

    def event(self, name: str) -> dict[str, Any]:
        """What API Gateway gives the function for a page."""
        from chalicelib.bootstrap import services
        from chalicelib.commands import track
        from chalicelib.web.http import STAFF
        from chalicelib.web.resident.tracking import PASS

        cookie = f"{STAFF}={STAFF_TOKEN}"
        if name == "desk":
            return event_of("GET", "/staff", {}, cookie=cookie)
        if name == "case":
            return event_of("GET", "/staff/cases/{reference}", {"reference": self.reference}, cookie=cookie)
        if name == "track":
            found = track.issue_pass(services(), self.reference)
            return event_of("GET", "/track/case", {}, cookie=f"{PASS}={found.token}")
        import hmac

        token = hmac.digest(services().keys.key("form-token"), STAFF_TOKEN.encode(), "sha256").hex()
        body = urlencode({"_token": token, "name": NAME})
        return event_of("POST", "/staff/search", {}, body=body, cookie=cookie)


def _named(number: int) -> str:
    """A reference of the right form for the case of this number; nobody types it."""
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ23456789"
    signs = "".join(letters[number // 31**place % 31] for place in range(9))
    return f"FF-{signs[:3]}-{signs[3:6]}-{signs[6:]}"


def event_of(
    method: str,
    resource: str,
    parameters: dict[str, str],
    *,
    body: str = "",
    cookie: str = "",
    kind: str = "application/x-www-form-urlencoded",
) -> dict[str, Any]:
    """What API Gateway gives the function for a request."""
    path = resource.format(**parameters)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {"content-type": kind, "host": "localhost", "cookie": cookie},
        "multiValueHeaders": {"content-type": [kind]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": {"resourcePath": resource, "httpMethod": method, "path": path, "identity": {}},
        "body": body,
        "isBase64Encoded": False,
    }


def table_properties() -> dict[str, Any]:
    """Keys and indexes of the table, as the template has them, without its stream."""
    template = json.loads((ROOT / "infrastructure" / "template.json").read_text())
    properties = template["Resources"]["CasesTable"]["Properties"]
    names = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    return {name: properties[name] for name in names}


def _fill(case: _Case, size: int) -> None:
    """A table with the case, a session, and so many other open cases."""
    import boto3

    from chalicelib.bootstrap import services
    from chalicelib.domain.model import StaffSession

    client = boto3.client("dynamodb", region_name=REGION)
    client.create_table(TableName=_table(size), **table_properties())
    client.get_waiter("table_exists").wait(TableName=_table(size), WaiterConfig={"Delay": 1})

    def write(some: list[dict[str, Any]]) -> None:
        client.batch_write_item(RequestItems={_table(size): [{"PutRequest": {"Item": item}} for item in some]})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, _by_25(case.others(size))))
    write([item.serialize() for item in case.items()])
    session = StaffSession(actor=case.actor, csrf_key=b"", started_at=case.now, seen_at=case.now)
    services().store.save_session(STAFF_TOKEN, session, case.now + timedelta(hours=8))


def _by_25(items: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for item in items:
        some.append(item)
        if len(some) == 25:
            yield some
            some = []
    if some:
        yield some


if __name__ == "__main__":
    sys.exit(main())
