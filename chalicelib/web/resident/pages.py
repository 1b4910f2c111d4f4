"""Start, help and the statements. Their words are policy (`policy/pages.json`)."""

from __future__ import annotations

from string import Template

from chalice.app import Response

from ...bootstrap import services
from ...commands import figures
from ...domain import finder
from ..counted import published
from ..http import Request
from ..render import html
from . import journeys
from .face import face


@face.route("/", "page.read")
def start(request: Request) -> Response:
    every = sorted((services().book.journey(name) for name in journeys.NAMES), key=lambda row: row["start"]["order"])
    return html(request, "resident/start.html", title="Tell us, ask us, or follow a case", journeys=every)


@face.route("/rights", "page.read")
def rights(request: Request) -> Response:
    """What a person can ask for, which of it applies here, and why."""
    found = finder.rights(services().book.file("notice"))
    return html(request, "resident/rights.html", title="What you can ask for", rights=found, back=request.url("/"))


@face.route("/performance", "page.read")
def performance(request: Request) -> Response:
    """What is published of how we do: exactly what staff see as published."""
    series = [(one, published(one)) for one in figures.public(services())]
    return html(request, "resident/performance.html", title="How we do", series=series, back=request.url("/"))


def _text(request: Request, name: str) -> Response:
    page = services().book.file("pages")["pages"][name]
    council = services().book.council
    values = {
        "council": council["name"],
        "service": council["short_service"],
        "phone": council["phone"],
        "hours": council["hours"],
        "email": council["email"],
        "address": ", ".join(council["address"]),
        "regulator": council["regulator"]["name"],
        "regulator_phone": council["regulator"]["phone"],
        "regulator_address": ", ".join(council["regulator"]["address"]),
    }
    sections = [
        {
            "heading": section.get("heading", ""),
            "paragraphs": [Template(text).substitute(values) for text in section.get("paragraphs", ())],
            "items": [Template(text).substitute(values) for text in section.get("items", ())],
        }
        for section in page["sections"]
    ]
    return html(request, "resident/text.html", title=page["title"], sections=sections, back=request.url("/"))


@face.route("/help", "page.read")
def get_help(request: Request) -> Response:
    return _text(request, "help")


@face.route("/privacy", "page.read")
def privacy(request: Request) -> Response:
    return _text(request, "privacy")


@face.route("/privacy/young-people", "page.read")
def young_people(request: Request) -> Response:
    return _text(request, "young_people")


@face.route("/cookies", "page.read")
def cookies(request: Request) -> Response:
    return _text(request, "cookies")


@face.route("/accessibility", "page.read")
def accessibility(request: Request) -> Response:
    return _text(request, "accessibility")


@face.route("/healthz", "health.read")
def health(request: Request) -> Response:
    return Response("ok", headers={"Content-Type": "text/plain; charset=utf-8"})
