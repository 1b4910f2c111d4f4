"""Finding a person's cases, and who has asked about whom."""

from __future__ import annotations

from collections.abc import Sequence

from chalice.app import Response

from ...bootstrap import services
from ...commands import search as commands
from ...domain.clock import london_date
from ...domain.errors import Invalid, Problem
from ...domain.people import WORDS
from ...domain.reference import parse
from ..http import Request, see
from ..render import html
from ..typed import day
from .beside import PLAIN
from .face import face
from .schema_forms import data_of, fields_of, messages_of, names_of

QUERY = "api/person_search"
REFERENCE = {**PLAIN, "name": "reference", "input": "text", "label": "Reference", "hint": "It opens the case."}


@face.route("/staff/search", "search.use", ("GET", "POST"))
def search(request: Request) -> Response:
    """A question and its answer on one page. The answer comes with the POST: what was typed is somebody's name, and may
    stand neither in an address nor in the table."""
    if request.method != "POST":
        return _page(request, None)
    typed = request.form.get("reference", "").strip()
    if typed:
        reference = parse(typed[:60], services().book.prefix)
        if reference is not None:
            return see(request, f"/staff/cases/{reference}")
        words = "Check the reference. It looks like FF-7K4-M2P-9XW."
        return _page(request, None, (Problem("/reference", "reference", words),))
    asked = data_of(services().schemas.document(QUERY), request.form)
    problems = services().schemas.errors(QUERY, asked) if asked else ()
    if problems:
        return _page(request, None, problems)
    try:
        return _page(request, commands.search(services(), request.actor, asked))
    except Invalid as error:
        return _page(request, None, error.problems)


def _page(request: Request, found: tuple[commands.Found, ...] | None, problems: Sequence[Problem] = ()) -> Response:
    fields = [REFERENCE, *fields_of(services().schemas.document(QUERY), lambda role: ())]
    names = names_of(fields)
    messages = messages_of(problems, names)
    return html(
        request,
        "staff/search.html",
        status=422 if problems else 200,
        title="Find a person's cases",
        found=found,
        fields=fields,
        values={name: request.form.get(name, "") for name in names},
        messages={name: messages.get(name, "") for name in names},
        errors=[{"text": text, "href": f"#{name or names[0]}"} for name, text in messages.items()],
        back=request.url("/staff"),
    )


@face.route("/staff/lookups", "lookups.view")
def lookups(request: Request) -> Response:
    until = day(request.query.get("until", "")) or london_date(services().clock.now())
    return html(
        request,
        "staff/lookups.html",
        title="Who asked about people",
        found=commands.lookups(services(), request.actor, until),
        until=until,
        words=WORDS,
        back=request.url("/staff"),
    )
