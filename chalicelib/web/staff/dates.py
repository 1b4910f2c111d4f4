"""Dates on the staff side: what a date would be if, and the day a case came in, put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import dates as commands
from ...commands import view
from ...domain.clock import Clock, ClockError, Happening
from ...domain.errors import Invalid, Stale
from ..http import Request, see
from ..render import html
from ..typed import HOW, HOW_MOMENT, day, days, moment, noon
from .face import face

Json = dict[str, Any]
MOST_DAYS = 12


@face.route("/staff/what-if", "clock.try")
def what_if(request: Request) -> Response:
    """A calculator with the address as its memory: nothing is stored, and an answer can be bookmarked and shared."""
    rules = services().book.rules
    regime = rules.regimes.get(request.query.get("regime", ""))
    fields = _fields(regime.row) if regime is not None else []
    messages: dict[str, str] = {}
    found: Clock | None = None
    if regime is not None and "received" in request.query:
        found, messages = _worked(request, regime.name, regime.row)
    return html(
        request,
        "staff/what_if.html",
        status=422 if messages else 200,
        title="Work out a date",
        regimes=[{"value": name, "text": row.row["title"]} for name, row in rules.regimes.items()],
        regime=regime,
        fields=fields,
        values={field["name"]: request.query.get(field["name"], "")[:200] for field in fields},
        messages={field["name"]: messages.get(field["name"], "") for field in fields},
        errors=[{"text": text, "href": f"#{name}"} for name, text in messages.items()],
        found=found,
        back=request.url("/staff"),
    )


def _fields(row: Mapping[str, Any]) -> list[Json]:
    """The questions of one set of rules, from the policy: receipt, what else it asks, and each event."""
    words = services().book.file("deadlines")["events"]
    exact = row["method"] == "hours"
    plain: Json = {"input": "text", "rows": 0, "limit": 0, "autocomplete": "off", "hint": "", "items": []}
    fields = [{**plain, "name": "received", "label": _first(row), "hint": HOW_MOMENT if exact else HOW}]
    for ask in row.get("asks", ()):
        choices = [{"value": value, "text": text} for value, text in ask.get("choices", {}).items()]
        fields.append({**plain, **ask, "input": "select" if choices else "number", "items": choices})
    fields += [{**plain, "name": name, "label": words[name]} for name in row["happenings"]]
    return fields


def _first(row: Mapping[str, Any]) -> str:
    return {"hours": "When we knew", "retention": "The day it first closed"}.get(row["method"], "The day it came in")


def _worked(request: Request, regime: str, row: Mapping[str, Any]) -> tuple[Clock | None, dict[str, str]]:
    messages: dict[str, str] = {}
    typed = request.query.get("received", "")[:200]
    received = moment(typed) if row["method"] == "hours" else day(typed)
    if received is None:
        messages["received"] = HOW_MOMENT if row["method"] == "hours" else HOW
    happenings: list[Happening] = []
    for name in row["happenings"]:
        found = days(request.query.get(name, "")[:200])
        if found is None or len(found) > MOST_DAYS:
            messages[name] = f"{HOW} For several days, put commas between them."
        else:
            happenings += [Happening(name, one) for one in found]
    context: Json = {}
    for ask in row.get("asks", ()):
        value = request.query.get(ask["name"], "")
        if "choices" in ask:
            context[ask["name"]] = value
        elif value.isascii() and value.isdigit() and len(value) < 4:
            context[ask["name"]] = int(value)
        else:
            messages[ask["name"]] = "Give a whole number."
    if messages or received is None:
        return None, messages
    try:
        return commands.what_if(services(), request.actor, regime, received, happenings, context), {}
    except ClockError as error:
        return None, {"received": error.message}


@face.route("/staff/cases/{reference}/receipt", "case.correct_receipt", ("GET", "POST"))
def receipt(request: Request) -> Response:
    """The day it came in, put right: first what would move, then the act."""
    found = view.case_file(services(), request.actor, request.params["reference"])
    if request.method != "POST":
        return _receipt_page(request, found)
    on, reason = day(request.form.get("received_on", "")), request.form.get("reason", "").strip()
    messages = {} if on is not None else {"received_on": HOW}
    if not reason or len(reason) > commands.MAX_REASON:
        messages["reason"] = f"Say why, in {commands.MAX_REASON:,} characters or fewer."
    if messages or on is None:
        return _receipt_page(request, found, messages)
    try:
        moved = commands.try_receipt(services(), request.actor, found.case.reference, noon(on, services().clock.now()))
        if request.form.get("confirm") != "yes":
            return _receipt_page(request, found, moved=moved)
        version = request.form.get("version", "")
        commands.correct_receipt(
            services(),
            request.actor,
            found.case.reference,
            noon(on, services().clock.now()),
            reason=reason,
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
        )
    except Invalid as error:
        return _receipt_page(request, found, {"received_on": error.problems[0].message})
    except Stale as error:
        again = view.case_file(services(), request.actor, found.case.reference)
        return _receipt_page(request, again, {"received_on": error.message})
    return see(request, f"/staff/cases/{found.case.reference}")


def _receipt_page(
    request: Request,
    found: view.CaseView,
    messages: Mapping[str, str] | None = None,
    moved: Sequence[Mapping[str, str]] | None = None,
) -> Response:
    messages = messages or {}
    return html(
        request,
        "staff/receipt.html",
        status=422 if messages else 200,
        title="Correct the day it came in",
        view=found,
        values={name: request.form.get(name, "") for name in ("received_on", "reason")},
        messages={name: messages.get(name, "") for name in ("received_on", "reason")},
        moved=moved,
        errors=[{"text": text, "href": f"#{name}"} for name, text in messages.items()],
        back=request.url(f"/staff/cases/{found.case.reference}"),
    )
