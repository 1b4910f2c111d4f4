"""Ways to look at the running stack (the fixture `stack` is in `tests/conftest.py`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tools.local import REGION

from ..support.stack import Stack
from .visitor import Visitor


@pytest.fixture
def aws(stack: Stack) -> Callable[..., Any]:
    """A client of an AWS service in the engine, as its operator or as whoever has the keys."""

    def client(service: str, key: str = "test", secret: str = "test") -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=stack.run["endpoint_url"],
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )

    return client


@pytest.fixture
def visitor(stack: Stack) -> Visitor:
    """A browser without script, that nobody has used yet."""
    return Visitor(stack.run["resident_url"])
