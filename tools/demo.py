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
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from jsonschema import Draft202012Validator

from . import demo_cases
from .demo_cases import WORDS
from .local import REGION, ROOT, local_dir
from .stack import Aws
from .token import token
from .travel import travel

COUNT = 200
AT_ONCE = 4
# What a case of a demonstration does not end as: nothing in these is plausible without a story of its own.
NOT_SHOWN = frozenset(
    {"spam", "duplicate", "turned", "answered_before", "split", "another_kind", "unfounded", "no_referral"}
)
DECIDERS = {
    "ig_officer": ("olu.adeyemi",),
    "service_manager": ("sam.okafor", "aisha.khan"),
    "ig_manager": ("megan.hughes",),
    "dpo": (),
}
GIVEN = 0.4
# How many decisions a case has seen. Before the first and the second, and from the last until now, weeks pass: whole
# weeks, so that each day stays the day of the week that it is.
STEPS = (0, 0, 1, 1, 2, 2, 3, 4, 5, 8)
TOOK = ((0, 0, 0, 0, 0, 0, 0, 7, 7, 14), (0, 0, 0, 0, 7, 7, 7, 14, 28))
CLOSED_FOR = (7, 14, 21, 35, 49, 63, 84, 98, 112, 126, 140)
OPEN_FOR = (0, 0, 0, 0, 0, 7, 14)


@dataclass(frozen=True)
class Opening:
    """Cases of a kind that somebody opens from others: how many, how many decisions they see, and from which kinds."""

    kind: str
    count: int
    steps: int
    from_kinds: frozenset[str]


OPENINGS = (
    Opening("safeguarding_referral", 8, 6, frozenset({"complaint", "rights_request"})),
    Opening("breach", 4, 2, frozenset({"data_protection_complaint"})),
    Opening("regulator_enquiry", 3, 1, frozenset({"rights_request", "data_protection_complaint"})),
)
LOOK_AGAIN = Opening("review", 3, 0, frozenset({"rights_request"}))
# In how many days some closed cases go, or are looked at by two people before they may; on 0 the night's round has done
# it. Of the two that are due first, one is kept.
GO_IN = (0, 0, 0, 0, 3, 5, 8, 12, 15, 19, 22, 26, 28)
LOOKED_AT_IN = (0, 0, 0, 6, 20)
WITHIN = 366
HELD = 5
MISSED = ("missed", "met_late")


def seed(run: Mapping[str, Any], count: int = COUNT, chance: random.Random | None = None) -> None:
    """Make `count` made-up cases. Some came in weeks ago and are late, some are new, some are answered; from some
    others are opened, some are kept, and those that closed long ago go."""
    voices = {theme: list(words) for theme, words in WORDS["voices"].items()}
    demo = Demo(run, chance or random.Random(7), _tokens(run), voices)  # noqa: S311  (a demonstration)
    bodies = [demo_cases.body(demo.chance, number) for number in range(count)]
    made = _each("cases", bodies, demo.enter)
    kinds = {reference: str(one["kind"]) for reference, one in zip(made, bodies, strict=True) if reference}
    if not kinds:
        raise SystemExit("demo: no case could be entered; `make run` alone works without them")
    demo.settle()
    steps = {reference: demo.chance.choice(STEPS) for reference in kinds}
    for opening in OPENINGS:
        steps |= dict.fromkeys(demo.open_some(opening, kinds), opening.steps)
    demo.settle()
    demo.work_on(steps)
    demo.grow_old(list(steps))
    demo.call("dispose", "reconcile", "morning")  # what is due goes, the rest is counted and published


@dataclass(frozen=True)
class Demo:
    """The stack that runs, a source of chance, bearer tokens of the staff by role, what nobody said yet by theme."""

    run: Mapping[str, Any]
    chance: random.Random
    tokens: Mapping[str, Sequence[str]]
    voices: Mapping[str, list[str]]

    def enter(self, body: Mapping[str, Any]) -> str:
        return self.made("/v1/cases", body)

    def made(self, path: str, body: Mapping[str, Any]) -> str:
        """The reference of a case that an officer makes, empty when it was refused."""
        status, made = self.api("POST", path, body, "ig_officer")
        return str(made["reference"]) if status == 201 else ""

    def open_some(self, opening: Opening, kinds: Mapping[str, str]) -> list[str]:
        """Open cases from some of these; returns their references."""
        parents = [reference for reference, kind in kinds.items() if kind in opening.from_kinds]
        some = self.chance.sample(parents, min(opening.count, len(parents)))
        bodies = [(one, {"kind": opening.kind, "reason": "Made up.", "data": self.of(opening.kind)}) for one in some]
        found = _each(
            f"cases opened from others: {opening.kind}",
            bodies,
            lambda pair: self.made(f"/v1/cases/{pair[0]}/linked", pair[1]),
        )
        return [reference for reference in found if reference]

    def of(self, kind: str) -> dict[str, Any]:
        return dict(self.chance.choice(WORDS["opened"][kind]))

    def work_on(self, steps: Mapping[str, int]) -> None:
        """Decide, turn after turn, and give some of what is left to somebody."""
        for turn in range(max(steps.values())):
            some = [reference for reference, most in steps.items() if most > turn]
            if turn < len(TOOK):
                self.settle()
                weeks = {one: random.Random(f"{one} {turn}").choice(TOOK[turn]) for one in some}  # noqa: S311
                _each("weeks that pass", list(weeks.items()), lambda pair: self.back(*pair))
            _each(f"decisions, turn {turn + 1}", some, self.decide)
        _each("desks", [one for one in steps if self.chance.random() < GIVEN], self.give)
        self.settle()

    def decide(self, reference: str) -> None:
        """Decide the next task with the example of an outcome, once the workflow has come to it; leave it when it is
        not there yet, or the example does not fit."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            case = self.case(reference)
            if case is None or case["status"] == "closed":
                return
            if case["tasks"]:
                self.try_(case["tasks"][0])
                return
            time.sleep(0.5)

    def try_(self, task: Mapping[str, Any]) -> None:
        chance = random.Random(f"{task['task_id']} {task['version']}")  # noqa: S311  (a demonstration)
        shown = [row for row in task["outcomes"] if row["outcome"] not in NOT_SHOWN] or list(task["outcomes"])
        first, *rest = shown
        theme = chance.choice(THEMES)
        for outcome in (chance.choice([first, first, first, *rest]), first):
            form = Draft202012Validator(outcome["schema"])
            data = dict(chance.choice([outcome["example"], *filter(form.is_valid, WORDS["answers"])]))
            if "theme" in data:
                data["theme"] = theme
            if "words_kept" in data:
                data["words_kept"] = self.voices[theme].pop() if self.voices.get(theme) else ""
            body = {
                "outcome": outcome["outcome"],
                "reason": "Made up for the demonstration.",
                "data": data,
                "version": task["version"],
            }
            for bearer in self.tokens.get(task["role"], ()):
                if _call(self.run, "POST", f"/v1/tasks/{task['task_id']}/decision", body, bearer)[0] == 200:
                    return

    def give(self, reference: str) -> None:
        """Somebody has the open task of the case on their own desk."""
        case = self.case(reference)
        for task in case["tasks"][:1] if case else ():
            people = [row["username"] for row in self.run["staff"] if row["roles"] == [task["role"]]]
            if people:
                body = {"person": random.Random(reference).choice(people), "reason": "Made up."}  # noqa: S311
                self.api("POST", f"/v1/tasks/{task['task_id']}/assignment", body, "ig_manager")

    def grow_old(self, references: Sequence[str]) -> None:
        """What is closed was so for a while, and some of it for so long that it goes; what is open gets a little older.
        Some cases are kept, and for what was late somebody says why."""
        found = {one: case for one in references if (case := self.case(one))}
        closed = {one: case for one, case in found.items() if case["status"] == "closed"}
        again = self.open_some(LOOK_AGAIN, {one: case["kind"] for one, case in list(closed.items())[::3]})
        self.settle()
        back = {one: self.chance.choice(CLOSED_FOR if one in closed else OPEN_FOR) for one in found}
        going = {one: left for one, case in closed.items() if 0 < (left := _goes_in(case)) < WITHIN}
        back |= {one: going[one] - days for one, days in zip(_shuffled(self.chance, going), GO_IN, strict=False)}
        looked_at = {one: _looked_at_in(case) for one, case in closed.items() if case["kind"] in PERIOD_OF}
        back |= {one: looked_at[one] - days for one, days in zip(looked_at, LOOKED_AT_IN, strict=False)}
        first = [one for one in going if going[one] == back[one]][:1]
        kept = [*first, *self.chance.sample(list(found), min(HELD, len(found)))]
        _each("cases kept", kept, self.hold)
        self.settle()
        _each("ages", list(back.items()), lambda pair: self.back(*pair))
        self.call("reconcile")  # the clocks of what was moved are behind
        _each("reasons for being late", [*found, *again], self.say_why)
        self.settle()

    def hold(self, reference: str) -> None:
        review_on = (date.today() + timedelta(days=self.chance.randint(40, 400))).isoformat()
        body = {**self.chance.choice(WORDS["holds"]), "review_on": review_on}
        self.api("POST", f"/v1/cases/{reference}/holds", body, "ig_manager")

    def say_why(self, reference: str) -> None:
        case = self.case(reference)
        if case and any(row["status"] in MISSED for row in case["dates"]):
            body = {"cause": self.chance.choice(CAUSES), "reason": "Made up for the demonstration."}
            self.api("POST", f"/v1/cases/{reference}/lateness", body, "ig_manager")

    def case(self, reference: str) -> Any:
        """The case as a manager sees it, or None."""
        status, case = self.api("GET", f"/v1/cases/{reference}", None, "ig_manager")
        return case if status == 200 else None

    def back(self, reference: str, days: int) -> None:
        travel(dict(self.run), reference, days)

    def api(self, method: str, path: str, body: Any, role: str) -> tuple[int, Any]:
        return _call(self.run, method, path, body, self.tokens[role][0])

    def call(self, *functions: str) -> None:
        """Call functions of the stack, one after another, each when nothing follows any more from the one before."""
        client = Aws(REGION, self.run["endpoint_url"]).client("lambda")
        for name in functions:
            answer = client.invoke(FunctionName=f"{self.run['stack']}-{name}", Payload=b"{}")
            if "FunctionError" in answer:
                raise SystemExit(f"demo: {name} failed; read {local_dir() / 'engine.log'}")
            self.settle()

    def settle(self) -> None:
        settle(self.run)


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


def _policy(name: str) -> Any:
    return json.loads((ROOT / "policy" / f"{name}.json").read_text())


THEMES = [row["id"] for row in _policy("figures")["themes"]]
CAUSES = [row["id"] for row in _policy("figures")["late_causes"]]
# After how many years two people look whether a case of these kinds may go.
PERIOD_OF = {
    name: int(row["period"]["years"]) for name, row in _policy("retention")["classes"].items() if "review" in row
}


def _goes_in(case: Mapping[str, Any]) -> int:
    """Days from now until a closed case goes; 0 when it has no such day."""
    on = case["disposal"]["on"]
    return (date.fromisoformat(on) - date.today()).days if on else 0


def _looked_at_in(case: Mapping[str, Any]) -> int:
    """Days from now until two people look whether a closed case may go."""
    closed = date.fromisoformat(case["closed_at"][:10])
    return (closed - date.today()).days + round(365.25 * PERIOD_OF[case["kind"]])


def _shuffled(chance: random.Random, names: Iterable[str]) -> list[str]:
    found = list(names)
    return chance.sample(found, len(found))


def _tokens(run: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """Bearer tokens of the staff by role: of those named, or of everybody who has it."""
    found: dict[str, Sequence[str]] = {}
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
