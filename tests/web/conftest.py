"""The web over the core on an empty table."""

from __future__ import annotations

import pytest

from ..support.site import Site
from ..support.world import World


@pytest.fixture
def site(world: World) -> Site:
    return Site(world)
