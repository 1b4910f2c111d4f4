"""`make run` (`make demo` with `--demo`): packages the service, starts the engine, deploys into it, and stays.

State is kept under `.local/` over a normal stop; the next run goes on with it. The engine ends executions when it
stops: the service's own reconciler starts workflows and clocks again, and is asked to at once.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from . import demo, staff
from .local import REGION, ROOT, STACK, Engine, local_dir, passwords, unchanged
from .package import package
from .stack import Aws, outputs, put

CLAMD = ("127.0.0.1", 3310)
SENDER = "families-first@bolton.example"


def main() -> int:
    port = int(os.environ.get("PORT", "4566"))
    folder = local_dir()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").unlink(missing_ok=True)
    built = package(_say)
    engine = Engine(port, folder)
    stopped: list[int] = []
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda number, frame: stopped.append(number))
    _say(f"engine: starting on {engine.url}")
    try:
        engine.start()
        run = _deploy(engine, port, folder, built)
        (folder / "run.json").write_text(json.dumps(run, indent=2) + "\n")
        if "--demo" in sys.argv[1:]:
            demo.seed(run)
        _welcome(run)
        while not stopped and engine.alive():
            time.sleep(0.2)
        if not stopped:
            raise SystemExit(f"The local engine stopped by itself. Its log: {folder / 'engine.log'}")
    finally:
        (folder / "run.json").unlink(missing_ok=True)
        _say("engine: stopping, state is kept")
        engine.stop()
    return 0


def _deploy(engine: Engine, port: int, folder: Path, built: Path) -> dict[str, Any]:
    aws = Aws(REGION, engine.url)
    place = outputs(aws, STACK)
    restarted = place is not None
    stamp = [(built / "stamp").read_text(), port, _scanner()]
    note = unchanged(folder, "deployed", stamp)
    if place is None or note is not None:
        _say("stack: deploying")
        place = _put(aws, built, port, place)
        aws.client("sesv2").create_email_identity(EmailIdentity=SENDER) if not restarted else None
        if note is not None:
            note()
    people = _staff(aws, place, folder)
    if restarted:
        _say("stack: starting workflows again")
        name = f"{STACK}-reconcile"
        aws.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    site = _site(place, port)
    engine.wait(f"{engine.url}{_by_path(place)}/", 60)
    return {
        "resident_url": f"{site}/",
        "staff_url": f"{site}/staff",
        "api_url": f"{engine.url}{_by_path(place)}",
        "mail_url": f"{engine.url}/_ministack/ses/messages",
        "endpoint_url": engine.url,
        "table": place["Table"],
        "bucket": place["Bucket"],
        "stack": STACK,
        "user_pool_id": place["UserPoolId"],
        "client_id": place["ClientId"],
        "staff": people,
    }


def _put(aws: Aws, built: Path, port: int, place: dict[str, str] | None) -> dict[str, str]:
    """The first deployment tells the addresses, which the second needs; the engine may renew them with an update."""
    parameters = {"Stage": "local", "MailFrom": SENDER, "SecondFactor": "OFF", **_scanner()}
    known = place or {}
    for _ in range(3):
        if known:
            parameters |= {
                "SiteUrl": _site(known, port),
                "SignInUrl": f"http://localhost:{port}",
                "TokenKeys": f"http://localhost:{port}/{known['UserPoolId']}",
            }
        before, known = known, put(aws, STACK, built, "deployments", parameters)
        if before.get("RestAPIId") == known["RestAPIId"]:
            break
    return known


def _scanner() -> dict[str, str]:
    """A real virus scanner when a clamd listens on this machine; else the stand-in that knows the test file only."""
    try:
        socket.create_connection(CLAMD, timeout=1).close()
    except OSError:
        return {"Scanner": "signature", "ScannerAddress": ""}
    return {"Scanner": "clamav", "ScannerAddress": f"{CLAMD[0]}:{CLAMD[1]}"}


def _site(place: dict[str, str], port: int) -> str:
    """The address for browsers, which find every name under `localhost`."""
    return f"http://{place['RestAPIId']}.execute-api.localhost:{port}/api"


def _by_path(place: dict[str, str]) -> str:
    """The same pages for programs that do not find names under `localhost`."""
    return f"/restapis/{place['RestAPIId']}/api/_user_request_"


def _staff(aws: Aws, place: dict[str, str], folder: Path) -> list[dict[str, Any]]:
    people = json.loads((ROOT / "tools" / "local_staff.json").read_text())
    words = passwords(folder, [person["username"] for person in people])
    wanted = [place["UserPoolId"], people, words]
    note = unchanged(folder, "staff", wanted)
    if note is not None:
        _say("staff: making fictional people")
        for person in people:
            email = f"{person['username']}@bolton.example"
            staff.add(aws, place, person["username"], person["name"], email, person["roles"], words[person["username"]])
        note()
    return [
        {"username": person["username"], "password": words[person["username"]], "roles": person["roles"]}
        for person in people
    ]


def _welcome(run: dict[str, Any]) -> None:
    print()
    for title, name in (
        ("Residents", "resident_url"),
        ("Staff", "staff_url"),
        ("API", "api_url"),
        ("Mail", "mail_url"),
    ):
        print(f"  {title:10} {run[name]}{'/v1' if name == 'api_url' else ''}")
    print("\n  Staff to sign in as (fictional, this machine only):")
    for person in run["staff"]:
        print(f"    {person['username']:18} {person['password']}  {', '.join(person['roles'])}")
    print("\n  Stop with Ctrl+C. Everything is kept for the next run.\n", flush=True)


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
