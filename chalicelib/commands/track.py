"""The resident follows a case with reference and access code: no account, and nothing told without both."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from string import Template
from typing import Any

from ..domain import cases, documents, retention, rounds, submissions
from ..domain.clock import LegalDate, london_date
from ..domain.dates import dates_of
from ..domain.errors import Conflict, Invalid, NotFound, NotSignedIn, Problem, Stale, TooOften
from ..domain.language import in_english, mark, say
from ..domain.messages import split
from ..domain.model import Case, CaseFile, Document, Event, Message
from ..domain.ports import RACES, Services
from ..domain.reference import parse
from .documents import FileView, shown
from .submit import access_digest

PASS_TIME = timedelta(minutes=30)
LINK_TIME = timedelta(days=14)
BY_LINK = "link"
WINDOW = timedelta(minutes=15)
# For one reference and for one caller. Many people may share one address (a library, a phone network), so a caller
# has more; 59 random bits cannot be guessed at either rate.
MAX_TRIES = (10, 50)
MOST_MESSAGES = 500
FILES_OVER = mark("The time to get your files online came to its end.")


@dataclass(frozen=True)
class TrackPass:
    reference: str
    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Entry:
    """One line of the history a resident may read."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Answer:
    outcome_words: str
    paragraphs: tuple[str, ...]
    sent_at: datetime


@dataclass(frozen=True)
class Letter:
    """A letter that we wrote beside the answer."""

    subject: str
    paragraphs: tuple[str, ...]
    sent_at: datetime


@dataclass(frozen=True)
class Written:
    """A message that the person wrote to us."""

    paragraphs: tuple[str, ...]
    sent_at: datetime


@dataclass(frozen=True)
class Next:
    """What the person may ask for after our answer: the button, what it does, and by when they should ask."""

    title: str
    help: str
    ask_by: date
    late: bool


@dataclass(frozen=True, kw_only=True)
class Status:
    reference: str
    kind: str
    title: str
    status: str
    received_at: datetime
    happening_now: str
    next_step: str
    dates: tuple[LegalDate, ...]
    timeline: tuple[Entry, ...]
    noun: str
    asked: str
    waits: LegalDate | None
    may_withdraw: bool
    withdrawal_asked_at: datetime | None
    answer: Answer | None
    letters: tuple[Letter, ...]
    written: tuple[Written, ...]
    next_round: Next | None
    links: tuple[tuple[str, str], ...]
    files: tuple[FileView, ...]
    files_until: date | None
    files_over: bool
    may_send: bool
    sent_files: tuple[FileView, ...]
    closed_at: datetime | None
    deleted_on: date | None
    deleted_because: str
    looked_at: int


def sign_in(services: Services, reference_text: str, code_text: str, caller: str) -> TrackPass:
    """A pass for one case. `caller` is the sender's address; only a keyed hash of it is kept, for half an hour.

    Raises Invalid when the reference cannot be one (no read), TooOften after `MAX_TRIES` wrong ones in a quarter of an
    hour, NotFound when reference or code is wrong: the same words for both, so that nobody learns which exist.
    """
    reference = parse(reference_text, services.book.prefix)
    if reference is None:
        raise Invalid((Problem("/reference", "reference", "Check the reference. It looks like FF-7K4-M2P-9XW."),))
    now = services.clock.now()
    window = int(now.timestamp() // WINDOW.total_seconds())
    tries = [tries_key(services, window, who) for who in (f"reference:{reference}", f"caller:{caller}")]
    case, counts = services.store.case_and_tries(reference, tries)
    if any(count >= limit for count, limit in zip(counts, MAX_TRIES, strict=True)):
        raise TooOften(int(WINDOW.total_seconds() - now.timestamp() % WINDOW.total_seconds()) + 1)
    given = access_digest((case.access_of if case else "") or reference, code_text)
    if not hmac.compare_digest(given, case.access_digest if case else "-" * len(given)):
        end = retention.short_end(services.book.retention, "tries", now)
        assert end.at is not None
        for key in tries:
            services.store.count_try(key, end.at)
        raise NotFound("We cannot find a case with this reference and access code. Check both and try again.")
    return issue_pass(services, reference)


def issue_pass(services: Services, reference: str, *, by_link: bool = False) -> TrackPass:
    """A signed pass that needs no store: half an hour, one case. `by_link` says that no access code was given."""
    expires_at = services.clock.now() + PASS_TIME
    payload = f"{reference}|{int(expires_at.timestamp())}|{BY_LINK if by_link else ''}"
    token = base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")
    return TrackPass(reference, f"{token}.{_sign(services, token)}", expires_at)


def open_pass(services: Services, token: str, *, with_code: bool = False) -> str:
    """The reference that a pass opens; raises NotSignedIn when it is not ours or past its time, or when `with_code` is
    wanted and the person came by a link."""
    payload, _, signature = token.partition(".")
    if not token.isascii() or not hmac.compare_digest(signature, _sign(services, payload)):
        raise NotSignedIn("Your time is up, or this link is not whole. Give your reference and access code again.")
    content = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    reference, expires, how = content.split("|")
    if int(expires) <= services.clock.now().timestamp():
        raise NotSignedIn("You were away for half an hour. Give your reference and access code again.")
    if with_code and how == BY_LINK:
        raise NotSignedIn("For this we need your access code too. Give your reference and access code.")
    return reference


def link_of(services: Services, message: Message) -> str:
    """The path of the link in a mail to the person: it opens the case once, without the access code."""
    address = f"{message.reference}.{message.number}"
    return f"/track/link/{address}/{_link_key(services, address)}"


def by_link(services: Services, address: str, key: str) -> TrackPass:
    """A pass for who comes by the link of a mail: once, and for two weeks after it was sent. What needs the access code
    still needs it. Raises NotFound for what is no link of ours, is used, or is late: the same words for all."""
    reference, _, number = address.rpartition(".")
    right = hmac.compare_digest(_link_key(services, address).encode(), key.encode("utf-8", "surrogatepass"))
    over = NotFound("This link works once, and for two weeks. Give your reference and access code.")
    if not right or not number.isascii() or not number.isdigit():
        raise over
    message, now = services.store.message(reference, int(number)), services.clock.now()
    if message is None or message.sent_at is None or now >= message.sent_at + LINK_TIME:
        raise over
    if not services.store.claim(f"link#{address}", message.sent_at + LINK_TIME):
        raise over
    return issue_pass(services, reference, by_link=True)


def _link_key(services: Services, address: str) -> str:
    text = address.encode("utf-8", "surrogatepass")
    return hmac.digest(services.keys.key("mail-link"), text, "sha256").hex()[:40]


@in_english
def write(services: Services, reference: str, text: str) -> None:
    """A message of the resident about their open case. Raises Invalid, NotFound, or Stale when it is closed."""
    tidy = text.strip()
    problem = services.schemas.errors("api/message", {"text": tidy})
    if problem:
        raise Invalid(problem)
    for _ in range(RACES):
        case = services.store.case(reference)
        if case is None:
            raise NotFound
        if not case.is_open:
            raise Stale("This case is closed. Call us if something is not right.")
        if case.messages >= MOST_MESSAGES:
            raise TooOften(int(timedelta(days=1).total_seconds()))
        try:
            services.store.commit(cases.write(services.book, case, split(tidy), services.clock.now()))
        except Conflict:
            continue
        return
    raise Conflict


@in_english
def withdraw(services: Services, reference: str, *, go_on: bool = False) -> None:
    """The resident takes it back, or goes on after all; twice is once. Raises NotFound, or Stale when it is closed."""
    for _ in range(RACES):
        case = services.store.case(reference)
        if case is None:
            raise NotFound
        change = cases.ask_to_withdraw(services.book, case, services.clock.now(), go_on=go_on)
        try:
            if change is not None:
                services.store.commit(change)
        except Conflict:
            continue
        return
    raise Conflict


def status(services: Services, reference: str) -> Status:
    """What the resident may see of the case. Raises NotFound when it is gone."""
    file = services.store.case_file(reference)
    if file is None:
        raise NotFound
    return status_of(services, file)


def what_was_sent(services: Services, reference: str) -> tuple[Case, dict[str, Any]]:
    """The case, and what the person sent with it, as the form has it. Raises NotFound when it is gone."""
    file = services.store.case_file(reference)
    if file is None:
        raise NotFound
    row = services.book.kind(file.case.submitted_as or file.case.kind)
    return file.case, submissions.as_sent(row, file.parties, file.answers)


def status_of(services: Services, file: CaseFile) -> Status:
    """The resident's view of a case that is already read (staff can see exactly this)."""
    case, row = file.case, services.book.kind(file.case.kind)
    stage = row["stages"][case.stage]
    now = services.clock.now()
    hidden = {event.data["reference"] for event in file.events if event.data.get("hidden")}
    told = (event for event in file.events if not event.data.get("hidden"))
    entries = [Entry(event.at, _words(services, row["noun"], event)) for event in told]
    dates = dates_of(services.book, case, now)
    until, released = case.released_until, documents.is_released(case, now)
    if until is not None and not released:
        entries = sorted([*entries, Entry(until, say(FILES_OVER))], key=lambda entry: entry.at)
    return Status(
        reference=case.reference,
        kind=case.kind,
        title=row["title"],
        status=case.status,
        received_at=case.received_at,
        happening_now=stage["resident"],
        next_step=_next_step(services, case, stage),
        dates=tuple(legal for legal in dates.dates if legal.name in row["promised"] and legal.date is not None),
        timeline=tuple(entry for entry in reversed(entries) if entry.text),
        noun=row["noun"],
        asked=str(case.facts.get(stage.get("asks", ""), "")),
        waits=next((legal for legal in dates.dates if legal.name in row["promised"] and legal.since is not None), None),
        may_withdraw=case.is_open and bool(row.get("withdrawable")),
        withdrawal_asked_at=case.withdrawal_asked_at if case.is_open else None,
        answer=_answer(file),
        letters=tuple(
            Letter(one.subject, one.letter, one.sent_at or one.queued_at)
            for one in reversed(file.messages)
            if one.letter and one.status not in ("draft", "returned")
        ),
        written=tuple(
            Written(one.paragraphs, one.queued_at) for one in reversed(file.messages) if one.channel == "tracking"
        ),
        next_round=_next_round(services, case, now),
        links=tuple(
            (other, services.book.file("kinds")["links"][relation.removesuffix("_from")][_end(relation)])
            for other, relation in case.links.items()
            if other not in hidden
        ),
        files=tuple(shown(services, row) for row in file.documents if released and _is_out(file, row)),
        files_until=until.astimezone(retention.LONDON).date() if until else None,
        files_over=until is not None and not released,
        may_send=documents.asks_for_files(services.book, case),
        sent_files=tuple(
            shown(services, row) for row in file.documents if row.purpose == documents.EVIDENCE and row.arrived_at
        ),
        closed_at=case.closed_at,
        deleted_on=case.end.at.astimezone(retention.LONDON).date() if case.end.at else None,
        deleted_because=retention.sentence(case, retention.reason(services.book.retention, case)),
        looked_at=len(file.looks),
    )


def _words(services: Services, noun: str, event: Event) -> str:
    words = services.book.timeline[event.type]["resident"] or ""
    outcome = ""
    if event.type == "task_decided":
        outcome = services.book.task(event.data["task"])["outcomes"][event.data["outcome"]]["resident_words"] or ""
    return Template(words).safe_substitute(
        resident_words=outcome,
        noun=noun,
        because=say(str(event.data.get("because", ""))),
        title=say(str(event.data.get("title", ""))),
        reference=str(event.data.get("reference", "")),
        **documents.words(services.book, event.data),
    )


def _next_step(services: Services, case: Case, stage: Mapping[str, Any]) -> str:
    """What happens next; after the last answer, where else the person can go."""
    words = str(stage["next"])
    ended = not case.is_open and case.closed_at is not None and rounds.was_answered(services.book, case)
    if not ended or case.closed_at is None:
        return words
    return rounds.what_next(services.book, case, london_date(case.closed_at))


def _next_round(services: Services, case: Case, now: datetime) -> Next | None:
    row = rounds.next_round(services.book, case)
    if row is None or case.closed_at is None:
        return None
    ask_by = rounds.last_day(services.book, row, london_date(case.closed_at))
    return Next(row["ask"]["title"], row["ask"]["help"], ask_by, london_date(now) > ask_by)


def _end(relation: str) -> str:
    return "from" if relation.endswith("_from") else "to"


def _is_out(file: CaseFile, document: Document) -> bool:
    return document.number in file.case.released and document.status == "clean"


def _answer(file: CaseFile) -> Answer | None:
    """The letter that answers the case, once a person's decision has sent it."""
    facts = file.case.facts
    if "letter" not in facts:
        return None
    paragraphs = tuple(str(facts["letter"]).split("\n\n"))
    return Answer(say(str(facts.get("outcome_words", ""))), paragraphs, datetime.fromisoformat(facts["answered_at"]))


def _sign(services: Services, payload: str) -> str:
    return hmac.new(services.keys.key("track-pass"), payload.encode(), hashlib.sha256).hexdigest()


def tries_key(services: Services, window: int, who: str) -> str:
    digest = hmac.new(services.keys.key("tries"), f"{window}:{who}".encode(), hashlib.sha256)
    return digest.hexdigest()
