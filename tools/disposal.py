"""Disposal from the command line, on the local stack or on AWS.

    python -m tools.disposal preview [--days 30]   what would go, by which rule, and what keeps it; changes nothing
    python -m tools.disposal run                   the round of the night, now
    python -m tools.disposal verify                read the chain of certificates and its copies; 1 when one is wrong
    python -m tools.disposal replay                after a restore, before the service opens: remove again what was
                                                   certified since

Without `--stack` it works on the local stack of `make run`; with it, on AWS with your own credentials.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from .local import REGION, STACK, local_dir
from .stack import Aws

MOST = 1_000_000


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.disposal", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("what", choices=("preview", "run", "verify", "replay"))
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--stack", default="")
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(argv)
    _environment(given.stack, given.region)
    found = {"preview": _preview, "run": _run, "verify": _verify, "replay": _replay}[given.what](given)
    print(json.dumps(found, indent=1, default=str) if given.json else _in_words(given.what, found))
    return int(bool(found.get("faults") or found.get("failed")))


def _environment(stack: str, region: str) -> None:
    """Read what the functions of the stack read, so that this process is one of them."""
    endpoint = ""
    if not stack:
        file = local_dir() / "run.json"
        if not file.exists():
            raise SystemExit("No local stack is running: start it with `make run`, or name one on AWS with --stack.")
        endpoint = json.loads(file.read_text())["endpoint_url"]
        os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_ENDPOINT_URL=endpoint)
    os.environ.update(AWS_DEFAULT_REGION=region, AWS_REGION=region)
    aws = Aws(region, endpoint)
    name = stack or STACK
    resources = aws.client("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
    function = next(row["PhysicalResourceId"] for row in resources if row["LogicalResourceId"] == "Dispose")
    settings = aws.client("lambda").get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    os.environ.update({key: value for key, value in settings.items() if not key.startswith("AWS_")})


def _preview(given: argparse.Namespace) -> dict[str, Any]:
    from chalicelib.bootstrap import services
    from chalicelib.commands import disposal
    from chalicelib.domain.model import Actor

    operator = Actor("operator", "Operator", roles=frozenset({"ig_manager", "dpo"}))
    found = disposal.preview(services(), operator, given.days)
    return {
        name: [
            {"reference": row.reference, "day": row.day, "rule": row.rule, "what": row.kind, "keeps": list(row.keeps)}
            for row in rows
        ]
        for name, rows in (("goes", found.going), ("is looked at first", found.to_look), ("is kept", found.kept))
    }


def _run(given: argparse.Namespace) -> dict[str, Any]:
    from chalicelib.bootstrap import services
    from chalicelib.commands import disposal

    return disposal.run(services())


def _replay(given: argparse.Namespace) -> dict[str, Any]:
    from chalicelib.bootstrap import services
    from chalicelib.commands import disposal

    return {**disposal.replay(services()), **_verify(given)}


def _verify(given: argparse.Namespace) -> dict[str, Any]:
    """The chain in the table, and that each copy in the bucket is the same and none is more than the table has."""
    from chalicelib.bootstrap import services
    from chalicelib.domain import certificates

    chain = services().store.certificates(0, MOST)
    faults = certificates.faults(chain)
    there = {one.number: one for one in chain}
    for body in services().documents.certificates():
        copy = certificates.read(body)
        if copy.number not in there:
            faults.append(f"Certificate {copy.number} is missing from the table: its copy is in the bucket.")
        elif there[copy.number] != copy:
            faults.append(f"Certificate {copy.number} is not like its copy in the bucket.")
    return {"certificates": len(chain), "head": chain[-1].seal if chain else "", "faults": faults}


def _in_words(what: str, found: dict[str, Any]) -> str:
    if what == "preview":
        lines = []
        for name, rows in found.items():
            lines.append(f"What {name}: {len(rows) or 'nothing'}")
            for row in rows:
                keeps = f"; kept by: {', '.join(row['keeps'])}" if row["keeps"] else ""
                lines.append(f"  {row['reference']}  {row['day'] or 'no day':10}  {row['what']} ({row['rule']}){keeps}")
        return "\n".join(lines)
    lines = [f"{name.replace('_', ' ')}: {value}" for name, value in found.items() if name != "faults"]
    whole = ["The chain is whole."] if found.get("faults") == [] else []
    return "\n".join([*lines, *found.get("faults", ()), *whole])


if __name__ == "__main__":
    sys.exit(main())
