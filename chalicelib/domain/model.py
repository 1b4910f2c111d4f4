"""The words of the service as values. Nothing here changes in place: a command makes a new value and commits it.

All instants are aware UTC datetimes; all legal dates are Europe/London civil dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .clock import Happening
from .language import mark

RESIDENT = "resident"
SERVICE = "service"


@dataclass(frozen=True)
class Actor:
    """A signed-in member of staff."""

    id: str
    name: str
    email: str = ""
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class End:
    """When an item goes (`at`, UTC), or why it has no such day yet. One of the two is always given."""

    at: datetime | None = None
    because: str = ""

    def __post_init__(self) -> None:
        if self.at is None and not self.because:
            raise ValueError("an item needs an end or a reason why it has none")


OPEN_CASE = End(because=mark("its case is open"))
# Tasks beside the workflow (one for each service that is asked, or recipient that is told) are numbered from here on.
BESIDE = 1000


@dataclass(frozen=True, kw_only=True)
class Beside:
    """An open task beside the workflow, as the case knows it: so that the clock can chase it and a decision can tell
    what is still open, without reading the task."""

    number: int
    task: str
    role: str
    due: date
    about: str = ""
    chased: int = 0
    chased_on: date | None = None


@dataclass(frozen=True)
class Flag:
    """By what a person is found whose information is of limited use: a keyed hash of a term, its kind, and whether it
    tells who it is without the name."""

    hash: str
    kind: str
    alone: bool


@dataclass(frozen=True)
class Flagged:
    """A flag that is set: by which case, and since when."""

    flag: Flag
    reference: str
    since: date


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Somebody asked about a person: who, when, by what kinds of terms, and which cases they were told of. Never what
    they typed."""

    at: datetime
    by: str
    by_name: str
    what: str
    asked: tuple[str, ...]
    found: tuple[str, ...]
    end: End


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Why a case does not go although its time has come: the authority for it, a reason, who placed it, and the day on
    which somebody looks whether it is still needed. A hold that another case puts on it has that case's reference as
    its id, one of its whole class begins with `class:`. Who ended a hold of a class, when and why stays with it."""

    id: str
    authority: str
    reason: str
    review_on: date
    placed_on: date
    owner: str
    name: str = ""
    ended_on: date | None = None
    ended_by: str = ""
    ended_because: str = ""


@dataclass(frozen=True, kw_only=True)
class Round:
    """A part of a case that is counted for itself and is over: a stage of a complaint. Under which rules, from which
    day (None: the receipt), and what happened, so that its dates can be shown again; `outcome` is how it ended, empty
    when it only led on."""

    title: str
    regime: str
    began_on: date | None
    ended_on: date
    happenings: tuple[Happening, ...] = ()
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """What somebody told us, kept without them: a person checked that nobody can be known from it. Nothing in it leads
    back to its case: `id` is drawn when it is written, `month` is as fine as time goes."""

    theme: str
    month: str
    text: str
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One matter, one kind, one set of legal dates, one reference.

    `happenings` are the inputs of the clock, never dates derived from it. `told` holds the dates as people were last
    told them, under the `rules` they were computed with: only to say what moved, nothing is counted from them.
    `context` is what the rules ask besides days, as the right that a request is about.
    `language` is the one that the person was spoken to in when they wrote to us.
    `step` is the number of the last human task of the workflow (0: none yet), `attempt` how often the workflow was
    started, `clock_revision` how often the dates moved. `took_part` names who decided which task, for independence.
    `settled` is the last task whose outcome is used up for good, since the case was opened again.
    `chased_on` is the day of the last reminder that a person sent to whoever has the workflow's task.
    `besides` counts the tasks beside the workflow, `beside` holds those still open.
    `links` names other cases and what they are to this one. A case that was opened from another keeps what the person
    sent as it was, under the kind it was sent as (`submitted_as`), and opens with that case's code (`access_of`).
    `adjusted`: somebody in it needs something to be done in another way (Equality Act 2010 s.20).
    `narrow` cases are open to those named in them and to the few roles with `case.view_narrow`; so is one that somebody
    shut (`only_named`: why), and then not to others of the roles that have its tasks.
    `documents` is each file's number and `purpose.status`, `released` the numbers that the person may get online until
    `released_until`.
    `recognised_on` is the day on which Information Governance saw what had come to somebody else (`came_to`, a holder
    of policy/notice.json) on the day of receipt; None when it came to us at once.
    `rounds` are the parts that are over (stage 1 of a complaint); the one that runs now is titled `round_title` and
    counts from `counts_from`, or from the receipt when that is None. `asked_again` counts how often the person asked us
    to look again. `kept_out` may not see the case nor decide in it: a complaint is about them, or a
    conflict of interest was declared for them (`conflicts`: id and name). `overrides` names who
    may decide a task although they took part before, because a manager said why.
    `holds` keep it although its time has come; `hold_released_on` is the day on which the last ended. Its time is
    counted from `kept_from`, or from its closing when that is None.
    A person may have given it another class of the schedule than its kind has (`retention_class`). Of a class that is
    looked at first, somebody looks on `review_at`, or after `look_again_on` when it was kept longer; `cleared_by` are
    the people who decided that it may go. What was released goes on `parts_end`, before the rest.
    `restricted_since` is the day since which the use of the person's information is limited (UK GDPR Art 18), `flags`
    what that person is found by.
    """

    reference: str
    kind: str
    stage: str
    received_at: datetime
    received_on: date
    channel: str
    regime: str
    access_digest: str
    changed_at: datetime
    language: str = "en"
    recognised_on: date | None = None
    came_to: str = ""
    version: int = 1
    status: str = "open"
    happenings: tuple[Happening, ...] = ()
    context: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    rules: str = ""
    step: int = 0
    settled: int = 0
    besides: int = 0
    beside: tuple[Beside, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    submitted_as: str = ""
    access_of: str = ""
    rounds: tuple[Round, ...] = ()
    round_title: str = ""
    counts_from: date | None = None
    asked_again: int = 0
    kept_out: frozenset[str] = frozenset()
    conflicts: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    narrow: bool = False
    only_named: str = ""
    adjusted: bool = False
    restricted_since: date | None = None
    flags: tuple[Flag, ...] = ()
    chased_on: date | None = None
    attempt: int = 1
    clock_revision: int = 1
    next_alert: datetime | None = None
    alerts_raised: tuple[str, ...] = ()
    events: int = 0
    messages: int = 0
    people: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    took_part: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    may_close: bool = False
    outcome: str = ""
    needs_attention: str = ""
    withdrawal_asked_at: datetime | None = None
    documents: Mapping[str, str] = field(default_factory=dict)
    released: tuple[int, ...] = ()
    released_until: datetime | None = None
    closed_at: datetime | None = None
    kept_from: datetime | None = None
    holds: tuple[Hold, ...] = ()
    hold_released_on: date | None = None
    retention_class: str = ""
    retention_rule: str = ""
    review_at: datetime | None = None
    look_again_on: date | None = None
    cleared_by: tuple[str, ...] = ()
    parts_end: datetime | None = None
    end: End = OPEN_CASE

    @property
    def is_open(self) -> bool:
        return self.status == "open"


@dataclass(frozen=True, kw_only=True)
class Party:
    """One person of the case in one role: requester, data subject, representative. Separate people, separate items."""

    role: str
    name: str
    details: Mapping[str, str] = field(default_factory=dict)
    end: End = OPEN_CASE


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened: audit trail, timeline and outbox at once. Never changed, numbered per case."""

    reference: str
    number: int
    type: str
    at: datetime
    by: str
    by_name: str = ""
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    task: int = 0
    messages: tuple[int, ...] = ()
    clock_revision: int = 0
    end: End = OPEN_CASE


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing a person must do. `token` is Step Functions' credential: never shown, never logged; a task beside the
    workflow has none. `about` says which service, recipient or matter it is for.
    """

    reference: str
    number: int
    kind: str
    task: str
    role: str
    opened_at: datetime
    about: str = ""
    person: str = ""
    not_by: frozenset[str] = frozenset()
    due: date | None = None
    due_name: str = ""
    status: str = "open"
    version: int = 1
    token: str = ""
    outcome: str = ""
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    decided_by: str = ""
    decided_by_name: str = ""
    decided_at: datetime | None = None
    signalled_at: datetime | None = None
    end: End = OPEN_CASE

    @property
    def id(self) -> str:
        """`FF-7K4-M2P-9XW.3`: the reference is in the id, so that a decision needs no look-up."""
        return f"{self.reference}.{self.number}"

    @property
    def is_beside(self) -> bool:
        return self.number > BESIDE


def split_task_id(task_id: str) -> tuple[str, int] | None:
    """Reference and number of a task id, or None when it has not that form."""
    reference, dot, number = task_id.rpartition(".")
    if not dot or not reference or not number.isascii() or not number.isdigit() or len(number) > 6:
        return None
    return reference, int(number)


@dataclass(frozen=True, kw_only=True)
class Message:
    """What we tell a person. queued → sending → sent or failed. `to` is `party:requester`, `person:…`, `role:…` or
    `contact:…`: the address itself is looked up when it is sent; or `address:…`, one that is not the person's now.
    A `letter` that staff wrote (`by`) is what the person reads of it; it is a draft until a second person has read it
    where policy wants one, and may be returned."""

    reference: str
    number: int
    template: str
    template_version: str
    to: str
    channel: str
    subject: str
    paragraphs: tuple[str, ...]
    queued_at: datetime
    letter: tuple[str, ...] = ()
    by: str = ""
    link: str = ""
    language: str = "en"
    status: str = "queued"
    attempts: int = 0
    sent_at: datetime | None = None
    end: End = OPEN_CASE


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file of a case. waiting → arrived → clean or refused; then deleted. `purpose` is `evidence` (from the person)
    or `answer` (from staff). `key` is our own name of it in the bucket, without the area; `name` is cleaned, and `why`
    a code of `policy/documents.json`. Nothing here is what a browser said."""

    reference: str
    number: int
    purpose: str
    key: str
    added_at: datetime
    added_by: str
    status: str = "waiting"
    name: str = ""
    media_type: str = ""
    size: int = 0
    why: str = ""
    arrived_at: datetime | None = None
    late: bool = False
    downloads: int = 0
    end: End = OPEN_CASE


@dataclass(frozen=True, kw_only=True)
class Look:
    """Somebody here looked at a case: once an hour is noted, however often they did."""

    reference: str
    by: str
    by_name: str
    at: datetime
    end: End = OPEN_CASE


@dataclass(frozen=True, kw_only=True)
class Alike:
    """What another case is to this one: by which `kinds` of terms its people have this requester among them, whether
    somebody else here is a `namesake` of somebody there, and what tells that somebody here is the one whom it is about
    (`limited_by`: that matters while it limits the use of information, UK GDPR Art 18). All empty: they were alike
    once."""

    reference: str
    other: str
    kinds: tuple[str, ...] = ()
    namesake: bool = False
    limited_by: tuple[str, ...] = ()
    end: End = OPEN_CASE


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """Everything stored of one case, read at once."""

    case: Case
    parties: tuple[Party, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    tasks: tuple[Task, ...] = ()
    messages: tuple[Message, ...] = ()
    documents: tuple[Document, ...] = ()
    looks: tuple[Look, ...] = ()
    alikes: tuple[Alike, ...] = ()

    @property
    def open_task(self) -> Task | None:
        """The open task of the workflow, if there is one."""
        return next((task for task in reversed(self.tasks) if task.status == "open" and not task.is_beside), None)


@dataclass(frozen=True, kw_only=True)
class Remains:
    """What is still said of a case when all of it is gone: its kind, the rule by which it went (class and version),
    what was done, how much there was, its days, and who approved. Nobody is in it."""

    kind: str
    rule: str
    action: str
    counts: Mapping[str, int]
    closed_on: date | None = None
    due_on: date | None = None
    approved_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """A closed case whose time is near or past, as it lies in the table: the one reading that sees what is past its
    end. `case` is None when its record is gone already; `remains` then says what is known of it, `removed_by` what did
    it. `begun`: parts of it may be gone. `left` are the keys of its other items."""

    reference: str
    version: int
    case: Case | None
    remains: Remains | None
    removed_by: str
    begun: bool
    parties: tuple[Party, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Answers not yet sent. Personal data with a short end."""

    journey: str
    answers: Mapping[str, Any]
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Answers that somebody comes back to with a code: of which journey, and where they are."""

    journey: str
    token: str
    end: End


@dataclass(frozen=True, kw_only=True)
class LinkAsked:
    """Somebody wants a link to their answers by mail: to which address, in which language. `id` is that of the kept
    answers, which nobody can turn into their code."""

    id: str
    to: str
    end: End
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class Used:
    """An idempotency key that has made a case: the same key and answers give the same receipt again."""

    reference: str
    kind: str
    digest: str
    received_at: datetime
    end: End
    context: Mapping[str, str] = field(default_factory=dict)
    linked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StaffSession:
    actor: Actor
    csrf_key: bytes
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class DeskCounts:
    """How many tasks each view of somebody's desk held at an instant (UTC). `cut`: there were more than are counted."""

    person: str
    at: datetime
    views: Mapping[str, int]
    cut: bool
    end: End


@dataclass(frozen=True)
class Person:
    """A member of staff as the directory knows them."""

    id: str
    name: str
    email: str
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one transaction writes: a case at version n+1 and all that goes with it.

    `new` marks a case that must not exist yet; otherwise the stored version must be `case.version - 1`.
    A decided or refreshed task is written only while its stored version is one less.
    `linked` are new cases that are opened with it: all in the same transaction, or none.
    `voice` is kept without the person.
    `flags` are set while the case limits the use of information, and taken away when it does not any more.
    """

    case: Case
    new: bool = False
    events: tuple[Event, ...] = ()
    tasks: tuple[Task, ...] = ()
    messages: tuple[Message, ...] = ()
    documents: tuple[Document, ...] = ()
    parties: tuple[Party, ...] = ()
    answers: Mapping[str, Any] | None = None
    used: tuple[str, Used] | None = None
    discard_draft: str = ""
    linked: tuple[Change, ...] = ()
    flags: tuple[Flag, ...] = ()
    voice: Voice | None = None
