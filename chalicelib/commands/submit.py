"""A person or an officer hands in a submission: one transaction makes the case, its first event and the receipt mail.

The same idempotency key with the same answers gives the same receipt again; with other answers it is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..domain import reference, retention, submissions
from ..domain.clock import ClockError, LegalDate, london_date
from ..domain.dates import context_of, promised
from ..domain.entry import Entered
from ..domain.entry import problems as problems_of
from ..domain.errors import Conflict, Invalid, KeyReused, NotFound, Problem
from ..domain.language import ENGLISH, current, speaking
from ..domain.model import Actor, Used
from ..domain.ports import RACES, Services

MAX_KEY = 200
MAX_BYTES = 330_000
"""What one submission may hold, in UTF-8: an item of DynamoDB holds 400 KB. 20,000 words fit in any alphabet."""
TOO_LONG = "That is too long to send in one go. Send the first part now. Then send the rest on the page of your case."


@dataclass(frozen=True, kw_only=True)
class Besides:
    """A further case that the same submission opened: it has its own reference and dates, and the same code."""

    reference: str
    kind: str
    title: str
    dates: tuple[LegalDate, ...]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the person is told at once. `dates` are the dates promised, with their explanations."""

    reference: str
    access_code: str
    kind: str
    received_at: datetime
    dates: tuple[LegalDate, ...]
    next_steps: tuple[str, ...]
    besides: tuple[Besides, ...] = ()
    repeated: bool = False


def submit(
    services: Services,
    kind: str,
    answers: Mapping[str, Any],
    *,
    idempotency_key: str,
    channel: str = "web",
    draft_token: str = "",
) -> Receipt:
    """Accept a resident's submission, received now, in the language of the moment. Raises Invalid, NotFound (unknown
    kind) or KeyReused."""
    now, spoken = services.clock.now(), current().code
    with speaking(None):
        return _accept(services, kind, answers, idempotency_key, channel, now, draft_token=draft_token, language=spoken)


def enter_case(
    services: Services,
    actor: Actor,
    kind: str,
    answers: Mapping[str, Any],
    *,
    channel: str,
    received_at: datetime,
    idempotency_key: str,
    entered: Entered | None = None,
    draft_token: str = "",
) -> Receipt:
    """A case that came by phone, letter or visit, entered by staff with its true receipt (an aware instant)."""
    services.book.access.require(actor, "case.enter")
    if entered is not None:
        today = london_date(services.clock.now())
        teams = {"", *(row["id"] for row in services.book.file("notice")["holders"])}
        found = problems_of(entered, london_date(received_at), today)
        if entered.came_to not in teams:
            found = (*found, Problem("/came_to", "enum", "Choose who first got it."))
        if found:
            raise Invalid(found)
    if received_at > services.clock.now():
        raise Invalid((Problem("/received_at", "maximum", "Give the day it came in. It cannot be in the future."),))
    try:
        return _accept(
            services,
            kind,
            answers,
            idempotency_key,
            channel,
            received_at,
            actor=actor,
            entered=entered,
            draft_token=draft_token,
        )
    except ClockError as error:
        raise Invalid((Problem("/received_at", error.rule, error.message),)) from None


def receipt_for(services: Services, idempotency_key: str) -> Receipt | None:
    """The receipt that this key got before, or None: so that the last page of a form can be loaded again."""
    used = services.store.used(idempotency_key)
    return _receipt(services, used, _access_code(services, idempotency_key), repeated=True) if used else None


def preview_dates(
    services: Services, kind: str, answers: Mapping[str, Any], received_at: datetime | None = None
) -> tuple[LegalDate, ...]:
    """The dates a person would be promised if the submission came in now, or then (an aware instant)."""
    now = services.clock.now()
    return promised(services.book, kind, context_of(services.book.kind(kind), answers), received_at or now, now)


def _accept(
    services: Services,
    kind: str,
    answers: Mapping[str, Any],
    key: str,
    channel: str,
    received_at: datetime,
    *,
    actor: Actor | None = None,
    entered: Entered | None = None,
    draft_token: str = "",
    language: str = ENGLISH,
) -> Receipt:
    if kind not in services.book.sent:
        raise NotFound
    if problems := problems_in(services, kind, answers):
        raise Invalid(problems)
    now, digest, code = services.clock.now(), _digest(services, kind, answers), _access_code(services, key)
    for _ in range(RACES):
        used = Used(
            reference=new_reference(services),
            kind=kind,
            digest=digest,
            received_at=received_at,
            end=retention.short_end(services.book.retention, "submission_key", now),
            context=context_of(services.book.kind(kind), answers),
        )
        change = submissions.receive(
            services.book,
            kind,
            answers,
            reference=used.reference,
            access_digest=access_digest(used.reference, code),
            now=now,
            received_at=received_at,
            channel=channel,
            used=(key, used),
            discard_draft=draft_token,
            actor=actor,
            entered=entered,
            language=language,
            references=lambda: new_reference(services),
        )
        try:
            services.store.commit(change)
        except Conflict:
            before = services.store.used(key)
            if before is None:
                continue  # the reference was taken, or a twin of this request is under way: look again
            if before.digest != digest:
                raise KeyReused from None
            return _receipt(services, before, code, repeated=True)
        assert change.used is not None
        return _receipt(services, change.used[1], code)
    raise Conflict


def problems_in(services: Services, kind: str, answers: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with the answers to the form of this kind, and whether they are too long to be kept."""
    return (*services.schemas.errors(services.book.kind(kind)["submission"], answers), *_too_long(answers))


def _too_long(answers: Mapping[str, Any]) -> tuple[Problem, ...]:
    sizes = {name: len(str(value).encode("utf-8", "surrogatepass")) for name, value in answers.items()}
    if sum(sizes.values()) <= MAX_BYTES:
        return ()
    return (Problem(f"/{max(sizes, key=lambda name: sizes[name])}", "maxLength", TOO_LONG),)


def new_reference(services: Services) -> str:
    """A reference drawn at random; that it is free is seen when it is written."""
    unwanted = services.book.file("kinds")["unwanted_words"]
    return reference.make(services.book.prefix, services.ids.below, unwanted)


def access_digest(reference_text: str, code: str) -> str:
    """What is stored of an access code. The code has 59 random bits, so a plain hash cannot be turned round."""
    text = f"{reference_text}:{reference.normal_code(code)}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _access_code(services: Services, key: str) -> str:
    """Derived from the key, so that a retry whose first answer was lost shows the same code; stored nowhere."""
    return reference.access_code(hmac.digest(services.keys.key("access-code"), key.encode(), "sha256"))


def _digest(services: Services, kind: str, answers: Mapping[str, Any]) -> str:
    body = json.dumps([kind, answers], sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hmac.new(services.keys.key("submission"), body, hashlib.sha256).hexdigest()


def _receipt(services: Services, used: Used, code: str, *, repeated: bool = False) -> Receipt:
    return Receipt(
        reference=used.reference,
        access_code=code,
        kind=used.kind,
        received_at=used.received_at,
        dates=promised(services.book, used.kind, used.context, used.received_at, services.clock.now()),
        next_steps=tuple(services.book.kind(used.kind)["next_steps"]),
        besides=tuple(_besides(services, used, *item) for item in used.linked.items()),
        repeated=repeated,
    )


def _besides(services: Services, used: Used, reference_text: str, kind: str) -> Besides:
    dates = promised(services.book, kind, {}, used.received_at, services.clock.now())
    return Besides(reference=reference_text, kind=kind, title=services.book.kind(kind)["title"], dates=dates)
