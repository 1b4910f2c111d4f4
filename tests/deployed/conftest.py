"""The running stack, shared by all tests that name the fixture `stack`."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from ..stack import running

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What `run.json` of a running local stack says."""
    with running(tmp_path_factory.mktemp("stack")) as found:
        yield found
