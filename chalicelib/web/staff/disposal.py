"""What goes, when, by which rule and what keeps it; holds on whole classes; certificates; another rule for a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import class_holds, disposal, reclassify, view
from ...domain.errors import Invalid, NotFound, Problem, Stale
from ..http import Request, see
from ..render import html
from ..sheets import sheet
from ..typed import HOW, day
from .beside import PLAIN, WHY, page
from .face import face
from .holds import FOR_WHAT, REVIEW

PERIODS = {"30": "30 days", "90": "90 days", "365": "a year"}
NOTED: dict[str, Any] = {**WHY, "hint": "It stays on record with the hold. Put no names in it."}


@face.route("/staff/disposal", "disposal.view")
def preview(request: Request) -> Response:
    """What would go in the next days, what somebody looks at first, and what is kept."""
    days = request.query.get("days", "30")
    days = days if days in PERIODS else "30"
    found = disposal.preview(services(), request.actor, int(days))
    if request.query.get("format") == "csv":
        rows: list[Sequence[object]] = [("reference", "kind", "class", "rule", "day", "what happens", "what keeps it")]
        for what, some in (("goes", found.going), ("looked at", found.to_look), ("kept", found.kept)):
            for row in some:
                keeps = "; ".join(row.keeps)
                rows.append((row.reference, row.kind, row.class_title, row.rule, row.day or "", what, keeps))
        return sheet("disposal", rows)
    titles = class_holds.classes(services())
    return html(
        request,
        "staff/disposal.html",
        title="What goes and when",
        found=found,
        days=days,
        periods=PERIODS,
        holds=[
            (titles.get(class_, class_), hold)
            for class_, some in class_holds.in_force(services(), request.actor).items()
            for hold in some
        ],
        may_hold=services().book.access.may(request.actor.roles, "hold.place_class"),
        back=request.url("/staff"),
    )


@face.route("/staff/disposal/certificates", "disposal.view")
def certificates(request: Request) -> Response:
    typed = request.query.get("after", "0")
    after = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    found = disposal.certificates_seen(services(), request.actor, after)
    titles = {name: row["title"] for name, row in services().book.retention["classes"].items()}
    return html(
        request,
        "staff/certificates.html",
        title="Certificates of disposal",
        found=[(one, titles.get(one.remains.rule.partition("@")[0], "")) for one in found],
        more=found[-1].number if len(found) == disposal.BATCH else 0,
        back=request.url("/staff/disposal"),
    )


@face.route("/staff/disposal/hold", "hold.place_class", ("GET", "POST"))
def hold(request: Request) -> Response:
    """Hold every case of a class, from this moment on."""
    items = [{"value": name, "text": title} for name, title in class_holds.classes(services()).items()]
    which = {**PLAIN, "name": "class", "input": "radios", "label": "What must be kept?", "items": items}
    fields = [which, FOR_WHAT, REVIEW, NOTED]
    title = "Keep a whole class"
    help_ = "For an inquiry or the like. Nothing of it is deleted from this moment on, until the hold ends."
    if request.method != "POST":
        return _form(request, title, help_, fields, ())
    review_on = day(request.form.get("review_on", ""))
    if review_on is None:
        return _form(request, title, help_, fields, (Problem("/review_on", "format", HOW),))
    given = {name: request.form.get(name, "") for name in ("authority", "reason")}
    try:
        class_holds.place(services(), request.actor, request.form.get("class", ""), review_on=review_on, **given)
    except Invalid as error:
        return _form(request, title, help_, fields, error.problems)
    return see(request, "/staff/disposal")


@face.route("/staff/disposal/hold/{hold}", "hold.release_class", ("GET", "POST"))
def release(request: Request) -> Response:
    found = class_holds.in_force(services(), request.actor)
    known = [one for some in found.values() for one in some if one.id == request.params["hold"]]
    if not known or known[0].ended_on is not None:
        raise NotFound("There is no such hold.")
    title, help_ = "End the hold", f"{known[0].authority}: {known[0].reason} What it kept goes on its day, or tomorrow."
    if request.method != "POST":
        return _form(request, title, help_, [NOTED], ())
    try:
        class_holds.release(services(), request.actor, known[0].id, reason=request.form.get("reason", ""))
    except Invalid as error:
        return _form(request, title, help_, [NOTED], error.problems)
    return see(request, "/staff/disposal")


def _form(
    request: Request, title: str, help_: str, fields: list[dict[str, Any]], problems: Sequence[Problem]
) -> Response:
    return page(request, None, request.path, title, help_, fields, problems, back="/staff/disposal")


@face.route("/staff/cases/{reference}/keeping", "case.reclassify", ("GET", "POST"))
def keeping(request: Request) -> Response:
    """Another rule of keeping for a closed case, because a person says so."""
    found = view.case_file(services(), request.actor, request.params["reference"])
    classes = reclassify.offered(services(), found.case)
    if not classes:
        raise NotFound("This case can have no other rule.")
    items = [{"value": name, "text": title} for name, title in classes.items()]
    which = {**PLAIN, "name": "retention_class", "input": "radios", "label": "Which rule is right?", "items": items}
    title, help_ = "Choose another rule of keeping", "The day on which it goes is counted again, for all of the case."
    fields = [which, WHY]
    if request.method != "POST":
        return page(request, found, "keeping", title, help_, fields, ())
    given = {name: request.form.get(name, "") for name in ("retention_class", "reason")}
    try:
        reclassify.reclassify(services(), request.actor, found.case.reference, **given)
    except Invalid as error:
        return page(request, found, "keeping", title, help_, fields, error.problems)
    except Stale as error:
        return page(request, found, "keeping", title, help_, fields, (Problem("/reason", error.code, error.message),))
    return see(request, f"/staff/cases/{found.case.reference}")
