"""Checks what came, and deletes what has served. Each may run twice without harm, and goes by the table.

A file is clean only when its content is of a kind that we take and the scanner says so; until then it lies in
quarantine, where nobody reads it. No answer is no yes: after some time a person is told, and after a day it is deleted.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from ..commands import documents as commands
from ..domain import documents, files
from ..domain.model import Document
from ..domain.ports import CLEAN, INFECTED, Services, Stored

log = logging.getLogger("cases")


def check(services: Services, reference: str, number: int) -> bool:
    """Look at a file that came. True when nothing is left to do; False while the scanner has no answer."""
    case, document = services.store.case_and_document(reference, number)
    if case is None or document is None:
        return True
    if document.status == "deleted" or commands.is_deleted(case, document):
        delete(services, reference, [number])
        return True
    if document.status != "arrived":
        services.documents.forget(document.key, quarantine_only=True)
        return True
    stored = services.documents.look(document.key)
    if stored is None:
        commands.refused(services, reference, number, "missing", 0)
        return True
    why, body = _fault(services, stored)
    if not why:
        verdict = services.scanner.verdict(stored, body)
        if verdict == CLEAN:
            return _keep(services, document, stored, body)
        why = "infected" if verdict == INFECTED else _without_answer(services, document)
    if not why:
        return False
    services.documents.forget(document.key)
    commands.refused(services, reference, number, why, stored.size)
    log.info("file_refused", extra={"fields": {"case": reference, "code": why}})
    return True


def _fault(services: Services, stored: Stored) -> tuple[str, bytes]:
    """Why its content alone refuses it, and the content; one that is too large is not read."""
    policy = services.book.documents
    body = services.documents.read(stored) if stored.size <= policy["most_bytes"] else b""
    return files.fault(policy, stored.claimed_name, stored.size, body), body


def _keep(services: Services, document: Document, stored: Stored, body: bytes) -> bool:
    """Copy, then record, then empty the quarantine: a crash between two of them is made good by doing it again."""
    policy = services.book.documents
    type_ = files.type_of(policy, body)
    media_type = policy["types"][type_]["media_type"]
    name = documents.file_name(services.book, document, stored.claimed_name, type_)
    services.documents.keep(stored, media_type)
    wanted = commands.passed(services, document.reference, document.number, name, media_type, stored.size)
    services.documents.forget(document.key, quarantine_only=wanted)
    return True


def _without_answer(services: Services, document: Document) -> str:
    """`unchecked` once we give up; "" while we wait, telling a person when it takes long."""
    policy, now = services.book.documents, services.clock.now()
    assert document.arrived_at is not None
    waited = now - document.arrived_at
    if waited >= timedelta(hours=policy["give_up_after_hours"]):
        return "unchecked"
    if waited >= timedelta(minutes=policy["late_after_minutes"]):
        commands.late(services, document.reference, document.number)
    return ""


def delete(services: Services, reference: str, numbers: Iterable[int]) -> None:
    """Delete every version of these files of a case, then record it. The bucket first: a record must be true."""
    wanted = tuple(numbers)
    file = services.store.case_file(reference)
    if file is None:
        return
    for document in file.documents:
        if document.number in wanted:
            services.documents.forget(document.key)
    commands.deleted(services, reference, wanted)


def forget_removed(services: Services, image: Mapping[str, Any]) -> None:
    """A file's record is gone from the table (its end has come, or its case was disposed of): its object goes too.
    `image` is the record as it was, in the stream's form."""
    services.documents.forget(json.loads(image["body"]["S"])["key"])


def on_scan(services: Services, event: Mapping[str, Any]) -> Mapping[str, str]:
    """The bucket says that an object came, or GuardDuty that it has a result: both only ring the bell. What is done
    follows from the table and the object; an object that no case waits for is deleted."""
    detail = event["detail"]
    place = detail.get("object") or detail.get("s3ObjectDetails") or {}
    area, _, key = str(place.get("key") or place.get("objectKey") or "").partition("/")
    reference, number = _address(key)
    if area != "quarantine" or not reference:
        return {"outcome": "ignored"}
    if not commands.arrived(services, reference, number, key):
        services.documents.forget(key, quarantine_only=True)
        return {"outcome": "deleted"}
    return {"outcome": "checked" if check(services, reference, number) else "waiting"}


def _address(key: str) -> tuple[str, int]:
    """Case and number that our own names begin with; "" for a name that is not ours."""
    parts = key.split(".")
    if len(parts) < 3 or not parts[1].isascii() or not parts[1].isdigit() or len(parts[1]) > 6:
        return "", 0
    return parts[0], int(parts[1])
