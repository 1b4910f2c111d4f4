"""A case that came by phone, letter or visit, entered by staff on one page made from the submission's own schema."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import submit
from ...domain.clock import london_date
from ...domain.errors import Invalid, KeyReused, NotFound
from ..http import Request
from ..render import html
from ..typed import HOW, day, noon
from .face import face
from .schema_forms import data_of, fields_of, names_of

Json = dict[str, Any]
AGAIN = "This form was sent before with other words. Check it, and send it again for another case."


@face.route("/staff/enter", "case.enter")
def choose(request: Request) -> Response:
    kinds = [{"kind": name, "title": row["title"]} for name, row in services().book.sent.items()]
    back = request.url("/staff")
    return html(request, "staff/enter.html", title="Enter a case for somebody", kinds=kinds, back=back)


@face.route("/staff/enter/{kind}", "case.enter", ("GET", "POST"))
def enter(request: Request) -> Response:
    """The form of one kind; sent, it shows reference and access code to read out or to write down. The form carries a
    key, so that sending it twice makes one case."""
    kind = request.params["kind"]
    if kind not in services().book.sent:
        raise NotFound
    if request.method != "POST":
        return _form(request, kind, {"key": services().ids.token()}, {})
    schema = services().schemas.document(services().book.kind(kind)["submission"])
    received, messages = day(request.form.get("received_on", "")), {}
    if received is None:
        messages["received_on"] = HOW
    channels = services().schemas.document("api/case")["properties"]["channel"]["enum"]
    if request.form.get("channel") not in channels:
        messages["channel"] = "Choose how it came in."
    answers = data_of(schema, request.form)
    problems = services().schemas.errors(services().book.kind(kind)["submission"], answers)
    messages |= {problem.pointer[1:].split("/")[0]: problem.message for problem in problems}
    if messages or received is None:
        return _form(request, kind, request.form, messages)
    try:
        receipt = submit.enter_case(
            services(),
            request.actor,
            kind,
            answers,
            channel=request.form["channel"],
            received_at=_receipt(received),
            idempotency_key=f"entered:{request.form.get('key', '')[:100]}",
        )
    except Invalid as error:
        return _form(request, kind, request.form, {"received_on": error.problems[0].message})
    except KeyReused:
        return _form(request, kind, {**request.form, "key": services().ids.token()}, {"received_on": AGAIN})
    back = request.url("/staff")
    return html(request, "staff/entered.html", title="The case is entered", receipt=receipt, back=back)


def _receipt(received: date) -> datetime:
    """Noon of the day; what came today came by now."""
    now = services().clock.now()
    return min(noon(received), now) if received == london_date(now) else noon(received)


def _form(request: Request, kind: str, values: Mapping[str, str], messages: Mapping[str, str]) -> Response:
    row = services().book.kind(kind)
    schema = services().schemas.document(row["submission"])
    plain: Json = {"hint": "", "rows": 0, "limit": 0, "autocomplete": "off", "items": []}
    channels = services().schemas.document("api/case")["properties"]["channel"]["enum"]
    words = [{"value": name, "text": name.replace("_", " ").capitalize()} for name in channels]
    first = {**plain, "name": "received_on", "input": "text", "label": "The day it came to the council", "hint": HOW}
    how = {**plain, "name": "channel", "input": "radios", "label": "How did it come in?", "items": words}
    fields = [first, how, *fields_of(schema, lambda role: (), values)]
    names = names_of(fields)
    return html(
        request,
        "staff/enter_form.html",
        status=422 if messages else 200,
        title=row["title"],
        kind=kind,
        fields=fields,
        key=values.get("key", ""),
        values={name: values.get(name, "") for name in names},
        messages={name: messages.get(name, "") for name in names},
        errors=[{"text": text, "href": f"#{name}"} for name, text in messages.items()],
        back=request.url("/staff/enter"),
    )
