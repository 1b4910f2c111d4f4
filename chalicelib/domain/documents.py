"""What may happen to the files of a case: asked for, arrived, checked, opened, released, downloaded, deleted.

Evidence is looked at by a person, noted in words, and deleted at once (UK GDPR Art 5(1)(c) and (e): no more, and no
longer, than needed). Files of an answer go out only after somebody who did not write it decided so (Art 5(1)(f), Art
32), behind the reference and the access code, for as long as the schedule says (`policy/retention.json`, `download`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from . import clock, files, retention
from .errors import Invalid, NotAllowed, NotFound, Problem, Stale, TooOften
from .model import RESIDENT, Actor, Case, Change, Document, Party, Task
from .policy import Book
from .record import Record
from .words import long_date

EVIDENCE, ANSWER = "evidence", "answer"
GONE = ("refused", "deleted")
# Whoever adds a file to an answer has written part of it.
ADDED = "documents.answer"
NO_WAY_TO = {
    "post": ("address", "There is no address to post it to."),
    "read_out": ("phone", "There is no phone number to read it out on."),
}


def numbers(case: Case, purpose: str, *statuses: str) -> tuple[int, ...]:
    """The numbers of the case's files of a purpose, those in one of `statuses` if any are given."""
    found = []
    for number, summary in case.documents.items():
        of, _, status = summary.partition(".")
        if of == purpose and (not statuses or status in statuses):
            found.append(int(number))
    return tuple(sorted(found))


def asks_for_files(book: Book, case: Case) -> bool:
    """Whether the case stands where we ask the person for something, or where policy takes files: only then may they
    send some."""
    stage = book.kind(case.kind)["stages"][case.stage]
    return case.is_open and ("asks" in stage or bool(stage.get("takes_files")))


def ask(book: Book, case: Case, purpose: str, actor: Actor | None, secret: str, now: datetime) -> Change:
    """A file is about to be sent: its record, with a short end until it comes. `secret` makes its name in the bucket
    one that nobody guesses. Raises Stale where no file is wanted, TooOften when there are too many."""
    if purpose == EVIDENCE and not asks_for_files(book, case):
        raise Stale("We do not need a file from you right now. You can still write to us.")
    if not case.is_open:
        raise Stale("This case is closed.")
    if len(numbers(case, purpose)) >= book.documents["most_files"][purpose]:
        raise TooOften(int(timedelta(days=1).total_seconds()))
    record = Record(book, case, now, actor=actor)
    number = len(case.documents) + 1
    record.document(
        Document(
            reference=case.reference,
            number=number,
            purpose=purpose,
            key=f"{case.reference}.{number}.{secret}",
            added_at=now,
            added_by=actor.id if actor else RESIDENT,
            end=retention.short_end(book.retention, "upload", now),
        )
    )
    record.happened("document_asked", by="" if actor else RESIDENT, data={"number": number})
    return record.change()


def arrived(book: Book, case: Case, document: Document, now: datetime) -> Change | None:
    """The browser, or the bucket, says that the file came: it is checked next. None when that is known."""
    if document.status != "waiting" or _status(case, document) != "waiting":
        return None
    record = Record(book, case, now)
    record.document(replace(document, status="arrived", arrived_at=now, end=case.end))
    is_evidence = document.purpose == EVIDENCE
    record.happened(
        "document_arrived" if is_evidence else "answer_arrived",
        by=RESIDENT if is_evidence else document.added_by,
        data={"number": document.number, "check": True},
    )
    return record.change()


def passed(
    book: Book, case: Case, document: Document, task: Task | None, name: str, media_type: str, size: int, now: datetime
) -> Change | None:
    """Checked, and nothing was found. An answer's file is new to whoever is about to release it: their task changes."""
    if document.status != "arrived":
        return None
    record = Record(book, case, now)
    record.document(
        replace(document, status="clean", name=name, media_type=media_type, size=size, late=False, end=case.end)
    )
    if document.purpose == ANSWER:
        _refresh(record, task)
        by = case.took_part.get(ADDED, ())
        record.put(took_part={**case.took_part, ADDED: (*by, document.added_by)})
    told: tuple[int, ...] = ()
    if document.purpose == EVIDENCE and case.is_open and case.needs_attention != "file_came":
        record.put(needs_attention="file_came")
        told = (record.tell("file-came"),)
    record.happened(
        "document_clean" if document.purpose == EVIDENCE else "answer_clean",
        messages=told,
        data={"number": document.number},
    )
    return record.change()


def refused(
    book: Book, case: Case, document: Document, requester: Party | None, why: str, size: int, now: datetime
) -> Change | None:
    """Not taken, and already deleted. The person who sent it reads why, and hears of it by mail if they gave one: they
    may have left the page before the check was done."""
    if document.status != "arrived":
        return None
    record = Record(book, case, now)
    record.document(replace(document, status="refused", why=why, size=size, end=case.end))
    if case.needs_attention == "file_unchecked":
        record.put(needs_attention="")
    told: tuple[int, ...] = ()
    if document.purpose == EVIDENCE and requester is not None and requester.details.get("email"):
        told = (record.tell("file-refused", requester),)
    record.happened(
        "document_refused" if document.purpose == EVIDENCE else "answer_refused",
        messages=told,
        data={"number": document.number, "why": why},
    )
    return record.change()


def late(book: Book, case: Case, document: Document, now: datetime) -> Change | None:
    """No result after the time that policy gives: a person must hear of it, once."""
    if document.status != "arrived" or document.late:
        return None
    record = Record(book, case, now)
    record.document(replace(document, late=True))
    record.put(needs_attention="file_unchecked")
    record.happened("document_late", data={"number": document.number})
    return record.change()


def opened(book: Book, case: Case, document: Document, actor: Actor, now: datetime) -> Change:
    """A member of staff opens a file: the timeline says who. Raises NotFound unless it is clean and there."""
    if document.status != "clean" or _status(case, document) != "clean":
        raise NotFound("This file is not there any more, or it is still being checked.")
    record = Record(book, case, now, actor=actor)
    if case.needs_attention == "file_came":
        record.put(needs_attention="")
    record.happened("document_opened", data={"number": document.number})
    return record.change()


def removed(book: Book, case: Case, document: Document, task: Task | None, actor: Actor, now: datetime) -> Change:
    """A file of an answer is taken out before it goes. Raises NotFound, or Stale once it was released."""
    if document.purpose != ANSWER or document.status in GONE:
        raise NotFound
    if not case.is_open or document.number in case.released:
        raise Stale("This file has gone out with the answer. It cannot be taken back.")
    record = Record(book, case, now, actor=actor)
    record.document(replace(document, status="deleted", name="", end=case.end))
    _refresh(record, task)
    record.happened("document_removed", data={"number": document.number, "deletes": [document.number]})
    return record.change()


def delete(record: Record, purpose: str) -> dict[str, Any]:
    """Files of this purpose have served: from this commit on nobody can open them. Returns what the event must say so
    that an effect deletes them; nothing when there are none."""
    found = numbers(record.case, purpose, "waiting", "arrived", "clean")
    if not found:
        return {}
    gone = {str(number): f"{purpose}.deleted" for number in found}
    record.put(documents={**record.case.documents, **gone})
    if record.case.needs_attention in ("file_came", "file_unchecked"):
        record.put(needs_attention="")
    return {"deletes": list(found)}


def deleted(book: Book, case: Case, found: Iterable[Document], now: datetime) -> Change | None:
    """Every version of these files is gone from the bucket; their names go with them. None when that is recorded."""
    left = [document for document in found if document.status not in GONE]
    if not left:
        return None
    record = Record(book, case, now)
    for document in left:
        record.document(replace(document, status="deleted", name="", end=case.end))
    if any(document.arrived_at for document in left):
        record.happened("documents_deleted", data={"number": _list(d.number for d in left)})
    return record.change()


def release(record: Record, how: str, requester: Party | None) -> None:
    """The answer's files go out with the decision that is being made. Raises Invalid when one is still being checked
    or there is no way to the person; NotAllowed for whoever added one of them."""
    case, actor = record.case, record.actor
    detail, words = NO_WAY_TO.get(how, ("", ""))
    if detail and (requester is None or not requester.details.get(detail)):
        raise Invalid((Problem("/data/release", "address", words),))
    if numbers(case, ANSWER, "arrived"):
        raise Invalid((Problem("/data/release", "checked", "A document is still being checked. Try again soon."),))
    ready = numbers(case, ANSWER, "clean")
    if not ready:
        return
    if actor is not None and actor.id in case.took_part.get(ADDED, ()):
        raise NotAllowed("You added a file to this answer. Somebody else must release it.")
    if how == "online":
        _open_until(record, ready)


def release_again(book: Book, case: Case, requester: Party | None, actor: Actor, version: int, now: datetime) -> Change:
    """The time to get the files has ended, or the person asks for it anew. Raises NotFound when nothing was released
    before, Stale for an old page, NotAllowed for whoever wrote the answer."""
    ready = tuple(number for number in case.released if number in numbers(case, ANSWER, "clean"))
    if not ready:
        raise NotFound("No files of this case went out online.")
    if version != case.version:
        raise Stale
    if actor.id in {*case.took_part.get(ADDED, ()), *_writers(book, case)}:
        raise NotAllowed("You took part in this answer. Somebody else must release it.")
    record = Record(book, case, now, actor=actor)
    told: tuple[int, ...] = ()
    if requester is not None and requester.details.get("email"):
        told = (record.tell("documents-ready", requester),)
    _open_until(record, ready, told)
    return record.change()


def downloaded(book: Book, case: Case, document: Document, now: datetime) -> Change:
    """The person gets a file of the answer. Raises NotFound for one that was not released, Stale when it is too
    late or very often: each time is kept on the timeline."""
    if document.number not in case.released or document.status != "clean":
        raise NotFound("We cannot find that file. Go back to your case.")
    if not is_released(case, now):
        raise Stale("The time to get this file is over. Write to us or call us, and we make it ready again.")
    if document.downloads >= book.documents["most_downloads"]:
        raise Stale("You have got this file very often. Call us if you still need it.")
    record = Record(book, case, now)
    record.document(replace(document, downloads=document.downloads + 1))
    record.happened("document_downloaded", by=RESIDENT, data={"number": document.number})
    return record.change()


def is_released(case: Case, now: datetime) -> bool:
    """Whether the person may get the files of the answer now; not any more at the very instant of the end."""
    return case.released_until is not None and now < case.released_until


def words(book: Book, data: Mapping[str, Any]) -> dict[str, str]:
    """What the texts of the timeline may say of a file: its number, why it was refused, until when it is there."""
    why = str(data.get("why", ""))
    return {
        "number": str(data.get("number", "")),
        "why": book.documents["refusals"].get(why, ""),
        "until": str(data.get("until", "")),
    }


def shown_name(book: Book, document: Document) -> str:
    """The name for a page; a file that did not come, or is gone, has only its number."""
    return document.name or f"File {document.number}"


def file_name(book: Book, document: Document, claimed: str, type_: str) -> str:
    return files.clean_name(book.documents, claimed, type_, document.number)


def _open_until(record: Record, ready: tuple[int, ...], told: tuple[int, ...] = ()) -> None:
    end = retention.short_end(record.book.retention, "download", record.now).at
    assert end is not None
    record.put(released=ready, released_until=end)
    until = long_date(clock.london_date(end))
    record.happened("documents_released", messages=told, data={"number": _list(ready), "until": until})


def _refresh(record: Record, task: Task | None) -> None:
    """What an open task is about has changed: whoever has its page open must look again."""
    if task is not None and task.status == "open":
        record.task(replace(task, version=task.version + 1))


def _writers(book: Book, case: Case) -> set[str]:
    """Whoever took part where a task that releases wants somebody else."""
    tasks = [row for row in book.file("tasks")["tasks"].values() if row["kind"] == case.kind]
    earlier = {
        name
        for row in tasks
        if any(outcome.get("releases") for outcome in row["outcomes"].values())
        for name in row.get("not_by", ())
    }
    return {who for name in earlier for who in case.took_part.get(name, ())}


def _status(case: Case, document: Document) -> str:
    """What the case itself says: a decision that deletes counts from its commit on, before the effect."""
    return case.documents.get(str(document.number), "").partition(".")[2]


def _list(found: Iterable[int]) -> str:
    return ", ".join(str(number) for number in found)
