"""Writing to the person: choose a text, fill it in, see it as the person will, then send it or let somebody read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import letters as commands
from ...commands import view
from ...domain import letters
from ...domain.errors import Invalid, NotFound, Problem
from ..http import Request, see
from ..render import html
from .beside import PLAIN, WHY, page
from .face import face


@face.route("/staff/cases/{reference}/write", "letter.write")
def choose(request: Request) -> Response:
    found = view.case_file(services(), request.actor, request.params["reference"])
    back = request.url(f"/staff/cases/{found.case.reference}")
    rows = services().book.letters
    return html(request, "staff/letters.html", title="Write to the person", view=found, letters=rows, back=back)


@face.route("/staff/cases/{reference}/write/{letter}", "letter.write", ("GET", "POST"))
def write(request: Request) -> Response:
    """The form, then what goes, then the sending: nothing goes that was not looked at."""
    file = view.look_at(services(), request.actor, request.params["reference"])
    found = view.view_of(services(), request.actor, file)
    name = request.params["letter"]
    row = services().book.letters.get(name)
    if row is None:
        raise NotFound
    given = {field: request.form.get(field, "") if request.method == "POST" else "" for field in row["fields"]}
    ways = commands.ways(services(), file)
    way = request.form.get("way", "") if request.method == "POST" else ways[0]
    if request.method != "POST" or request.form.get("_edit"):
        return _form(request, found, name, row, ways, ())
    try:
        shown = commands.look(services(), request.actor, found.case.reference, name, given, way)
        if request.form.get("confirmed") == "yes":
            commands.write(services(), request.actor, found.case.reference, name, given, way)
            return see(request, f"/staff/cases/{found.case.reference}")
    except Invalid as error:
        return _form(request, found, name, row, ways, error.problems)
    back = request.url(f"/staff/cases/{found.case.reference}/write")
    return html(
        request,
        "staff/letter_look.html",
        title=row["title"],
        view=found,
        shown=shown,
        how=letters.WAYS[shown.channel],
        waits=row["second_person"],
        typed={**given, "way": way},
        action=request.url(request.path),
        back=back,
    )


def _form(
    request: Request,
    found: view.CaseView,
    name: str,
    row: Mapping[str, Any],
    ways: tuple[str, ...],
    problems: tuple[Problem, ...],
) -> Response:
    fields = [
        {
            **PLAIN,
            "name": field,
            "input": "textarea",
            "label": rule["label"],
            "hint": rule["hint"],
            "rows": rule["rows"],
            "limit": rule["most"],
        }
        for field, rule in row["fields"].items()
    ]
    items = [{"value": way, "text": letters.WAYS[way]} for way in ways]
    fields.append({**PLAIN, "name": "way", "input": "radios", "label": "How does it go?", "items": items})
    help_ = "You see it as the person will before it goes."
    return page(request, found, f"write/{name}", row["title"], help_, fields, problems, button="See it first")


@face.route("/staff/cases/{reference}/letters/{number}/send", "letter.check", ("POST",))
def send(request: Request) -> Response:
    number = _number(request)
    reference = commands.send(services(), request.actor, request.params["reference"], number)
    return see(request, f"/staff/cases/{reference}")


@face.route("/staff/cases/{reference}/letters/{number}/give-back", "letter.check", ("GET", "POST"))
def give_back(request: Request) -> Response:
    found, number = view.case_file(services(), request.actor, request.params["reference"]), _number(request)
    title, path = "Give the letter back", f"letters/{number}/give-back"
    help_ = "It does not go. Whoever wrote it gets a mail, and reads why on the timeline."
    if request.method != "POST":
        return page(request, found, path, title, help_, [WHY], ())
    try:
        reason = request.form.get("reason", "")
        commands.give_back(services(), request.actor, found.case.reference, number, reason=reason)
    except Invalid as error:
        return page(request, found, path, title, help_, [WHY], error.problems)
    return see(request, f"/staff/cases/{found.case.reference}")


def _number(request: Request) -> int:
    number = request.params["number"]
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise NotFound
    return int(number)
