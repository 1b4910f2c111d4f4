"""The table behind the domain's `Store`. One API call per method, no scan, and no read of what is past its end.

A case and what belongs to it is here; `desks.py`, `finding.py`, `counting.py`, `outbox.py`, `visits.py` and
`disposals.py` hold the rest, each for one use of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from ..domain.errors import Conflict
from ..domain.model import Alike, Case, CaseFile, Change, Document, Look, Party, Person, Task
from . import items, table
from .codec import decode
from .counting import Counting
from .desks import Desks
from .disposals import Disposals
from .finding import Finding
from .items import STAFF, case_key, end_fields, secret_key
from .outbox import Outbox
from .rows import only_conditions, transaction
from .visits import Visits

# DynamoDB takes 100 in a transaction; one of them is the check of the case.
MOST_AT_ONCE = 99


class Table(Desks, Finding, Counting, Outbox, Visits, Disposals):
    """DynamoDB through PynamoDB; `use_table` must have been called."""

    def commit(self, change: Change) -> None:
        names: list[str] = []
        try:
            with transaction() as write:
                for one in (change, *change.linked):
                    self._write(write, names, one)
        except TransactWriteError as error:
            failed = [
                name
                for name, reason in zip(names, error.cancellation_reasons, strict=False)
                if reason is not None and reason.code in ("ConditionalCheckFailed", "TransactionConflict")
            ]
            if not failed:
                raise
            raise Conflict(*failed) from None

    def _write(self, write: TransactWrite, names: list[str], change: Change) -> None:
        """The items of one case's change, each under the name by which a conflict tells what failed."""
        case, reference = change.case, change.case.reference

        def save(name: str, item: table.Item, condition: Any = None) -> None:
            names.append(name)
            write.save(item, condition=condition)

        fresh = table.Item.pk.does_not_exist()
        save("case", items.from_case(case), fresh if change.new else table.CaseItem.version == case.version - 1)
        for event in change.events:
            save("event", items.from_event(event))  # its number is the case's, and the case is checked
        for task in change.tasks:
            unseen = fresh if task.version == 1 else table.TaskItem.version == task.version - 1
            save("task", items.from_task(task), unseen)
        for message in change.messages:
            save("message", items.from_message(message))
        for document in change.documents:
            save("document", items.from_document(document))  # the case is checked
        for party in change.parties:
            save("party", items.from_party(reference, party))
        if change.answers is not None:
            save("answers", items.from_answers(reference, change.answers, case.end))
        if change.used is not None:
            gone = table.Item.expires_at <= int(self._clock.now().timestamp())
            save("used", items.from_used(*change.used), fresh | gone)
        for flag in change.flags:
            names.append("flag")
            if case.restricted_since:
                write.save(items.from_flag(case, flag))
            else:
                write.delete(items.from_flag(case, flag))
        if change.voice is not None:
            save("voice", items.from_voice(change.voice))
        if change.discard_draft:
            names.append("draft")
            write.delete(table.DraftItem(pk=secret_key("DRAFT", change.discard_draft), sk="DRAFT"))

    def case(self, reference: str) -> Case | None:
        item = self._get(case_key(reference), "CASE")
        return items.to_case(item) if item else None

    def case_and_task(self, reference: str, number: int) -> tuple[Case | None, Task | None]:
        case, task, _, _ = self.case_for_decision(reference, number)
        return case, task

    def case_for_decision(
        self, reference: str, number: int, staff: Sequence[str] = ()
    ) -> tuple[Case | None, Task | None, Party | None, Mapping[str, Person]]:
        """Case, one task, the requester, and those of `staff` whom the directory knows, in one read."""
        pk, task_key = case_key(reference), f"TASK#{number:04d}"
        people = [(STAFF, username) for username in staff]
        found = self._get_many([(pk, "CASE"), (pk, task_key), (pk, "PARTY#requester"), *people])
        case, task, party = found.get((pk, "CASE")), found.get((pk, task_key)), found.get((pk, "PARTY#requester"))
        return (
            items.to_case(case) if case else None,
            items.to_task(task) if task else None,
            decode(Party, party.body) if party else None,
            {sk: items.to_person(item) for (kind, sk), item in found.items() if kind == STAFF},
        )

    def case_file(self, reference: str) -> CaseFile | None:
        found = self._alive(table.Item.query(case_key(reference), consistent_read=True))
        case = next((item for item in found if isinstance(item, table.CaseItem)), None)
        if case is None:
            return None
        answers: Mapping[str, Any] = next((item.body for item in found if isinstance(item, table.AnswersItem)), {})
        return CaseFile(
            case=items.to_case(case),
            parties=tuple(decode(Party, item.body) for item in found if isinstance(item, table.PartyItem)),
            answers=answers,
            events=tuple(items.to_event(item) for item in found if isinstance(item, table.EventItem)),
            tasks=tuple(items.to_task(item) for item in found if isinstance(item, table.TaskItem)),
            messages=tuple(items.to_message(item) for item in found if isinstance(item, table.MessageItem)),
            documents=tuple(items.to_document(item) for item in found if isinstance(item, table.DocumentItem)),
            alikes=tuple(decode(Alike, item.body) for item in found if isinstance(item, table.AlikeItem)),
            looks=tuple(decode(Look, item.body) for item in found if isinstance(item, table.LookItem)),
        )

    def case_and_document(self, reference: str, number: int) -> tuple[Case | None, Document | None]:
        """The case and one of its files, in one read."""
        pk, key = case_key(reference), f"DOCUMENT#{number:04d}"
        found = self._get_many([(pk, "CASE"), (pk, key)])
        case, document = found.get((pk, "CASE")), found.get((pk, key))
        return (items.to_case(case) if case else None), (items.to_document(document) if document else None)

    def requester(self, reference: str) -> Party | None:
        item = self._get(case_key(reference), "PARTY#requester")
        return decode(Party, item.body) if item else None

    def parties(self, reference: str) -> tuple[Party, ...]:
        query = table.Item.query(case_key(reference), table.Item.sk.startswith("PARTY#"), consistent_read=True)
        return tuple(decode(Party, item.body) for item in self._alive(query))

    def save_look(self, case: Case, look: Look) -> None:
        """Note that somebody looked at the case, while it is the one that they saw."""
        try:
            with transaction() as write:
                self._same_case(write, case)
                write.save(items.from_look(look))
        except TransactWriteError as error:
            only_conditions(error)

    def set_ends(self, case: Case) -> int:
        """Give every item of the case the case's own end; returns how many lacked it. In transactions that each hold
        only while the case is the one that was read: raises Conflict when it went on. Safe to repeat."""
        wanted, changed = end_fields(case.end), 0
        lacking = [
            item
            for item in table.Item.query(case_key(case.reference), consistent_read=True)
            if item.expires_at != wanted.get("expires_at") or item.kept_because != wanted.get("kept_because")
        ]
        for start in range(0, len(lacking), MOST_AT_ONCE):
            some = lacking[start : start + MOST_AT_ONCE]
            try:
                with transaction() as write:
                    self._same_case(write, case)
                    for item in some:
                        write.update(item, actions=_end_actions(wanted), condition=table.Item.pk.exists())
            except TransactWriteError as error:
                raise Conflict("case") from error
            changed += len(some)
        return changed


def _end_actions(wanted: Mapping[str, Any]) -> list[Any]:
    return [
        getattr(table.Item, name).set(wanted[name]) if name in wanted else getattr(table.Item, name).remove()
        for name in ("expires_at", "kept_because")
    ]
