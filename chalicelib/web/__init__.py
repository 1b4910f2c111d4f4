"""The faces of the service: resident pages, staff pages, JSON API. Each blueprint names the action of each route."""

from __future__ import annotations

from chalice import Chalice
