"""A case that came by phone, letter or visit, entered by staff on three pages: how it came, what was said, read back.

What was typed is kept on the server under a random id until it is sent, as a resident's own answers are; the id is also
the idempotency key, so that sending twice makes one case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import drafts, submit
from ...commands.in_words import labelled
from ...domain.clock import london_date
from ...domain.entry import OLD, Entered
from ...domain.errors import Invalid, KeyReused, NotFound
from ..http import Request, see
from ..render import html
from ..typed import HOW, day, noon
from .face import face
from .schema_forms import data_of, fields_of, names_of

Json = dict[str, Any]
PLAIN: Json = {"hint": "", "rows": 0, "limit": 0, "autocomplete": "off", "items": []}
OURSELVES = "information_governance"
READ_BACK = {
    "agreed": "Read back, and they agreed.",
    "changed": "Read back, changed as they wished, and then they agreed.",
    "not_possible": "It could not be read back.",
}
AGAIN = "This form was sent before with other words. Start again for another case."


@face.route("/staff/enter", "case.enter")
def choose(request: Request) -> Response:
    kinds = [{"kind": name, "title": row["title"]} for name, row in services().book.sent.items()]
    back = request.url("/staff")
    return html(request, "staff/enter.html", title="Enter a case for somebody", kinds=kinds, back=back)


@face.route("/staff/enter/{kind}", "case.enter", ("GET", "POST"))
def how(request: Request) -> Response:
    """First page: how it came, to whom, when, and when we saw it. A new form begins here."""
    kind = _kind(request)
    fields = _how_fields()
    if request.method != "POST":
        request.new_cookies[_cookie(kind)] = services().ids.token()
        return _form(request, kind, "", fields, {}, {})
    token = request.cookies.get(_cookie(kind), "")
    if not token:
        return see(request, f"/staff/enter/{kind}")
    messages = _how_messages(request.form)
    if messages:
        return _form(request, kind, "", fields, request.form, messages)
    typed = {name: request.form.get(name, "").strip() for name in names_of(fields)}
    drafts.save(services(), token, _draft(kind), {**_answers(kind, token), **typed})
    return see(request, f"/staff/enter/{kind}/said")


@face.route("/staff/enter/{kind}/said", "case.enter", ("GET", "POST"))
def said(request: Request) -> Response:
    """Second page: what they said, with the questions of the same form that people fill in themselves."""
    kind = _kind(request)
    token = request.cookies.get(_cookie(kind), "")
    known = _answers(kind, token)
    if not known:
        return see(request, f"/staff/enter/{kind}")
    schema = _schema(kind)
    fields = fields_of(schema, lambda role: (), request.form or known)
    if request.method != "POST":
        return _form(request, kind, "/said", fields, known, {})
    problems = submit.problems_in(services(), kind, data_of(schema, request.form))
    if problems:
        messages = {problem.pointer[1:].split("/")[0]: problem.message for problem in problems}
        return _form(request, kind, "/said", fields, request.form, messages)
    kept = {name: value for name, value in known.items() if name.startswith("how.")}
    typed = {name: request.form.get(name, "") for name in names_of(fields)}
    drafts.save(services(), token, _draft(kind), {**kept, **typed})
    return see(request, f"/staff/enter/{kind}/check")


@face.route("/staff/enter/{kind}/check", "case.enter", ("GET", "POST"))
def check(request: Request) -> Response:
    """Third page: read it back, see which dates apply, and enter it. Then reference and code, to be printed."""
    kind = _kind(request)
    token = request.cookies.get(_cookie(kind), "")
    known = _answers(kind, token)
    receipt = submit.receipt_for(services(), _key(token)) if token else None
    if not known and receipt is None:
        return see(request, f"/staff/enter/{kind}")
    if known and submit.problems_in(services(), kind, data_of(_schema(kind), known)):
        return see(request, f"/staff/enter/{kind}/said")
    if request.method != "POST":
        return _check_page(request, kind, known, {}) if known else see(request, f"/staff/enter/{kind}")
    if not known and receipt is not None:
        return _done(request, kind, receipt, {})
    messages = _read_back_messages(request.form)
    if messages:
        return _check_page(request, kind, known, messages)
    data = data_of(_schema(kind), known)
    received = day(known["how.received_on"])
    assert received is not None  # it was checked before it was kept
    try:
        receipt = submit.enter_case(
            services(),
            request.actor,
            kind,
            data,
            channel=known["how.channel"],
            received_at=noon(received, services().clock.now()),
            idempotency_key=_key(token),
            entered=_entered(known, request.form),
            draft_token=token,
        )
    except Invalid as error:
        return _check_page(request, kind, known, {"read_back": error.problems[0].message})
    except KeyReused:
        return _check_page(request, kind, known, {"read_back": AGAIN})
    return _done(request, kind, receipt, data)


def _done(request: Request, kind: str, receipt: submit.Receipt, data: Mapping[str, Any]) -> Response:
    """The acknowledgement, to be printed: with reference, code, dates, and what was said. Loaded again it has no words
    of the person any more."""
    return html(
        request,
        "staff/entered.html",
        title="The case is entered",
        receipt=receipt,
        rows=labelled(_schema(kind), data),
        received_on=london_date(receipt.received_at),
        back=request.url("/staff"),
    )


def _check_page(request: Request, kind: str, known: Mapping[str, str], messages: Mapping[str, str]) -> Response:
    data = data_of(_schema(kind), known)
    received = day(known.get("how.received_on", ""))
    if received is None:
        return see(request, f"/staff/enter/{kind}")
    read_back: Json = {
        **PLAIN,
        "name": "read_back",
        "input": "radios",
        "label": "Read it back to the person",
        "hint": "Word for word. What is written here is what we look into.",
        "items": [{"value": name, "text": words} for name, words in READ_BACK.items()],
    }
    why = {**PLAIN, "name": "why_not", "input": "text", "label": "If not: why?", "hint": "For example: it is a letter."}
    return html(
        request,
        "staff/enter_check.html",
        status=422 if messages else 200,
        title="Read it back",
        kind=kind,
        how=[(field["label"], _shown(field, known)) for field in _how_fields() if known.get(field["name"])],
        rows=labelled(_schema(kind), data),
        dates=submit.preview_dates(services(), kind, data, noon(received, services().clock.now())),
        very_old=(london_date(services().clock.now()) - received).days > OLD,
        fields=[read_back, why],
        values={name: request.form.get(name, "") for name in ("read_back", "why_not")},
        messages={name: messages.get(name, "") for name in ("read_back", "why_not")},
        errors=[{"text": text, "href": f"#{name}"} for name, text in messages.items()],
        back=request.url(f"/staff/enter/{kind}/said"),
    )


def _shown(field: Mapping[str, Any], known: Mapping[str, str]) -> str:
    value = known[field["name"]]
    return next((str(item["text"]) for item in field["items"] if item["value"] == value), value)


def _how_fields() -> list[Json]:
    channels = services().schemas.document("api/case")["properties"]["channel"]["enum"]
    words = [{"value": name, "text": services().book.channels[name].capitalize()} for name in channels]
    holders = [{"value": row["id"], "text": row["title"]} for row in services().book.file("notice")["holders"]]
    ours = {"value": OURSELVES, "text": "Information Governance"}
    return [
        {**PLAIN, "name": "how.channel", "input": "radios", "label": "How did it come in?", "items": words},
        {**PLAIN, "name": "how.came_to", "input": "radios", "label": "Who first got it?", "items": [ours, *holders]},
        {
            **PLAIN,
            "name": "how.taken_by",
            "input": "text",
            "label": "Who took it? (optional)",
            "hint": "A name or a desk.",
        },
        {
            **PLAIN,
            "name": "how.received_on",
            "input": "text",
            "label": "The day it came to the council",
            "hint": f"{HOW} The day it was delivered or said to anybody, not the day it was noted.",
        },
        {
            **PLAIN,
            "name": "how.recognised_on",
            "input": "text",
            "label": "The day Information Governance saw it",
            "hint": HOW,
        },
    ]


def _how_messages(form: Mapping[str, str]) -> dict[str, str]:
    messages: dict[str, str] = {}
    for field in _how_fields():
        if field["input"] == "radios" and form.get(field["name"]) not in [item["value"] for item in field["items"]]:
            messages[field["name"]] = "Choose one."
    received, seen = day(form.get("how.received_on", "")), day(form.get("how.recognised_on", ""))
    today = london_date(services().clock.now())
    if received is None:
        messages["how.received_on"] = HOW
    elif received > today:
        messages["how.received_on"] = "Give the day it came in. It cannot be in the future."
    if seen is None:
        messages["how.recognised_on"] = HOW
    elif seen > today or (received is not None and seen < received):
        messages["how.recognised_on"] = "Give a day from the day it came until today."
    if len(form.get("how.taken_by", "")) > 200:
        messages["how.taken_by"] = "Write 200 characters or fewer."
    return messages


def _read_back_messages(form: Mapping[str, str]) -> dict[str, str]:
    said_ = form.get("read_back", "")
    if said_ not in READ_BACK:
        return {"read_back": "Choose what happened when you read it back."}
    why = form.get("why_not", "").strip()
    if said_ == "not_possible" and not why:
        return {"why_not": "Write why it could not be read back."}
    return {"why_not": "Write 500 characters or fewer."} if len(why) > 500 else {}


def _entered(known: Mapping[str, str], form: Mapping[str, str]) -> Entered:
    came_to = known["how.came_to"]
    why = form.get("why_not", "").strip()
    return Entered(
        recognised_on=day(known["how.recognised_on"]),
        came_to="" if came_to == OURSELVES else came_to,
        taken_by=known.get("how.taken_by", ""),
        read_back=f"{READ_BACK[form['read_back']]} {why}".strip(),
    )


def _kind(request: Request) -> str:
    kind = request.params["kind"]
    if kind not in services().book.sent:
        raise NotFound
    return kind


def _schema(kind: str) -> Mapping[str, Any]:
    return services().schemas.document(services().book.kind(kind)["submission"])


def _answers(kind: str, token: str) -> dict[str, str]:
    draft = drafts.open_draft(services(), token, _draft(kind)) if token else None
    return dict(draft.answers) if draft else {}


def _draft(kind: str) -> str:
    return f"entry/{kind}"


def _cookie(kind: str) -> str:
    return f"__Host-entry-{kind.replace('_', '-')}"


def _key(token: str) -> str:
    return f"entered:{token}"


def _form(
    request: Request,
    kind: str,
    path: str,
    fields: list[Json],
    values: Mapping[str, str],
    messages: Mapping[str, str],
) -> Response:
    names = names_of(fields)
    return html(
        request,
        "staff/enter_form.html",
        status=422 if messages else 200,
        title=services().book.kind(kind)["title"],
        action=f"/staff/enter/{kind}{path}",
        fields=fields,
        said=bool(path),
        values={name: values.get(name, "") for name in names},
        messages={name: messages.get(name, "") for name in names},
        errors=[{"text": text, "href": f"#{name}"} for name, text in messages.items()],
        back=request.url(f"/staff/enter/{kind}" if path else "/staff/enter"),
    )
