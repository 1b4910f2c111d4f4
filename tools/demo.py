"""Fills the running local stack with fictional complaints in all stages and ages: `make demo` does it at the start.

Everything goes through the API, as residents and staff would do it, so that what is shown is what the service does.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from .local import local_dir
from .token import token

NAMES = ("Ada Marsh", "Ben Osei", "Chidi Brook", "Dana Field", "Eve Stone", "Farah Lake", "Gus Hill", "Hana Wood")
STORIES = (
    "The worker did not come twice. Nobody told us.",
    "I asked for a call back three times. Nobody called.",
    "The letter had the wrong name of my child in it.",
    "The meeting was moved on the same day. I had taken time off work.",
    "The form was only in English. I needed help to read it.",
)
DECIDERS = {"ig_officer": "olu.adeyemi", "service_manager": "sam.okafor", "ig_manager": "megan.hughes"}
PATIENCE = 60


def seed(run: Mapping[str, Any], count: int = 16, chance: random.Random | None = None) -> None:
    """Make `count` made-up cases. Some came in weeks ago and are late, some are new, some are answered."""
    chance = chance or random.Random(7)  # noqa: S311  (a demonstration, the same each time)
    tokens = {role: token(username) for role, username in DECIDERS.items()}
    for number in range(count):
        name = f"{NAMES[number % len(NAMES)]} (made up)"
        answers = {
            "name": name,
            "on_behalf_of": "myself",
            "what_happened": STORIES[number % len(STORIES)],
            "outcome_wanted": "Tell me why, and do better.",
            "contact_way": "email",
            "email": f"resident{number}@example.com",
        }
        came = date.today() - timedelta(days=chance.choice((0, 0, 1, 3, 6, 9, 13, 20)))
        body = {"kind": "complaint", "channel": "phone", "received_at": came.isoformat(), "answers": answers}
        made = _call(run, "POST", "/v1/cases", body, tokens["ig_officer"])
        for _ in range(chance.randrange(4)):
            _decide(run, made["reference"], tokens)
        done = number + 1
        print(f"\r  demo: {'#' * done}{'.' * (count - done)} {done} of {count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _decide(run: Mapping[str, Any], reference: str, tokens: Mapping[str, str]) -> None:
    """Decide the next task with its first outcome's example, once the workflow has come to it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        case = _call(run, "GET", f"/v1/cases/{reference}", None, tokens["ig_officer"])
        if case["status"] == "closed":
            return
        if case["tasks"]:
            task = case["tasks"][0]
            outcome = task["outcomes"][0]
            body = {
                "outcome": outcome["outcome"],
                "reason": "Made up for the demonstration.",
                "data": outcome["example"],
            }
            path = f"/v1/tasks/{task['task_id']}/decision"
            _call(run, "POST", path, {**body, "version": task["version"]}, tokens[task["role"]])
            return
        time.sleep(0.3)
    raise SystemExit("demo: the workflow does not go on; look at the engine's log")


def _call(run: Mapping[str, Any], method: str, path: str, body: Any, bearer: str) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {bearer}"}
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urlopen(Request(run["api_url"] + path, data, headers, method=method), timeout=30) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise SystemExit(f"demo: {method} {path} answered {error.code}") from None


def main() -> int:
    file = local_dir() / "run.json"
    if not file.exists():
        raise SystemExit("No local stack is running: start it with `make run`, or use `make demo`.")
    seed(json.loads(file.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
