"""The packaged template, in the shapes that the tests ask it in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tools.package import package

Json = dict[str, Any]
HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker packages: the one that also runs the stack made from it."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("stack"))


@pytest.fixture(scope="session")
def packaged() -> Path:
    """The folder with `deployment.zip` and `sam.json`, up to date."""
    return package(lambda text: None)


@pytest.fixture(scope="session")
def template(packaged: Path) -> Json:
    found: Json = json.loads((packaged / "sam.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def of_type(template: Json) -> Callable[[str], Mapping[str, Json]]:
    """Resources of one type by their names, at least one: a test over none would prove nothing."""

    def find(kind: str) -> Mapping[str, Json]:
        found = {name: row for name, row in template["Resources"].items() if row["Type"] == kind}
        assert found, f"there is no {kind}"
        return found

    return find


@pytest.fixture(scope="session")
def functions(of_type: Callable[[str], Mapping[str, Json]]) -> Mapping[str, Json]:
    """Properties of the Lambda functions by their names in the template."""
    return {name: row["Properties"] for name, row in of_type("AWS::Serverless::Function").items()}
