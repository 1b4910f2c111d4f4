"""The template as a whole: CloudFormation would take it, and it can be brought up from nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]


def test_cfn_lint_has_nothing_to_say(packaged: Path) -> None:
    lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([lint, "--regions", "eu-west-2", "--", packaged / "sam.json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def named(value: Any) -> Iterator[str]:
    """What a part of a template refers to, by `Ref`, `Fn::GetAtt` or `Fn::Sub`."""
    if isinstance(value, dict):
        if "Ref" in value:
            yield value["Ref"]
        elif "Fn::GetAtt" in value:
            target = value["Fn::GetAtt"]
            yield target[0] if isinstance(target, list) else target.split(".")[0]
        elif "Fn::Sub" in value:
            text, own = (value["Fn::Sub"], {}) if isinstance(value["Fn::Sub"], str) else value["Fn::Sub"]
            yield from (name.split(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text) if name not in own)
        for inner in value.values():
            yield from named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner)


def needs(template: Json) -> Mapping[str, set[str]]:
    """Resource to the resources that must be there before it. Every function has the global environment too."""
    resources = template["Resources"]
    every = template.get("Globals", {}).get("Function", {})
    found = {}
    for name, row in resources.items():
        parts = [row.get("Properties", {}), {"Ref": row["DependsOn"]} if "DependsOn" in row else {}]
        if row["Type"] == "AWS::Serverless::Function":
            parts.append(every)
        found[name] = {target for target in named(parts) if target in resources}
    return found


def test_nothing_waits_for_itself(template: Json) -> None:
    """A cycle passes cfn-lint on a SAM template and fails when it is deployed."""
    order = list(TopologicalSorter(needs(template)).static_order())
    assert len(order) == len(template["Resources"])


def test_a_cycle_would_be_found(template: Json) -> None:
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    worse = {
        **template,
        "Globals": {"Function": {"Environment": {"Variables": {**variables, "M": {"Ref": "ComplaintMachine"}}}}},
    }
    with pytest.raises(CycleError):
        list(TopologicalSorter(needs(worse)).static_order())


def test_every_reference_is_to_something(template: Json) -> None:
    known = {*template["Resources"], *template["Parameters"]}
    unknown = {
        name for name in named([template["Resources"], template["Outputs"], template["Globals"]]) if name not in known
    }
    assert {name for name in unknown if not name.startswith("AWS::")} == set()


def test_every_parameter_has_a_default_that_works(template: Json) -> None:
    """`make deploy STAGE=dev` asks for nothing else."""
    assert [name for name, row in template["Parameters"].items() if "Default" not in row] == []


def test_it_tells_what_the_tools_need(template: Json) -> None:
    assert {"RestAPIId", "Table", "Bucket", "UserPoolId", "ClientId"} <= set(template["Outputs"])
