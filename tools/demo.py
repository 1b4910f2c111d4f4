"""Fills the running local stack with fictional cases of all kinds, in all stages and ages: `make demo` does it at the
start.

What is in them goes through the API, as residents and staff would do it, so that what is shown is what the service
does. Only their age is made: each is moved back in time as a whole (`tools.travel`), while it is worked on and after,
so that answers took their time.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from .local import REGION, ROOT, local_dir
from .stack import Aws
from .token import token
from .travel import travel

COUNT = 200
AT_ONCE = 4
FIRST = (
    "Ada",
    "Ben",
    "Chidi",
    "Dana",
    "Eve",
    "Farah",
    "Gus",
    "Hana",
    "Imran",
    "Jo",
    "Kasia",
    "Leah",
    "Mo",
    "Nia",
    "Zofia",
)
LAST = ("Brook", "Field", "Hill", "Khan", "Lake", "Marsh", "Moss", "Osei", "Patel", "Reed", "Stone", "Wood", "Yilmaz")
STORIES = (
    "The worker did not come twice. Nobody told us.",
    "I asked for a call back three times. Nobody called.",
    "The letter had the wrong name of my child in it.",
    "The meeting was moved on the same day. I had taken time off work.",
    "The form was only in English. I needed help to read it.",
    "The new worker was kind and listened to both of us.",
    "Somebody told my neighbour about our visit.",
    "I want to see what was written about my son after the meeting in spring.",
    "The address in your letters is three years old.",
    "We waited nine weeks for a first visit.",
)
KINDS = {"complaint": 8, "rights_request": 6, "data_protection_complaint": 3, "feedback": 5}
# What else of the examples is changed, so that figures by these parts have something to show.
VARIED = ("service", "about")
RIGHTS = ("access", "access", "access", "rectification", "erasure", "restriction", "objection", "portability")
# What a case of a demonstration does not end as: nothing in these is plausible without a story of its own.
NOT_SHOWN = frozenset({"spam", "duplicate", "turned", "answered_before", "split", "turn_into", "unfounded", "foi"})
DECIDERS = {
    "ig_officer": ("olu.adeyemi",),
    "service_manager": ("sam.okafor", "aisha.khan"),
    "ig_manager": ("megan.hughes",),
    "dpo": (),
}
GIVEN = 0.4
# Days from receipt until it is entered, and so to the first decision; and, in weeks, so that each day stays the day of
# the week that it is, from there to the next decisions and from then until now.
ENTERED_AFTER = (0, 0, 1, 1, 2, 3, 3, 4, 5, 7, 12)
TOOK = (0, 0, 0, 0, 7, 7, 7, 14, 28)
CLOSED_FOR = (7, 14, 21, 35, 49, 63, 84, 98, 112, 126, 140)
OPEN_FOR = (0, 0, 0, 0, 0, 7, 14)
STEPS = (0, 0, 1, 1, 1, 2, 2, 3, 5, 8)


def seed(run: Mapping[str, Any], count: int = COUNT, chance: random.Random | None = None) -> None:
    """Make `count` made-up cases. Some came in weeks ago and are late, some are new, some are answered."""
    chance = chance or random.Random(7)  # noqa: S311  (a demonstration, the same each time)
    tokens = _tokens(run)
    made = _each("cases", [_body(chance, number) for number in range(count)], lambda body: _enter(run, body, tokens))
    if not any(made):
        raise SystemExit("demo: no case could be entered; `make run` alone works without them")
    waiting = {reference: chance.choice(STEPS) for reference in made if reference}
    settle(run)
    for turn in range(max(STEPS)):
        some = [reference for reference, steps in waiting.items() if steps > turn]
        if turn == 1:
            settle(run)
            _each("weeks that pass", some, lambda one: travel(dict(run), one, random.Random(one).choice(TOOK)))  # noqa: S311
        if some:
            _each(f"decisions, turn {turn + 1}", some, lambda one: _decide(run, one, tokens))
    _each("desks", [one for one in waiting if chance.random() < GIVEN], lambda one: _give(run, one, tokens))
    settle(run)
    _each("ages", list(waiting), lambda one: _age(run, one, tokens))
    for function in ("reconcile", "morning"):  # count what was moved, and publish what is old enough
        _call_function(run, function)
        settle(run)


def _age(run: Mapping[str, Any], reference: str, tokens: Mapping[str, list[str]]) -> None:
    """What is closed was so for a while; what is open stays as old as it is, or gets a little older."""
    status, case = _call(run, "GET", f"/v1/cases/{reference}", None, tokens["ig_manager"][0])
    closed = status == 200 and case["status"] == "closed"
    travel(dict(run), reference, random.Random(reference).choice(CLOSED_FOR if closed else OPEN_FOR))  # noqa: S311


def _call_function(run: Mapping[str, Any], name: str) -> None:
    client = Aws(REGION, run["endpoint_url"]).client("lambda")
    answer = client.invoke(FunctionName=f"{run['stack']}-{name}", Payload=b"{}")
    if "FunctionError" in answer:
        raise SystemExit(f"demo: {name} failed; read .local/engine.log")


def settle(run: Mapping[str, Any], seconds: float = 90) -> bool:
    """Wait until nothing follows any more from what was done, so that no case is moved while it changes; whether it
    came to rest in time."""
    dynamodb, until = Aws(REGION, run["endpoint_url"]).client("dynamodb"), time.monotonic() + seconds
    while time.monotonic() < until:
        left = dynamodb.query(
            TableName=run["table"],
            IndexName="agenda",
            KeyConditionExpression="agenda_pk = :list",
            ExpressionAttributeValues={":list": {"S": "OUTBOX"}},
            Limit=1,
        )
        if not left["Items"]:
            return True
        time.sleep(1)
    return False


def _tokens(run: Mapping[str, Any]) -> dict[str, list[str]]:
    """Bearer tokens of the staff by role: of those named, or of everybody who has it."""
    found: dict[str, list[str]] = {}
    for role, named in DECIDERS.items():
        people = named or tuple(row["username"] for row in run["staff"] if role in row["roles"])
        found[role] = [token(username) for username in people]
    return found


def _each(what: str, things: Sequence[Any], work: Callable[[Any], Any]) -> list[Any]:
    """Do the work for each, a few at once, with a bar that grows."""
    done, found = 0, []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for result in pool.map(work, things):
            done += 1
            found.append(result)
            part = 30 * done // len(things)
            bar = f"{'#' * part}{'.' * (30 - part)}"
            if sys.stderr.isatty():
                print(f"\r  demo: {bar} {done} of {len(things)} {what}   ", end="", file=sys.stderr, flush=True)
    print(f"\r  demo: {done} of {len(things)} {what}".ljust(72), file=sys.stderr)
    return found


def _body(chance: random.Random, number: int) -> dict[str, Any]:
    """A submission as staff enter it: the example of its kind, with another person and another story."""
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    schema = json.loads((ROOT / "schemas" / "submissions" / f"{kind}.json").read_text())
    answers = dict(schema["examples"][0])
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)} (made up)"
    told = next(field for field in ("what_wanted", "what_happened", "text", "words") if field in answers)
    answers |= {"name": name, told: chance.choice(STORIES)}
    if "subject_name" in answers:
        answers["subject_name"] = f"{chance.choice(FIRST)} {chance.choice(LAST)} (made up)"
    if "email" in answers:
        answers["email"] = f"resident{number}@example.com"
    for field, words in {"right": RIGHTS, **{name: _words(schema, name) for name in VARIED}}.items():
        if field in answers:
            answers[field] = chance.choice(words)
    received = date.today() - timedelta(days=chance.choice(ENTERED_AFTER))
    return {"kind": kind, "channel": "phone", "received_at": received.isoformat(), "answers": answers}


def _words(schema: Mapping[str, Any], field: str) -> Sequence[str]:
    """What a field of a form may say; empty when the form has no such field."""
    return tuple(schema["properties"].get(field, {}).get("enum", ()))


def _enter(run: Mapping[str, Any], body: Mapping[str, Any], tokens: Mapping[str, list[str]]) -> str:
    status, made = _call(run, "POST", "/v1/cases", body, tokens["ig_officer"][0])
    return str(made["reference"]) if status == 201 else ""


def _decide(run: Mapping[str, Any], reference: str, tokens: Mapping[str, list[str]]) -> None:
    """Decide the next task with the example of an outcome, once the workflow has come to it; leave it when it is not
    there yet, or the example does not fit."""
    chance = random.Random(reference)  # noqa: S311  (a demonstration)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        status, case = _call(run, "GET", f"/v1/cases/{reference}", None, tokens["ig_manager"][0])
        if status != 200 or case["status"] == "closed":
            return
        if case["tasks"]:
            _try(run, case["tasks"][0], chance, tokens)
            return
        time.sleep(0.5)


def _try(
    run: Mapping[str, Any], task: Mapping[str, Any], chance: random.Random, tokens: Mapping[str, list[str]]
) -> None:
    shown = [row for row in task["outcomes"] if row["outcome"] not in NOT_SHOWN] or list(task["outcomes"])
    first, *rest = shown
    theme = chance.choice(json.loads((ROOT / "policy" / "figures.json").read_text())["themes"])["id"]
    for outcome in (chance.choice([first, first, first, *rest]), first):
        for bearer in tokens.get(task["role"], ()):
            body = {
                "outcome": outcome["outcome"],
                "reason": "Made up for the demonstration.",
                "data": {**outcome["example"], **({"theme": theme} if "theme" in outcome["example"] else {})},
                "version": task["version"],
            }
            if _call(run, "POST", f"/v1/tasks/{task['task_id']}/decision", body, bearer)[0] == 200:
                return


def _give(run: Mapping[str, Any], reference: str, tokens: Mapping[str, list[str]]) -> None:
    """Somebody has the open task of the case on their own desk."""
    status, case = _call(run, "GET", f"/v1/cases/{reference}", None, tokens["ig_manager"][0])
    for task in case["tasks"][:1] if status == 200 else ():
        people = [row["username"] for row in run["staff"] if row["roles"] == [task["role"]]]
        if people:
            body = {"person": random.Random(reference).choice(people), "reason": "Made up."}  # noqa: S311
            _call(run, "POST", f"/v1/tasks/{task['task_id']}/assignment", body, tokens["ig_manager"][0])


def _call(run: Mapping[str, Any], method: str, path: str, body: Any, bearer: str) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {bearer}"}
    data = json.dumps(body).encode() if body is not None else None
    for pause in (0.2, 0.5, 1, 2, None):
        try:
            with urlopen(Request(run["api_url"] + path, data, headers, method=method), timeout=30) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            if error.code != 429 or pause is None:
                return error.code, None
            time.sleep(pause)
    raise AssertionError("the last try returns")


def main() -> int:
    file = local_dir() / "run.json"
    if not file.exists():
        raise SystemExit("No local stack is running: start it with `make run`, or use `make demo`.")
    seed(json.loads(file.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
