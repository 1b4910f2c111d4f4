"""Collects one change of a case, event by event, so that `cases.py` and `decisions.py` read as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from . import clock, messages, notice
from .dates import dates_of, open_alerts
from .language import ENGLISH, speaking
from .model import SERVICE, Actor, Case, Change, Document, Event, Message, Party, Task, Used
from .policy import Book
from .words import long_date

IDLE_CHECK = timedelta(days=30)
ANSWER_BY = ("due_extended", "due", "due_cap_if_unacknowledged", "six_month_limit", "outcome_aim")
"""The dates by which a person may have the answer: the first that there is now."""


class Record:
    """A case on its way from version n to n+1. `now` is an aware UTC instant."""

    def __init__(self, book: Book, case: Case, now: datetime, *, new: bool = False, actor: Actor | None = None) -> None:
        self.book, self.now, self.actor = book, now, actor
        self.case = case if new else replace(case, version=case.version + 1, changed_at=now)
        self._new, self._before = new, case
        self._events: list[Event] = []
        self._tasks: list[Task] = []
        self._messages: list[Message] = []
        self._documents: list[Document] = []

    def put(self, **fields: Any) -> None:
        """Set fields of the case."""
        self.case = replace(self.case, **fields)

    def keep(self, **facts: Any) -> None:
        """Add facts to the case."""
        self.put(facts={**self.case.facts, **facts})

    def task(self, task: Task) -> None:
        self._tasks.append(replace(task, end=self.case.end))

    def message(self, message: Message) -> None:
        self._messages.append(replace(message, end=self.case.end))

    def document(self, document: Document) -> None:
        """Write a file's record, and its place in the case's own list."""
        self._documents.append(document)
        self.put(documents={**self.case.documents, str(document.number): f"{document.purpose}.{document.status}"})

    def dates(self) -> clock.Clock:
        """All dates of the case as it is now."""
        return dates_of(self.book, self.case, self.now)

    def happened(self, type_: str, *, by: str = "", messages: tuple[int, ...] = (), **more: Any) -> None:
        """Add an event of this moment, by the actor unless `by` says otherwise. What is written of a closed case goes
        when the case goes."""
        who = by or (self.actor.id if self.actor else SERVICE)
        name = self.actor.name if self.actor and not by else ""
        number = self.case.events + 1
        self.put(events=number)
        self._events.append(
            Event(
                reference=self.case.reference,
                number=number,
                type=type_,
                at=self.now,
                by=who,
                by_name=name,
                messages=messages,
                end=self.case.end,
                **more,
            )
        )

    def clock_input(self, type_: str, on: date | None = None, **details: Any) -> list[dict[str, str]]:
        """Something the law counts from happened, today unless `on` says when: returns the dates that it moved."""
        happening = clock.Happening(type_, on or clock.london_date(self.now), details)
        self.put(happenings=(*self.case.happenings, happening))
        self.arm()
        return self.tell_dates()

    def tell_dates(self) -> list[dict[str, str]]:
        """Which dates are not as they were last told, from which to which. From now on they are told as they are."""
        before = dict(self.case.told)
        current = {legal.name: legal.date.isoformat() for legal in self.dates().dates if legal.date is not None}
        self.put(told=current, rules=self.book.rules.version)
        return [
            {"label": self._label(name), "from": _words(before.get(name)), "to": _words(current.get(name))}
            for name in {**before, **current}
            if before.get(name) != current.get(name)
        ]

    def _label(self, name: str) -> str:
        """What a date is called: under the rules of now, or under those of before, when these do not know it."""
        regimes = self.book.rules.regimes
        now, before = regimes[self.case.regime], regimes[self._before.regime]
        return (now if now.knows(name) else before).label(name)

    def arm(self) -> None:
        """Set the next alert for a new revision of the clock: one for each change, however often its dates move in it.
        An older clock execution sees it and ends."""
        self.put(clock_revision=self._before.clock_revision + 1, next_alert=self.next_alert())

    def next_alert(self) -> datetime:
        """The next alert not yet raised; a case with none left is looked at again after 30 days."""
        waiting = [alert.at for alert in open_alerts(self.book, self.case, self.now)]
        return max(min(waiting), self.now) if waiting else self.now + IDLE_CHECK

    def tell(
        self, name: str, party: Party | None = None, *, to: str = "", on_paper: bool = False, **values: str
    ) -> int:
        """Queue a message from the text `name`; returns its number. A person without e-mail, or one who gets this
        `on_paper`, gets a letter to print, to post or to be read out."""
        channel = "email"
        if party is not None and (on_paper or not party.details.get("email")):
            channel = "letter" if messages.can_go(self.book.post, "letter", party.details) else "print"
        template = self.book.message(name)
        language = self.case.language if party is not None else ENGLISH
        text = self.composed(name, channel, language, **values)
        number = self.case.messages + 1
        self.put(messages=number)
        self.message(
            Message(
                reference=self.case.reference,
                number=number,
                template=name,
                template_version=template["version"],
                to=to or template["to"],
                channel=channel,
                subject=text.subject,
                paragraphs=text.paragraphs,
                link=template.get("link", ""),
                language=language,
                queued_at=self.now,
                end=self.case.end,
            )
        )
        return number

    def letter(self, name: str, **values: str) -> messages.Text:
        """The whole letter of a text, as it would be printed now: what the person reads behind their access code."""
        return self.composed(name, "print", self.case.language, **values)

    def composed(self, name: str, channel: str, language: str, **values: str) -> messages.Text:
        """A text as it would go now, in a language that the service speaks."""
        with speaking(self.book.language(language)):
            known = self._whole() if channel in messages.ON_PAPER else self._values()
            return messages.compose(self.book.message(name), channel, {**known, **values})

    def _whole(self) -> dict[str, str]:
        """What a letter may use: it may say all that the law wants in an answer."""
        told = notice.of_access(self.book.file("notice"), clock.london_date(self.now))
        return {**self._values(), **told}

    def _values(self) -> dict[str, str]:
        """What every text may use. A date that is not there now is the empty string."""
        found = {legal.name: legal.date for legal in self.dates().dates}
        answer_due = next((found[name] for name in ANSWER_BY if found.get(name)), None)
        facts = {key: value for key, value in self.case.facts.items() if isinstance(value, str)}
        return {
            **facts,
            **{
                name: str(facts.get(name, ""))
                for name in ("answer", "remedy", "reasons", "extension_reasons", "left_out", "points_answered")
            },
            "late_until": _words(str(facts.get("late_until", ""))),
            "ombudsman": self.book.council["ombudsman"]["name"],
            "ombudsman_phone": self.book.council["ombudsman"]["phone"],
            "ombudsman_website": self.book.council["ombudsman"]["website"],
            "regulator": self.book.council["regulator"]["name"],
            "regulator_phone": self.book.council["regulator"]["phone"],
            "regulator_website": self.book.council["regulator"]["website"],
            "reference": self.case.reference,
            "phone": self.book.council["phone"],
            "council": self.book.council["name"],
            "ack_due": _words(found.get("ack_due")),
            "answer_due": _words(answer_due),
        }

    def change(
        self,
        *,
        parties: tuple[Party, ...] = (),
        answers: Mapping[str, Any] | None = None,
        used: tuple[str, Used] | None = None,
        discard_draft: str = "",
        linked: tuple[Change, ...] = (),
    ) -> Change:
        return Change(
            case=self.case,
            new=self._new,
            events=tuple(self._events),
            tasks=tuple(self._tasks),
            messages=tuple(self._messages),
            documents=tuple(self._documents),
            parties=parties,
            answers=answers,
            used=used,
            discard_draft=discard_draft,
            linked=linked,
        )


def _words(day: date | str | None) -> str:
    if not day:
        return ""
    return long_date(date.fromisoformat(day) if isinstance(day, str) else day)
