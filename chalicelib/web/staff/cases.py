"""A case in full, as the resident sees it, and its letters."""

from __future__ import annotations

from chalice.app import Response

from ...bootstrap import services
from ...commands import again, alike, contact, disposal, link, notes, post, reclassify, track, view
from ...domain import holds
from ...domain.errors import Invalid, NotFound
from ..http import Request, allow_forms_to, see
from ..render import html, today
from .face import face


@face.route("/staff/cases/{reference}", "case.view")
def case(request: Request) -> Response:
    return _case(request, request.params["reference"])


def _case(request: Request, reference: str, wrong_note: str = "") -> Response:
    try:
        found = view.case_file(services(), request.actor, reference)
    except NotFound:
        return _gone(request)
    may_post = services().book.access.may(request.actor.roles, "message.mark_posted")
    may_correct = found.case.is_open and services().book.access.may(request.actor.roles, "case.correct_receipt")
    page = html(
        request,
        "staff/case.html",
        status=422 if wrong_note else 200,
        title="Case",
        note=request.form.get("note", "") if wrong_note else "",
        wrong_note=wrong_note,
        errors=[{"text": wrong_note, "href": "#note"}] if wrong_note else (),
        view=found,
        may_post=may_post,
        may_correct=may_correct,
        may_chase=found.case.is_open and services().book.access.may(request.actor.roles, "task.chase"),
        may_reopen=_may_reopen(request, found),
        may_ask_again=again.may_enter(services(), request.actor, found.case),
        may_hold=services().book.access.may(request.actor.roles, "hold.place"),
        may_reclassify=_may_reclassify(request, found),
        holds=holds.words_of(found.case),
        may_set_aside=services().book.access.may(request.actor.roles, "independence.set_aside"),
        may_lift=_may_lift(request, found),
        openable=[
            {"kind": kind, **services().book.kind(kind)["opened_from_case"]}
            for kind in link.openable(services(), request.actor, is_open=found.case.is_open)
        ],
        resident_sees=not services().book.kind(found.case.kind).get("internal"),
        was_decided=request.query.get("decided") == "yes",
        was_reminded=request.query.get("reminded") == "yes",
        was_opened=request.query.get("opened") == "yes",
        groups=services().book.timeline_groups,
        shown=request.query.get("show", "") if request.query.get("show", "") in services().book.timeline_groups else "",
        printing=request.query.get("print") == "yes",
        back=request.url("/staff"),
    )
    return allow_forms_to(page, services().documents.origin()) if found.documents else page


def _gone(request: Request) -> Response:
    """The case is not there any more: when it went, and by which rule. Raises NotFound when there was none."""
    found = disposal.certificate_of(services(), request.actor, request.params["reference"])
    class_ = found.remains.rule.partition("@")[0]
    rule = services().book.retention["classes"].get(class_, {}).get("title", class_)
    back = request.url("/staff")
    return html(
        request, "staff/gone.html", status=404, title="This case was deleted", found=found, rule=rule, back=back
    )


def _may_reclassify(request: Request, found: view.CaseView) -> bool:
    may = services().book.access.may(request.actor.roles, "case.reclassify")
    return may and bool(reclassify.offered(services(), found.case))


def _may_lift(request: Request, found: view.CaseView) -> bool:
    may = services().book.access.may(request.actor.roles, "restriction.lift")
    return may and found.case.restricted_since is not None


def _may_reopen(request: Request, found: view.CaseView) -> bool:
    may = services().book.access.may(request.actor.roles, "case.reopen")
    return may and not found.case.is_open and "reopens_at" in services().book.kind(found.case.kind)


@face.route("/staff/cases/{reference}/looks", "case.view")
def looks(request: Request) -> Response:
    """Who has looked at the case, and when: once an hour for each person."""
    found = view.case_file(services(), request.actor, request.params["reference"])
    back = request.url(f"/staff/cases/{found.case.reference}")
    return html(request, "staff/looks.html", title="Who has looked at this case", view=found, back=back)


@face.route("/staff/cases/{reference}/notes", "case.note", ("POST",))
def note(request: Request) -> Response:
    """A note on the case that only staff see."""
    reference = request.params["reference"]
    try:
        written = notes.write(services(), request.actor, reference, request.form.get("note", ""))
    except Invalid as error:
        return _case(request, reference, error.problems[0].message)
    return see(request, f"/staff/cases/{written}#note")


@face.route("/staff/cases/{reference}/resident-view", "case.view")
def resident_view(request: Request) -> Response:
    """Exactly the page that the resident sees."""
    file = view.look_at(services(), request.actor, request.params["reference"])
    if services().book.kind(file.case.kind).get("internal"):
        raise NotFound("No resident sees this case.")
    found = track.status_of(services(), file)
    back = request.url(f"/staff/cases/{file.case.reference}")
    return html(
        request,
        "resident/case.html",
        title=found.title,
        tracked=found,
        staff_view=True,
        limits=alike.around(services(), request.actor, file).limits,
        was_sent=False,
        was_changed=False,
        may_change=contact.may(services(), found),
        today=today(),
        was_asked_again=False,
        text="",
        message="",
        back=back,
    )


@face.route("/staff/cases/{reference}/letters/{number}", "case.view")
def letter(request: Request) -> Response:
    """A message as it goes to the person, to be printed."""
    file = view.look_at(services(), request.actor, request.params["reference"])
    number = request.params["number"]
    message = next((message for message in file.messages if str(message.number) == number), None)
    if message is None or not message.to.startswith("party:"):
        raise NotFound
    role = message.to.partition(":")[2]
    party = next((party for party in file.parties if party.role == role), None)
    back = request.url(f"/staff/cases/{file.case.reference}")
    limits = alike.around(services(), request.actor, file).limits
    may = services().book.access.may(request.actor.roles, "letter.check") and message.by != request.actor.id
    return html(
        request,
        "staff/letter.html",
        title="Letter",
        message=message,
        party=party,
        may_check=may,
        limits=limits,
        back=back,
    )


@face.route("/staff/cases/{reference}/letters/{number}/posted", "message.mark_posted", ("POST",))
def posted(request: Request) -> Response:
    number = request.params["number"]
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise NotFound
    reference = request.params["reference"]
    post.mark_posted(services(), request.actor, reference, int(number))
    return see(request, f"/staff/cases/{view.load(services(), request.actor, reference).case.reference}")
