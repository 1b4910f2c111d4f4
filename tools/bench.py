"""`make bench`: measures the service and writes `.local/bench.json`, a flat object.

Times are only ever ratios against a floor measured in the same run, on the same engine. Counts are counted: AWS calls
by a hook before each call, state transitions from the histories of real executions.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from .bench_pages import counted, event_of, table_properties
from .local import REGION, ROOT
from .package import OUT, package
from .stack import Aws

LIMITS = {
    "import_ratio": 1.35,
    "submit_aws_calls": 1,
    "decide_aws_calls": 2,
    "submit_ratio": 1.5,
    "transitions_complaint": 20,
    "transitions_complaint_two_stages": 36,
    "transitions_access": 45,
    "zip_mb": 6,
    "disposal_reads_ratio_100k": 1.1,
    **{f"{page}_ratio_100k": 1.2 for page in ("desk", "case", "search", "track")},
    "desk_aws_calls": 3,
    "case_aws_calls": 3,
    "search_aws_calls": 3,
    "track_aws_calls": 2,
    "first_view_kb": 32,
    "start_seconds": 30,
}
AT_LEAST = {"clock_cases_per_second": 10_000}
FLOOR = "import chalice, boto3, pynamodb.models"
Path_ = tuple[tuple[str, dict[str, Any]], ...]
COMPLAINT: Path_ = (("accept", {}), ("answer_drafted", {}), ("approve", {}))
# Answered, the person asks again, and others look at it.
ASK_AGAIN = "the person asks again"
TWO_STAGES: Path_ = (*COMPLAINT, (ASK_AGAIN, {}), ("accept", {}), ("answer_drafted", {}), ("approve", {}))
# One clarification, three searches, and two people for the answer.
ACCESS: Path_ = (
    ("accept", {"ask": ["early_help", "family_worker", "commissioned_provider"]}),
    ("nothing", {}),
    ("nothing", {}),
    ("nothing", {}),
    ("ask_question", {}),
    ("answered", {}),
    ("collected", {}),
    ("answer_drafted", {}),
    ("approve", {}),
)
RUNS = 15
SUBMISSIONS = 400
DUE = 3


def main() -> int:
    package(lambda text: None)
    found: dict[str, float] = {"zip_mb": round((OUT / "deployment.zip").stat().st_size / 1_048_576, 2)}
    found["import_ratio"] = _import_ratio()
    found["clock_cases_per_second"] = _clock_speed()
    found |= _pages()
    folder = ROOT / ".local" / "bench"
    shutil.rmtree(folder, ignore_errors=True)
    stack = _Stack(folder)
    try:
        stack.start()
        stack.stop()
        found["start_seconds"] = stack.start()
        found["first_view_kb"] = _first_view(stack)
        found["transitions_complaint"] = _transitions(stack, "complaint", COMPLAINT)
        found["transitions_complaint_two_stages"] = _transitions(stack, "complaint", TWO_STAGES)
        found["transitions_access"] = _transitions(stack, "rights_request", ACCESS)
        found |= _in_process(stack)
        found |= _disposal(stack)
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
    (ROOT / ".local" / "bench.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    return _table(found)


def _table(found: dict[str, float]) -> int:
    """Print what was measured beside its limit; 1 when a limit is passed."""
    worst = 0
    for name in sorted(found):
        limit = LIMITS.get(name, AT_LEAST.get(name))
        good = limit is None or (found[name] >= limit if name in AT_LEAST else found[name] <= limit)
        worst |= not good
        sign = "at least" if name in AT_LEAST else "at most"
        print(f"  {name:26} {found[name]:>10}   {sign} {limit}{'' if good else '   NOT MET'}")
    return int(worst)


class _Stack:
    """`make run` on a port and in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.run: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds from the command to the first page."""
        self._folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        environment = {**os.environ, "LOCAL_DIR": str(self._folder), "PORT": "4599"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.run"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not (self._folder / "run.json").exists():
            if self._process.poll() is not None or time.monotonic() - began > 120:
                raise SystemExit("bench: the local stack does not start; try `make run`")
            time.sleep(0.05)
        self.run = json.loads((self._folder / "run.json").read_text())
        return round(time.monotonic() - began, 1)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(60)

    def aws(self) -> Aws:
        return Aws(REGION, self.run["endpoint_url"])

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        data = json.dumps(body).encode() if body is not None else None
        with urlopen(Request(self.run["api_url"] + path, data, headers, method=method), timeout=30) as answer:
            return json.load(answer)

    def tokens(self, role: str) -> list[str]:
        """A bearer token of each person with this role alone."""
        return [self._token(row) for row in self.run["staff"] if row["roles"] == [role]]

    def _token(self, person: dict[str, str]) -> str:
        answer = (
            self.aws()
            .client("cognito-idp")
            .admin_initiate_auth(
                UserPoolId=self.run["user_pool_id"],
                ClientId=self.run["client_id"],
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": person["username"], "PASSWORD": person["password"]},
            )
        )
        return str(answer["AuthenticationResult"]["IdToken"])


def _pages() -> dict[str, float]:
    """What pages cost with 100 and with 100,000 open cases, on an engine whose indexes are sorted."""
    done = subprocess.run([sys.executable, "-m", "tools.bench_pages"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"bench: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _import_ratio() -> float:
    """Importing the packaged app against its three libraries, both from the package, alternately; best of each."""
    folder = ROOT / ".local" / "bench-import"
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(OUT / "deployment.zip") as archive:
        archive.extractall(folder)
    best = {"app": 9.9, "floor": 9.9}
    for _ in range(RUNS):
        for name, statement in (("app", "import app"), ("floor", FLOOR)):
            best[name] = min(best[name], _seconds(folder, statement))
    shutil.rmtree(folder)
    return round(best["app"] / best["floor"], 3)


def _seconds(folder: Path, statement: str) -> float:
    clock = f"t=time.perf_counter();{statement};print(time.perf_counter()-t)"
    code = f"import sys,time;sys.path.insert(0,{str(folder)!r});{clock}"
    environment = {**os.environ, "AWS_DEFAULT_REGION": REGION}
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return float(done.stdout)


def _first_view(stack: _Stack) -> float:
    """The first resident page with its stylesheet, script and icon, each gzipped, in KiB."""
    base = stack.run["api_url"]
    with urlopen(base + "/", timeout=30) as answer:
        page = answer.read()
    paths = re.findall(rb'(?:href|src)="/api(/static/[^"]+)"', page)
    total = len(gzip.compress(page, 6))
    for path in sorted(set(paths)):
        with urlopen(base + path.decode(), timeout=30) as answer:
            total += len(gzip.compress(answer.read(), 6))
    return round(total / 1024, 1)


def _transitions(stack: _Stack, kind: str, path: Path_) -> int:
    """States entered by all executions of one case that is decided at once, its clocks included."""
    path_of = {"complaint": "complaints", "rights_request": "rights-requests"}
    example = json.loads((ROOT / "schemas" / "submissions" / f"{kind}.json").read_text())["examples"][0]
    reference = stack.call("POST", f"/v1/{path_of[kind]}", example)["reference"]
    tokens = {role: stack.tokens(role) for role in ("ig_officer", "service_manager", "ig_manager")}
    waiting, until = list(path), time.monotonic() + 120
    while time.monotonic() < until:
        case = stack.call("GET", f"/v1/cases/{reference}", token=tokens["ig_officer"][0])
        if case["status"] == "closed" and waiting and waiting[0][0] == ASK_AGAIN:
            asked = {"asked_at": case["closed_at"][:10], "channel": "phone", "reason": "bench"}
            stack.call("POST", f"/v1/cases/{reference}/next-stage", asked, tokens["ig_officer"][0])
            waiting.pop(0)
        if case["status"] == "closed":
            if not waiting:
                break
            time.sleep(0.3)
            continue
        if not waiting:
            time.sleep(0.3)
            continue
        offered = [(task, row) for task in case["tasks"] for row in task["outcomes"] if row["outcome"] == waiting[0][0]]
        for task, outcome in offered[:1]:
            _, more = waiting.pop(0)
            body = {
                "outcome": outcome["outcome"],
                "reason": "bench",
                "data": {**outcome["example"], **more},
                "version": task["version"],
            }
            _by_anybody_who_may(stack, f"/v1/tasks/{task['task_id']}/decision", body, tokens[task["role"]])
        time.sleep(0.3)
    else:
        raise SystemExit(f"bench: a {kind} does not close")
    time.sleep(3)
    return _entered(stack, reference)


def _by_anybody_who_may(stack: _Stack, path: str, body: Any, tokens: list[str]) -> None:
    """Decide as the first of these people who may: who took part before may not."""
    for token in tokens:
        try:
            stack.call("POST", path, body, token)
        except HTTPError as error:
            if error.code != 403:
                raise
        else:
            return
    raise SystemExit("bench: nobody may decide a task")


def _entered(stack: _Stack, reference: str) -> int:
    states = stack.aws().client("stepfunctions")
    count = 0
    for machine in states.list_state_machines()["stateMachines"]:
        for row in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            if row["name"].startswith(reference):
                history = states.get_execution_history(executionArn=row["executionArn"], maxResults=1000)["events"]
                count += sum(event["type"].endswith("StateEntered") for event in history)
    return count


def _in_process(stack: _Stack) -> dict[str, float]:
    """Calls and p50 of a submission through the app's handler, against a bare transaction of the same items."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_DEFAULT_REGION=REGION,
        AWS_REGION=REGION,
        AWS_ENDPOINT_URL=stack.run["endpoint_url"],
        TABLE="bench",
        SECRET_ID="bench",
        MACHINE_ARN_PREFIX="none",
        BUCKET="bench",
        SCANNER="signature",
        MAIL_FROM="bench@example.org",
        TOKEN_ISSUER="none",
        TOKEN_KEYS="none",
        CLIENT_ID="none",
        SIGN_IN_URL="none",
        SITE_URL="http://localhost",
    )
    dynamodb = stack.aws().client("dynamodb")
    _bench_table(dynamodb)
    stack.aws().client("secretsmanager").create_secret(Name="bench", SecretString="bench")
    import logging

    import app

    logging.getLogger("cases").setLevel(logging.CRITICAL)
    example = (ROOT / "schemas" / "submissions" / "complaint.json").read_text()
    body = json.dumps(json.loads(example)["examples"][0])
    event = event_of("POST", "/v1/{collection}", {"collection": "complaints"}, body=body, kind="application/json")

    def submit() -> str:
        return str(json.loads(app.app(event, None)["body"])["reference"])

    reference = submit()
    items = _items(dynamodb, reference)
    calls = counted(submit)
    through, bare = [], []
    for number in range(SUBMISSIONS):
        through.append(_timed(submit))
        copy = [{"Put": {"TableName": "bench", "Item": {**item, "pk": {"S": f"BARE#{number}"}}}} for item in items]
        bare.append(_timed(lambda copy=copy: dynamodb.transact_write_items(TransactItems=copy)))  # type: ignore[misc]
    return {
        "submit_aws_calls": calls,
        "decide_aws_calls": _decide_calls(submit()),
        "submit_ratio": round(statistics.median(through) / statistics.median(bare), 3),
    }


def _disposal(stack: _Stack) -> dict[str, float]:
    """Reads for each case that is disposed of, with 100,000 stored cases against 1,000; and how many items go a second.
    In this process, on a table without a stream."""
    stack.aws().client("s3").create_bucket(Bucket="bench", CreateBucketConfiguration={"LocationConstraint": REGION})
    few, _ = _disposed(stack, "bench-1k", 1_000)
    many, speed = _disposed(stack, "bench-100k", 100_000)
    return {"disposal_reads_ratio_100k": round(many / few, 3), "disposal_items_per_second": round(speed)}


def _disposed(stack: _Stack, name: str, stored: int) -> tuple[float, float]:
    """Items read and calls that read, for each of the cases that are due; and items deleted a second."""
    from datetime import UTC, datetime, timedelta

    from chalicelib.adapters import items
    from chalicelib.adapters.table import Item, use_table
    from chalicelib.bootstrap import services
    from chalicelib.commands import disposal
    from chalicelib.domain.model import Case, End, Event, Party

    _bench_table(stack.aws().client("dynamodb"), name)
    Item.Meta.read_timeout_seconds = 60  # the engine looks at every item of an index for each query; DynamoDB does not
    use_table(name, REGION)
    version = services().book.retention["version"]
    services().store.save_note(disposal.COUNTED_WITH, version)
    now = datetime.now(UTC)

    def case(number: int, end: datetime) -> Case:
        closed = now - timedelta(days=2200)
        return Case(
            reference=f"FF-{number:09d}", kind="complaint", stage="closed", status="closed", received_at=closed,
            received_on=closed.date(), channel="web", regime="lgsco-stage1", access_digest="", changed_at=closed,
            closed_at=closed, outcome="upheld", end=End(at=end), retention_rule=f"complaint@{version}",
        )  # fmt: skip

    with Item.batch_write() as batch:
        for number in range(stored):
            batch.save(items.from_case(case(number, now + timedelta(days=400))))
    due = [case(stored + number, now - timedelta(hours=1)) for number in range(DUE)]
    for one in due:
        party = Party(role="requester", name="Made Up", details={"phone": "01204 000 000"}, end=one.end)
        written = [items.from_case(one), items.from_party(one.reference, party)]
        for number in range(1, 59):
            event = Event(reference=one.reference, number=number, type="task_opened", at=now, by="x", end=one.end)
            written.append(items.from_event(event))
        with Item.batch_write() as batch:
            for item in written:
                batch.save(item)
    read: list[int] = []

    def count(parsed: Any, model: Any, **_: Any) -> None:
        if model.name in ("Query", "GetItem", "BatchGetItem"):
            read.append(1 + int(parsed.get("Count", 1)))

    events = Item._get_connection().connection.client.meta.events
    events.register("after-call.dynamodb", count)
    began = time.perf_counter()
    done = disposal.run(services())
    took = time.perf_counter() - began
    events.unregister("after-call.dynamodb", count)
    if done["disposed"] != DUE:
        raise SystemExit(f"bench: of {DUE} cases that are due {done['disposed']} were disposed of")
    return sum(read) / DUE, DUE * 60 / took


def _decide_calls(reference: str) -> int:
    """AWS calls of a decision, after the session has been read."""
    from chalicelib.bootstrap import services
    from chalicelib.commands import decide, workflow
    from chalicelib.domain.model import Actor

    workflow.open_task(services(), reference, 1, "complaint.triage", "token", 0)
    actor = Actor("bench", "Bench", roles=frozenset({"ig_officer"}))
    data = services().schemas.document("outcomes/complaint/triage.accept")["examples"][0]
    return counted(
        lambda: decide.decide(services(), actor, f"{reference}.1", "accept", reason="bench", data=data, version=1)
    )


def _bench_table(dynamodb: Any, name: str = "bench") -> None:
    """The table's keys and indexes without its stream, so that no effect runs beside the measurement."""
    dynamodb.create_table(TableName=name, **table_properties())


def _items(dynamodb: Any, reference: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dynamodb.query(
        TableName="bench",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"CASE#{reference}"}},
    )["Items"]
    key = {"pk": {"S": ""}, "sk": {"S": "KEY"}, "body": {"S": "x" * 250}, "type": {"S": "used"}}
    return [*found, key]


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _clock_speed() -> int:
    """Rights requests with one pause, computed with their explanations, in a second on one core."""
    from datetime import date

    from chalicelib.adapters.policies import PolicyFiles
    from chalicelib.adapters.schemas import SchemaFiles
    from chalicelib.domain.clock import Happening, compute
    from chalicelib.domain.policy import Book

    rules = Book(PolicyFiles(SchemaFiles()).read).rules
    asked = (
        Happening("clarification_requested", date(2026, 6, 8)),
        Happening("clarification_received", date(2026, 6, 15)),
    )
    count, began = 5_000, time.perf_counter()
    for _ in range(count):
        compute(rules, "ukgdpr-rights", date(2026, 6, 1), asked, {"right": "access"}, today=date(2026, 6, 20))
    return round(count / (time.perf_counter() - began))


if __name__ == "__main__":
    sys.exit(main())
