"""The resident pages' way in: public, never signed in."""

from __future__ import annotations

from ...bootstrap import services
from ...domain.errors import NotSignedIn
from ...domain.language import ENGLISH, Language
from ..http import FORM, LANGUAGE, Face, Request
from ..render import refusal


def _anybody(request: Request, action: str) -> None:
    if not services().book.access.is_public(action):
        raise NotSignedIn


def _language(request: Request) -> Language | None:
    """The language that the person chose with a link, now or before in this browser."""
    chosen = request.query.get("lang", "")
    known = services().book.languages
    if chosen == ENGLISH or chosen in known:
        request.new_cookies[LANGUAGE] = chosen
        return known.get(chosen)
    return known.get(request.cookies.get(LANGUAGE, ""))


face = Face("resident", _anybody, refusal, FORM, _language)
