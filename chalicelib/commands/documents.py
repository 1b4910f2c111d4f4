"""The files of a case: what residents, staff and the check do with them. One transaction each, tried again on a race.

Nobody here reads or writes a file: forms and links lead the browser straight to the bucket.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ..domain import documents, files
from ..domain.errors import Conflict, NotFound, Stale
from ..domain.language import in_english
from ..domain.model import RESIDENT, Actor, Case, Change, Document, Task
from ..domain.ports import RACES, Services, UploadForm
from ..domain.reference import parse


@dataclass(frozen=True, kw_only=True)
class FileView:
    """A file as a page shows it: its status and, when it was refused, what to do, in words."""

    number: int
    name: str
    purpose: str
    purpose_words: str
    status: str
    status_words: str
    why: str
    media_type: str
    size: int
    added_at: datetime
    may_open: bool


@dataclass(frozen=True, kw_only=True)
class Upload:
    """The page of one upload: the form while the file has not come, else what became of it."""

    file: FileView
    form: UploadForm | None
    accept: str
    most_megabytes: int
    minutes: int
    titles: tuple[str, ...]


def shown(services: Services, document: Document) -> FileView:
    policy = services.book.documents
    return FileView(
        number=document.number,
        name=documents.shown_name(services.book, document),
        purpose=document.purpose,
        purpose_words=policy["purposes"][document.purpose],
        status=document.status,
        status_words=policy["statuses"][document.status],
        why=policy["refusals"].get(document.why, ""),
        media_type=document.media_type,
        size=document.size,
        added_at=document.added_at,
        may_open=document.status == "clean",
    )


# sending a file


@in_english
def begin(services: Services, reference: str) -> int:
    """The person is about to send a file: its number. One that was begun and did not come is used again."""
    return _begin(services, reference, documents.EVIDENCE, None)


def begin_answer(services: Services, actor: Actor, reference: str) -> int:
    """A member of staff is about to add a file to the answer: its number. Raises NotFound, NotAllowed."""
    services.book.access.require(actor, "document.add")
    return _begin(services, _seen(services, actor, reference).reference, documents.ANSWER, actor)


def _begin(services: Services, reference: str, purpose: str, actor: Actor | None) -> int:
    who = actor.id if actor else RESIDENT
    for _ in range(RACES):
        case = services.store.case(reference)
        if case is None:
            raise NotFound
        for number in documents.numbers(case, purpose, "waiting"):
            known = services.store.case_and_document(reference, number)[1]
            if known is not None and known.status == "waiting" and known.added_by == who:
                return number
        change = documents.ask(services.book, case, purpose, actor, services.ids.token(), services.clock.now())
        try:
            services.store.commit(change)
        except Conflict:
            continue
        return change.documents[0].number
    raise Conflict


def upload(services: Services, reference: str, number: int, purpose: str, back: str) -> Upload:
    """What the page of an upload shows; `back` is our own address to which the bucket sends the browser. Raises
    NotFound for a file of another purpose, or one that never came and is past its end."""
    case, document = services.store.case_and_document(reference, number)
    if case is None or document is None or document.purpose != purpose:
        raise NotFound("This page is too old. Go back to your case and start again.")
    policy = services.book.documents
    form = None
    if document.status == "waiting" and case.is_open:
        form = services.documents.form(document.key, back, policy["form_bytes"], policy["form_minutes"])
    return Upload(
        file=shown(services, document),
        form=form,
        accept=files.accepted(policy),
        most_megabytes=policy["most_bytes"] // 1_000_000,
        minutes=policy["form_minutes"],
        titles=tuple(row["title"] for row in policy["types"].values()),
    )


@in_english
def arrived(services: Services, reference: str, number: int, key: str = "") -> bool:
    """The file came, says the browser or the bucket; the check does not believe it. `key` is the object's, when the
    bucket says so. False when no such file is waited for: what lies there is nobody's."""
    for _ in range(RACES):
        case, document = services.store.case_and_document(reference, number)
        if case is None or document is None or (key and document.key != key):
            return False
        change = documents.arrived(services.book, case, document, services.clock.now())
        if change is None:
            return document.status in ("arrived", "clean")
        try:
            services.store.commit(change)
        except Conflict:
            continue
        return True
    raise Conflict


# what the check found


def passed(services: Services, reference: str, number: int, name: str, media_type: str, size: int) -> bool:
    """Record that a file is clean. False when it is not wanted any more, so that it must be deleted."""

    def decide(case: Case, document: Document) -> Change | None:
        task = _open_task(services, case) if document.purpose == documents.ANSWER else None
        now = services.clock.now()
        return documents.passed(services.book, case, document, task, name, media_type, size, now)

    return _settle(services, reference, number, decide) == "clean"


def refused(services: Services, reference: str, number: int, why: str, size: int) -> None:
    """Record why a file was not taken."""

    def decide(case: Case, document: Document) -> Change | None:
        requester = services.store.requester(reference)
        return documents.refused(services.book, case, document, requester, why, size, services.clock.now())

    _settle(services, reference, number, decide)


def late(services: Services, reference: str, number: int) -> None:
    """Tell a person that there is no result."""

    def decide(case: Case, document: Document) -> Change | None:
        return documents.late(services.book, case, document, services.clock.now())

    _settle(services, reference, number, decide)


def _settle(services: Services, reference: str, number: int, decide: Callable[[Case, Document], Change | None]) -> str:
    """Commit what the check says of a file, unless a decision has deleted it meanwhile; its status now."""
    for _ in range(RACES):
        case, document = services.store.case_and_document(reference, number)
        if case is None or document is None:
            return ""
        if is_deleted(case, document):
            return "deleted"
        change = decide(case, document)
        if change is None:
            return document.status
        try:
            services.store.commit(change)
        except Conflict:
            continue
        return change.documents[0].status
    raise Conflict


def is_deleted(case: Case, document: Document) -> bool:
    """Whether a decision has deleted this file: the case says so before its own record does."""
    return case.documents.get(str(document.number), "").endswith(".deleted")


def deleted(services: Services, reference: str, numbers: tuple[int, ...]) -> None:
    """Record that every version of these files is gone from the bucket."""
    for _ in range(RACES):
        file = services.store.case_file(reference)
        if file is None:
            return
        gone = [document for document in file.documents if document.number in numbers]
        change = documents.deleted(services.book, file.case, gone, services.clock.now())
        if change is None:
            return
        try:
            services.store.commit(change)
        except Conflict:
            continue
        return
    raise Conflict


# opening, releasing, downloading


def open_for_staff(services: Services, actor: Actor, reference: str, number: int) -> str:
    """A link to a clean file for a member of staff, once the timeline says who opened it."""
    services.book.access.require(actor, "document.open")
    case = _seen(services, actor, reference)

    def decide(case: Case, document: Document) -> Change:
        return documents.opened(services.book, case, document, actor, services.clock.now())

    return _link(services, _act(services, case.reference, number, decide))


@in_english
def download(services: Services, reference: str, number: int) -> str:
    """A link to a released file for the person, once the timeline says that they got it."""

    def decide(case: Case, document: Document) -> Change:
        return documents.downloaded(services.book, case, document, services.clock.now())

    return _link(services, _act(services, reference, number, decide))


def remove(services: Services, actor: Actor, reference: str, number: int) -> None:
    """Take a file out of an answer that has not gone yet."""
    services.book.access.require(actor, "document.add")
    case = _seen(services, actor, reference)

    def decide(case: Case, document: Document) -> Change:
        task = _open_task(services, case)
        return documents.removed(services.book, case, document, task, actor, services.clock.now())

    _act(services, case.reference, number, decide)


def release_again(services: Services, actor: Actor, reference: str, version: int) -> None:
    """Open the files of an answer to the person once more. Of two people at once one does it; the other gets Stale."""
    services.book.access.require(actor, "document.release")
    reference = _seen(services, actor, reference).reference
    case = services.store.case(reference)
    if case is None:
        raise NotFound
    requester = services.store.requester(reference)
    change = documents.release_again(services.book, case, requester, actor, version, services.clock.now())
    try:
        services.store.commit(change)
    except Conflict:
        raise Stale from None


def _act(services: Services, reference: str, number: int, decide: Callable[[Case, Document], Change]) -> Document:
    """Commit what a person does with a file. Raises NotFound, and whatever the decision refuses with."""
    for _ in range(RACES):
        case, document = services.store.case_and_document(reference, number)
        if case is None or document is None:
            raise NotFound("This file is not there any more.")
        try:
            services.store.commit(decide(case, document))
        except Conflict:
            continue
        return document
    raise Conflict


def _link(services: Services, document: Document) -> str:
    return services.documents.link(document.key, document.name, services.book.documents["link_seconds"])


def _open_task(services: Services, case: Case) -> Task | None:
    return services.store.case_and_task(case.reference, case.step)[1] if case.step else None


def _seen(services: Services, actor: Actor, reference: str) -> Case:
    """The case, if this person may see it; a case they may not see is as unknown to them as none."""
    parsed = parse(reference, services.book.prefix)
    case = services.store.case(parsed) if parsed else None
    if case is None or not services.book.access.may_see(actor, case):
        raise NotFound("We cannot find that case. Check the reference.")
    return case
