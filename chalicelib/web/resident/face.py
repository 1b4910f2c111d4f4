"""The resident pages' way in: public, never signed in."""

from __future__ import annotations

from ...bootstrap import services
from ...domain.errors import NotSignedIn
from ..http import FORM, Face, Request
from ..render import refusal


def _anybody(request: Request, action: str) -> None:
    if not services().book.access.is_public(action):
        raise NotSignedIn


face = Face("resident", _anybody, refusal, FORM)
