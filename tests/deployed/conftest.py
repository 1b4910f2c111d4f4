"""The running stack, shared by all tests that name `stack` or `local_stack`, and ways to look at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tools.local import REGION

from ..stack import LocalStack, shared, together
from .visitor import Visitor


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    together(items)


@pytest.fixture(scope="session")
def local_stack(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> LocalStack:
    """The process, for tests that stop it and start it again."""
    return shared(pytestconfig, tmp_path_factory)


@pytest.fixture(scope="session")
def stack(local_stack: LocalStack) -> dict[str, Any]:
    """What its `run.json` says. A restart changes nothing in it."""
    return local_stack.run


@pytest.fixture(scope="session")
def aws(stack: dict[str, Any]) -> Callable[[str], Any]:
    """A client of an AWS service in the engine, as its operator."""

    def client(service: str, key: str = "test", secret: str = "test") -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=stack["endpoint_url"],
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )

    return client


@pytest.fixture
def visitor(stack: dict[str, Any]) -> Visitor:
    """A browser without script, that nobody has used yet."""
    return Visitor(stack["resident_url"])
