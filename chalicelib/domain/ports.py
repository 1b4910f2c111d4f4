"""What the commands need of the outside, in the domain's words. `adapters/` fulfils it on AWS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from .certificates import Certificate
from .errors import Problem
from .figures import Figure
from .model import (
    Alike,
    Case,
    CaseFile,
    Change,
    DeskCounts,
    Document,
    Draft,
    Event,
    Flagged,
    Hold,
    Kept,
    Leaving,
    LinkAsked,
    Look,
    Lookup,
    Message,
    Party,
    Person,
    Remains,
    StaffSession,
    Task,
    Used,
    Voice,
)
from .policy import Book


class Clock(Protocol):
    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        ...


class Ids(Protocol):
    def below(self, limit: int) -> int:
        """A random whole number from 0 to limit - 1."""
        ...

    def token(self) -> str:
        """256 random bits, URL-safe."""
        ...


class Keys(Protocol):
    def key(self, label: str) -> bytes:
        """The 32-byte key for one purpose, derived from the service's secret."""
        ...


class Schemas(Protocol):
    def errors(self, name: str, value: Any) -> tuple[Problem, ...]:
        """What in `value` breaks `schemas/<name>.json`, in plain words, without the value."""
        ...

    def document(self, name: str) -> Mapping[str, Any]: ...


# How often a command reads again and tries anew when another write of the same case was first.
RACES = 5


@dataclass(frozen=True)
class Page:
    """Some rows of an index and the cursor of the next page, empty at the end."""

    rows: tuple[Any, ...]
    cursor: str = ""


class Store(Protocol):
    """The table. Every read leaves out what is past its end; every write of a `Change` is one transaction."""

    def commit(self, change: Change) -> None:
        """Raises Conflict naming what failed (`case`, `task`, `used`, …)."""
        ...

    def case(self, reference: str) -> Case | None: ...
    def case_and_task(self, reference: str, number: int) -> tuple[Case | None, Task | None]: ...
    def case_for_decision(
        self, reference: str, number: int, staff: Sequence[str] = ()
    ) -> tuple[Case | None, Task | None, Party | None, Mapping[str, Person]]: ...
    def case_and_tries(self, reference: str, tries: Sequence[str]) -> tuple[Case | None, tuple[int, ...]]: ...
    def count_try(self, key: str, expires_at: datetime) -> None: ...
    def case_and_document(self, reference: str, number: int) -> tuple[Case | None, Document | None]: ...
    def case_file(self, reference: str) -> CaseFile | None: ...
    def event(self, reference: str, number: int) -> Event | None: ...
    def events_to_do(self, before: datetime, limit: int, cursor: str = "") -> Page: ...
    def event_done(self, event: Event) -> None: ...
    def task_signalled(self, task: Task, at: datetime) -> None: ...
    def message(self, reference: str, number: int) -> Message | None: ...
    def claim_message(self, message: Message, at: datetime) -> bool: ...
    def settle_message(self, message: Message, status: str, at: datetime) -> None: ...
    def set_ends(self, case: Case) -> int:
        """Give every item of a case the case's end; returns how many lacked it. Raises Conflict when it went on."""
        ...

    def disposals(self, list_: str, before: datetime, limit: int, cursor: str = "") -> Page: ...
    def leaving(self, reference: str) -> Leaving | None: ...
    def begin_disposal(self, leaving: Leaving, classes: Sequence[str]) -> bool: ...
    def remove_items(self, reference: str, keys: Sequence[str]) -> None: ...
    def finish_disposal(self, leaving: Leaving, certificate: Certificate | None) -> None: ...
    def record_removed(self, reference: str, remains: Remains, by: str) -> None: ...
    def certificate_of(self, subject: str) -> Certificate | None: ...
    def last_certificate(self) -> Certificate | None: ...
    def certificates(self, after: int, limit: int) -> tuple[Certificate, ...]: ...
    def put_certificate(self, certificate: Certificate) -> bool: ...
    def class_holds(self) -> Mapping[str, tuple[int, tuple[Hold, ...]]]: ...
    def save_class_holds(self, class_: str, holds: Sequence[Hold], seen: int) -> None: ...
    def requester(self, reference: str) -> Any: ...
    def parties(self, reference: str) -> tuple[Party, ...]: ...
    def cases(self, references: Sequence[str]) -> tuple[Case, ...]:
        """Those of the cases that there are, in any order."""
        ...

    def for_desk(
        self, references: Sequence[str], staff: Sequence[str], reader: str
    ) -> tuple[tuple[Case, ...], Mapping[str, Person], DeskCounts | None]: ...
    def desk_counts(self) -> tuple[DeskCounts, ...]: ...
    def save_desk_counts(self, counts: DeskCounts) -> None: ...
    def index(self, case: Case, hashes: Sequence[str]) -> None:
        """Make the case be found by these keyed hashes. Safe to repeat."""
        ...

    def cases_and_parties(self, references: Sequence[str]) -> Mapping[str, tuple[Case, tuple[Party, ...]]]: ...
    def save_alikes(self, alikes: Sequence[Alike]) -> None:
        """Write what cases are to others, at most 40 at once. Raises Conflict when one of them is not there."""
        ...

    def cases_by(self, hashes: Sequence[str], most: int = ...) -> Mapping[str, tuple[Case, ...]]:
        """The cases that each hash finds, the newest first and at most so many of them; no entry when none."""
        ...

    def flagged(self, hashes: Sequence[str]) -> tuple[Flagged, ...]:
        """Every flag that is set under one of these hashes."""
        ...

    def save_figure(self, figure: Figure, id_: str, was: str = "") -> None:
        """Count a case, under `id_`, instead of what was counted of it before; `was` is another month it stood in."""

    def figures(self, kind: str, months: Sequence[str]) -> tuple[Figure, ...]: ...
    def publish(self, name: str, period: str, body: Mapping[str, Any]) -> bool:
        """Keep a table as it is published; False when there is one of this period, which stays as it is."""

    def published(self, name: str, periods: Sequence[str]) -> Mapping[str, Mapping[str, Any]]: ...
    def voices(self, themes: Sequence[str], limit: int) -> tuple[Voice, ...]: ...
    def save_look(self, case: Case, look: Look) -> None: ...
    def lookups(self, day: date) -> tuple[Lookup, ...]: ...
    def log_lookup(self, lookup: Lookup, id_: str) -> None: ...
    def desk(
        self,
        desks: Sequence[str],
        limit: int,
        cursor: str,
        *,
        before: date | None = None,
        undated: bool = False,
        latest_first: bool = False,
    ) -> Page: ...
    def desk_until(self, desks: Sequence[str], last: date) -> tuple[Task, ...]: ...
    def open_cases(self, limit: int, cursor: str) -> Page: ...
    def alerts_due(self, before: datetime, limit: int, cursor: str = "") -> Page: ...
    def used(self, key: str) -> Used | None: ...
    def draft(self, token: str) -> Draft | None: ...
    def save_draft(self, token: str, draft: Draft) -> None: ...
    def discard_draft(self, token: str) -> None: ...
    def keep(self, code: str, kept: Kept) -> None: ...
    def kept_and_tries(self, code: str, tries: str) -> tuple[Kept | None, int]: ...
    def kept_by_id(self, id_: str) -> Kept | None: ...
    def ask_link(self, code: str, asked: LinkAsked) -> bool: ...
    def link_asked(self, id_: str) -> LinkAsked | None: ...
    def save_session(self, token: str, session: StaffSession, expires_at: datetime) -> None: ...
    def session(self, token: str) -> StaffSession | None: ...
    def end_session(self, token: str) -> None: ...
    def save_sign_in(self, state: str, values: Mapping[str, str], expires_at: datetime) -> None: ...
    def take_sign_in(self, state: str) -> Mapping[str, str] | None: ...
    def people(self) -> tuple[Person, ...]: ...
    def note(self, name: str) -> str: ...
    def save_note(self, name: str, value: str) -> None: ...
    def claim(self, name: str, expires_at: datetime) -> bool:
        """Whether this caller is the first to claim the name before its end."""
        ...

    def release(self, name: str) -> None: ...


class Workflows(Protocol):
    """Step Functions. Nothing personal ever goes in: references, outcome words, revisions and instants only."""

    def start(self, workflow: str, name: str, values: Mapping[str, Any]) -> None:
        """Start an execution; one of that name that exists already is a success."""
        ...

    def signal(self, token: str, values: Mapping[str, Any]) -> bool:
        """Give a waiting task its outcome; False when nothing waits with that token any more."""
        ...

    def is_running(self, workflow: str, name: str) -> bool: ...


class Mail(Protocol):
    """Every way out, as `policy/post.json` says. Each raises MailRefused when the message was not accepted."""

    def send(self, to: str, subject: str, text: str, html: str) -> None: ...
    def text(self, to: str, words: str) -> None:
        """A text message to a telephone."""
        ...

    def letter(self, address: Sequence[str], subject: str, paragraphs: Sequence[str]) -> None:
        """A letter that somebody else prints and posts; `address` line by line, the name first, the postcode last."""
        ...


class Identity(Protocol):
    """The user pool."""

    def authorize_url(self, state: str, challenge: str, nonce: str) -> str: ...
    def exchange(self, code: str, verifier: str) -> Mapping[str, Any]:
        """The ID token's claims, for a code; raises NotSignedIn."""
        ...

    def verify(self, token: str) -> Mapping[str, Any]:
        """The claims of a bearer token with a good signature and in date; raises NotSignedIn."""
        ...


@dataclass(frozen=True)
class UploadForm:
    """Where a plain form sends a file, and the hidden fields that it needs; it works for some minutes."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Stored:
    """An object as it lies in quarantine: one version of it, however often the form was used."""

    key: str
    version: str
    size: int
    claimed_name: str


class Documents(Protocol):
    """The bucket. What came from outside lies in quarantine, where nobody reads it but the check; what was found clean
    lies apart. `key` is our own name, the same in both."""

    def form(self, key: str, back: str, most_bytes: int, minutes: int) -> UploadForm:
        """A form that puts one object of that name into quarantine, and sends the browser `back`."""
        ...

    def link(self, key: str, name: str, seconds: int) -> str:
        """A link to a clean object, as a download of that name, for some seconds."""
        ...

    def origin(self) -> str:
        """Scheme and host that forms and links lead to, for the page's security policy."""
        ...

    def look(self, key: str) -> Stored | None:
        """What lies in quarantine now, or None."""
        ...

    def read(self, stored: Stored) -> bytes: ...
    def keep(self, stored: Stored, media_type: str) -> None:
        """Copy this very version to the clean area. May be done twice."""
        ...

    def forget(self, key: str, *, quarantine_only: bool = False) -> None:
        """Delete every version of it, in quarantine and in the clean area. May be done twice."""
        ...

    def erase(self, reference: str) -> None:
        """Delete every version of every object of a case. May be done twice; raises OSError when one was not."""
        ...

    def left(self, reference: str) -> int:
        """How many versions of objects of a case there are."""
        ...

    def keep_certificate(self, number: int, body: Mapping[str, Any]) -> None:
        """Keep a copy of a certificate of disposal. May be done twice."""
        ...

    def certificates(self) -> Iterable[Mapping[str, Any]]:
        """The copies of the certificates, in order."""
        ...


CLEAN, INFECTED, PENDING = "clean", "infected", "pending"


class Scanner(Protocol):
    def verdict(self, stored: Stored, body: bytes) -> str:
        """CLEAN, INFECTED, or PENDING while there is no answer. Whatever goes wrong is PENDING: nothing is clean by
        default."""
        ...


@dataclass(frozen=True, kw_only=True)
class Settings:
    site_url: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything a command may use, built once per process by `bootstrap.py`, or by a test."""

    store: Store
    clock: Clock
    ids: Ids
    keys: Keys
    book: Book
    schemas: Schemas
    workflows: Workflows
    mail: Mail
    identity: Identity
    documents: Documents
    scanner: Scanner
    settings: Settings
