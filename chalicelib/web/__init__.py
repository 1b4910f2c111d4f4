"""The faces of the service: resident pages, staff pages, JSON API. Each route names its action."""

from __future__ import annotations

from typing import Any


def register(app: Any) -> None:
    """Give the app all routes, and our own answers where Chalice would answer by itself."""
    from . import edge, static  # noqa: F401  (declares the route of the built files)
    from .api import resources  # noqa: F401
    from .api.face import face as api
    from .resident import files as resident_files  # noqa: F401
    from .resident import journeys, leaving, pages, tracking  # noqa: F401
    from .resident.face import face as resident
    from .staff import (  # noqa: F401  (imported so that their routes are there)
        beside,
        cases,
        conflicts,
        dates,
        desk,
        disposal,
        entry,
        figures,
        files,
        holds,
        lateness,
        letters,
        named,
        restrictions,
        rounds,
        search,
        signing,
        tasks,
    )
    from .staff.face import face as staff

    for face in (api, staff, resident):
        app.register_blueprint(face.blueprint)
    edge.cover(app)
