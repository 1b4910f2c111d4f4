"""Fixtures that several folders use. What they are made of is in `tests/support/`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from .support import aws
from .support.fakes import FrozenClock
from .support.stack import stack  # noqa: F401  (a fixture)
from .support.world import World


@pytest.fixture(scope="session")
def account() -> Iterator[None]:
    with aws.moto_account():
        yield


@pytest.fixture(scope="session")
def dynamodb(account: None) -> Any:
    return aws.client("dynamodb")


@pytest.fixture(scope="session")
def step_functions(account: None) -> Any:
    return aws.client("stepfunctions")


@pytest.fixture
def table(dynamodb: Any) -> Any:
    """An empty table; the client that sees it."""
    aws.make_table(dynamodb)
    return dynamodb


@pytest.fixture
def world(table: Any) -> Iterator[World]:
    """The core on an empty table, with machines that run step by step and a clock that stands still. Whatever a test
    did with it: each item that is stored at the end has an end, or a reason why it has none."""
    found = World(FrozenClock())
    found.hire()
    yield found
    endless = [item["sk"] for item in found.items() if not item.get("expires_at") and not item.get("kept_because")]
    assert not endless, f"stored without an end and without a reason: {endless}"


@pytest.fixture
def executed(table: Any, step_functions: Any) -> Iterator[World]:
    """The core on an empty table, with moto executing the state machines. Its clock stands at this very moment, for
    moto's `Wait` reads the clock on the wall."""
    found = World(FrozenClock(datetime.now(UTC)), step_functions)
    found.hire()
    aws.make_machines(step_functions, found.functions)
    yield found
    aws.remove_machines(step_functions)
