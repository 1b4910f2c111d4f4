"""How the person wants to be reached: changed by themself on the page of the case."""

from __future__ import annotations

from collections.abc import Mapping

from ..domain import cases
from ..domain.errors import Conflict, Invalid, NotFound, Stale
from ..domain.language import in_english
from ..domain.model import Case, Party
from ..domain.ports import RACES, Services
from .track import Status

# The one field that each way needs: what is not the way any more is not kept (UK GDPR Art 5(1)(c)).
WAYS = {"email": "email", "phone": "phone", "post": "address"}
FIELDS = ("contact_way", "email", "phone", "address", "safe_contact")


def fields(services: Services, case: Case) -> tuple[str, ...]:
    """The fields by which a person of this kind of case can be reached."""
    row = services.book.kind(case.submitted_as or case.kind)
    details = row["parties"].get("requester", {"details": ()})["details"]
    return tuple(name for name in FIELDS if name in details)


def may(services: Services, status: Status) -> bool:
    """Whether the page offers the change: the case is open, and its kind has somebody to reach."""
    return status.status == "open" and "requester" in services.book.kind(status.kind)["parties"]


def now(services: Services, reference: str) -> tuple[Case, Party]:
    """The case and the person as they are. Raises NotFound, or Stale for a case that is closed or has nobody."""
    case = services.store.case(reference)
    if case is None:
        raise NotFound
    party = services.store.requester(reference)
    if party is None or not fields(services, case):
        raise Stale("Nobody left a way to reach them.")
    return case, party


@in_english
def change(services: Services, reference: str, given: Mapping[str, str]) -> None:
    """Change how the person is reached. What was there before is told of the change too, so that nobody takes a case
    over unseen. Raises Invalid, NotFound or Stale."""
    for _ in range(RACES):
        case, party = now(services, reference)
        if not case.is_open:
            raise Stale("This case is closed. Call us if something is not right.")
        names = fields(services, case)
        typed = {name: given.get(name, "").strip() for name in names}
        other = [field for way, field in WAYS.items() if way != typed.get("contact_way")]
        details = {name: text for name, text in {**party.details, **typed}.items() if text and name not in other}
        sent = services.book.kind(case.submitted_as or case.kind)["submission"]
        whole = {"name": party.name, **{name: details[name] for name in names if name in details}}
        problems = tuple(
            problem
            for problem in services.schemas.errors(sent, whole)
            if problem.pointer.lstrip("/").partition("/")[0] in names
        )
        if problems:
            raise Invalid(problems)
        changed = cases.change_contact(services.book, case, party, details, services.clock.now())
        if changed is None:
            return
        try:
            services.store.commit(changed)
        except Conflict:
            continue
        return
    raise Conflict
