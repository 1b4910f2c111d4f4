"""The table behind the domain's `Store`. One API call per method, no scan, and no read of what is past its end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pynamodb.exceptions import DeleteError, DoesNotExist, PutError, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from ..domain.errors import Conflict
from ..domain.figures import Figure
from ..domain.model import (
    Alike,
    Case,
    CaseFile,
    Change,
    DeskCounts,
    Document,
    Draft,
    End,
    Event,
    Flagged,
    Kept,
    LinkAsked,
    Look,
    Lookup,
    Message,
    Party,
    Person,
    StaffSession,
    Task,
    Voice,
)
from ..domain.model import Used as UsedKey
from ..domain.ports import Page
from . import cursors, items, table
from .codec import decode, encode
from .disposals import Disposals, only_conditions, transaction
from .items import DESK_COUNTS, STAFF, case_key, end_fields, instant, secret_key

CLAIM_SECONDS = 120
MOST_DUE = 200
MOST_FOUND = 50
ROLES = ("requester", "data_subject", "representative")
# DynamoDB takes 100 in a transaction; one of them is the check of the case.
MOST_AT_ONCE = 99


class Table(Disposals):
    """DynamoDB through PynamoDB; `use_table` must have been called."""

    # one place decides what is past its end

    def _alive(self, found: Iterable[Any]) -> list[Any]:
        """Leaves out items past their end, whether or not DynamoDB has removed them yet (TTL may take days)."""
        now = self._clock.now().timestamp()
        return [item for item in found if item.expires_at is None or item.expires_at > now]

    def _get(self, pk: str, sk: str) -> Any:
        try:
            found = self._alive([table.Item.get(pk, sk, consistent_read=True)])
        except DoesNotExist:
            return None
        return found[0] if found else None

    def _get_many(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        found = self._alive(table.Item.batch_get(list(keys), consistent_read=True))
        return {(item.pk, item.sk): item for item in found}

    # cases

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
            {sk: _person(item) for (kind, sk), item in found.items() if kind == STAFF},
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

    def cases(self, references: Sequence[str]) -> tuple[Case, ...]:
        """Those of the cases that there are, in one read."""
        keys = [(case_key(reference), "CASE") for reference in dict.fromkeys(references)]
        return tuple(items.to_case(item) for item in self._get_many(keys).values()) if keys else ()

    def for_desk(
        self, references: Sequence[str], staff: Sequence[str], reader: str
    ) -> tuple[tuple[Case, ...], Mapping[str, Person], DeskCounts | None]:
        """What a page of a desk shows besides its tasks, in one read: their cases, those of `staff` whom the directory
        knows, and what was counted of the reader's views."""
        keys = [(case_key(reference), "CASE") for reference in dict.fromkeys(references)]
        keys += [(STAFF, username) for username in dict.fromkeys(staff)]
        found = self._get_many([*keys, (DESK_COUNTS, reader)])
        counts = found.pop((DESK_COUNTS, reader), None)
        return (
            tuple(items.to_case(item) for item in found.values() if isinstance(item, table.CaseItem)),
            {sk: _person(item) for (kind, sk), item in found.items() if kind == STAFF},
            decode(DeskCounts, counts.body) if counts else None,
        )

    def desk_counts(self) -> tuple[DeskCounts, ...]:
        return tuple(decode(DeskCounts, item.body) for item in self._alive(table.Item.query(DESK_COUNTS)))

    def save_desk_counts(self, counts: DeskCounts) -> None:
        items.from_desk_counts(counts).save()

    # finding a person

    def index(self, case: Case, hashes: Sequence[str]) -> None:
        """Make the case be found by these hashes, while it is there. A transaction of puts, for a batch needs leave to
        delete. Raises Conflict when it is gone."""
        with transaction() as write:
            write.condition_check(table.CaseItem, case_key(case.reference), "CASE", condition=table.Item.pk.exists())
            for hash_ in dict.fromkeys(hashes):
                write.save(items.from_search(case, hash_))

    def cases_and_parties(self, references: Sequence[str]) -> Mapping[str, tuple[Case, tuple[Party, ...]]]:
        """Those of the cases that there are with their people, a hundred items at a time."""
        sks = ("CASE", *(f"PARTY#{role}" for role in ROLES))
        wanted = [(case_key(reference), sk) for reference in dict.fromkeys(references) for sk in sks]
        found = self._get_many(wanted) if wanted else {}
        return {
            items.reference_of(pk): (
                items.to_case(item),
                tuple(decode(Party, found[pk, one].body) for one in sks[1:] if (pk, one) in found),
            )
            for (pk, sk), item in found.items()
            if sk == "CASE"
        }

    def save_alikes(self, alikes: Sequence[Alike]) -> None:
        """Write what cases are to others, with the ends that are given, while there is each case that it stands beside;
        at most 40. Raises Conflict."""
        try:
            with transaction() as write:
                for reference in dict.fromkeys(alike.reference for alike in alikes):
                    there = table.Item.pk.exists()
                    write.condition_check(table.CaseItem, case_key(reference), "CASE", condition=there)
                for alike in alikes:
                    write.save(items.from_alike(alike))
        except TransactWriteError as error:
            only_conditions(error)
            raise Conflict("case") from None

    def cases_by(self, hashes: Sequence[str], most: int = MOST_FOUND) -> Mapping[str, tuple[Case, ...]]:
        """The cases that each hash finds, the newest first. One query for each, and one read of the cases: the index
        holds keys only, so what is past its end is known by the case."""
        found: dict[str, list[str]] = {}
        for hash_ in dict.fromkeys(hashes):
            rows = self._keys(hash_, most)
            found[hash_] = list(dict.fromkeys(items.reference_of(row["pk"]["S"]) for row in rows))
        alive = {case.reference: case for case in self.cases([one for rows in found.values() for one in rows])}
        cases = {hash_: tuple(alive[one] for one in rows if one in alive) for hash_, rows in found.items()}
        return {hash_: rows for hash_, rows in cases.items() if rows}

    def _keys(self, hash_: str, most: int) -> list[dict[str, Any]]:
        """The keys that the search index has for a hash, the newest first. Below the models: these ask for the `type`
        of each item, which an index of keys only does not have, and would find nothing."""
        query = table.Item._get_connection().query(
            hash_, index_name=table.SearchIndex.Meta.index_name, limit=most, scan_index_forward=False
        )
        rows: list[dict[str, Any]] = query["Items"]
        return rows

    def flagged(self, hashes: Sequence[str]) -> tuple[Flagged, ...]:
        """Every flag under one of these hashes, one query for each; as the table has them at this moment."""
        found: list[Flagged] = []
        for hash_ in dict.fromkeys(hashes):
            query = table.Item.query(items.flag_key(hash_), consistent_read=True)
            found.extend(items.to_flagged(item) for item in self._alive(query))
        return tuple(found)

    # what is counted

    def save_figure(self, figure: Figure, id_: str, was: str = "") -> None:
        items.from_figure(figure, id_).save()
        if was and was != figure.month:
            table.FigureItem(pk=items.figures_key(figure.kind, was), sk=id_).delete()

    def figures(self, kind: str, months: Sequence[str]) -> tuple[Figure, ...]:
        """All that is counted of a kind in these months: one query for each month, never a scan."""
        found: list[Figure] = []
        for month in months:
            query = table.Item.query(items.figures_key(kind, month))
            found += [items.to_figure(item) for item in self._alive(query)]
        return tuple(found)

    def publish(self, name: str, period: str, body: Mapping[str, Any]) -> bool:
        try:
            items.from_published(name, period, body).save(condition=table.Item.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def published(self, name: str, periods: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        found = self._get_many([(f"PUBLISHED#{name}", period) for period in periods])
        return {item.sk: item.body for item in found.values()}

    def voices(self, themes: Sequence[str], limit: int) -> tuple[Voice, ...]:
        found: list[Voice] = []
        for theme in themes:
            query = table.Item.query(f"VOICES#{theme}", limit=limit)
            found += [decode(Voice, item.body) for item in self._alive(query)]
        return tuple(found)

    def save_look(self, case: Case, look: Look) -> None:
        """Note that somebody looked at the case, while it is the one that they saw."""
        try:
            with transaction() as write:
                self._same_case(write, case)
                write.save(items.from_look(look))
        except TransactWriteError as error:
            only_conditions(error)

    def lookups(self, day: date) -> tuple[Lookup, ...]:
        """Who asked about a person on a day (UTC), in order."""
        query = table.Item.query(f"LOOKUPS#{day.isoformat()}")
        return tuple(decode(Lookup, item.body) for item in self._alive(query))

    def log_lookup(self, lookup: Lookup, id_: str) -> None:
        items.from_lookup(lookup, id_).save()

    # the outbox

    def event(self, reference: str, number: int) -> Event | None:
        item = self._get(case_key(reference), f"EVENT#{number:06d}")
        return items.to_event(item) if item else None

    def events_to_do(self, before: datetime, limit: int, cursor: str = "") -> Page:
        """Events whose effects are not done, oldest first, a page at a time."""
        return self._agenda(items.OUTBOX, items.to_event, limit, cursor, before)

    def event_done(self, event: Event) -> None:
        key = table.EventItem(pk=case_key(event.reference), sk=f"EVENT#{event.number:06d}")
        self._update(key, [table.EventItem.agenda_pk.remove(), table.EventItem.agenda_sk.remove()])

    def task_signalled(self, task: Task, at: datetime) -> None:
        """Only while the token is the one that was signalled: a refreshed task waits for its own signal."""
        key = table.TaskItem(pk=case_key(task.reference), sk=f"TASK#{task.number:04d}")
        self._update(key, [table.TaskItem.signalled_at.set(instant(at))], table.TaskItem.token == task.token)

    def message(self, reference: str, number: int) -> Message | None:
        item = self._get(case_key(reference), f"MESSAGE#{number:04d}")
        return items.to_message(item) if item else None

    def claim_message(self, message: Message, at: datetime) -> bool:
        """queued → sending, for one sender at a time; a claim two minutes old was lost with its sender."""
        key = table.MessageItem(pk=case_key(message.reference), sk=f"MESSAGE#{message.number:04d}")
        lost = instant(datetime.fromtimestamp(at.timestamp() - CLAIM_SECONDS, at.tzinfo))
        status, claimed = table.MessageItem.status, table.MessageItem.claimed_at
        actions = [status.set("sending"), claimed.set(instant(at)), table.MessageItem.attempts.add(1)]
        return self._update(key, actions, (status == "queued") | ((status == "sending") & (claimed < lost)))

    def settle_message(self, message: Message, status: str, at: datetime) -> None:
        key = table.MessageItem(pk=case_key(message.reference), sk=f"MESSAGE#{message.number:04d}")
        actions = [table.MessageItem.status.set(status)]
        if status in ("sent", "posted"):
            actions.append(table.MessageItem.sent_at.set(instant(at)))
        self._update(key, actions, table.MessageItem.status.exists())

    def _update(self, key: table.Item, actions: list[Any], condition: Any = None) -> bool:
        """One conditional update of an item that exists; False when the condition no longer holds."""
        exists = table.Item.pk.exists()
        try:
            key.update(actions=actions, condition=exists & condition if condition is not None else exists)
        except UpdateError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            raise
        return True

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

    def _same_case(self, write: TransactWrite, case: Case) -> None:
        same = table.CaseItem.version == case.version
        write.condition_check(table.CaseItem, case_key(case.reference), "CASE", condition=same)

    # desk and agenda

    def desk(
        self,
        desks: Sequence[str],
        limit: int,
        cursor: str,
        *,
        before: date | None = None,
        undated: bool = False,
        latest_first: bool = False,
    ) -> Page:
        """A page of the open tasks of these desks, earliest legal date first: `PERSON#…` and `ROLE#…` (nobody's yet),
        or `TEAM#…` (all of a role). With `before` those due before a day, with `undated` those without one. The order
        holds from page to page: of each desk as much is read as could be shown, and the cursor keeps how far each was
        shown. Raises ValueError for a cursor not of ours."""
        position = cursors.read(cursor)
        places: cursors.Places = {desk: position[desk] for desk in desks if desk in position}
        found: list[tuple[str, str, Any]] = []
        ended: set[str] = set()
        for desk in desks:
            if desk in places and places[desk] is None:
                continue
            name = _index_of(desk)
            index, sort = getattr(table.Item, name), getattr(table.TaskItem, f"{name}_sk")
            due = sort.startswith(items.NO_DAY) if undated else sort < before.isoformat() if before else None
            start = cursors.start(desk, places.get(desk), name)
            query = index.query(desk, due, limit=limit, last_evaluated_key=start, scan_index_forward=not latest_first)
            found.extend((getattr(item, f"{name}_sk"), desk, item) for item in query)
            if query.last_evaluated_key is None:
                ended.add(desk)
        found.sort(key=lambda row: row[:2], reverse=latest_first)
        shown, left = found[:limit], {desk for _, desk, _ in found[limit:]}
        places.update((desk, cursors.place(item, _index_of(desk))) for _, desk, item in shown)
        places.update(dict.fromkeys(ended - left))
        rows = tuple(items.to_task(item) for item in self._alive(item for _, _, item in shown))
        return Page(rows=rows, cursor=cursors.write(places, desks))

    def desk_until(self, desks: Sequence[str], last: date) -> tuple[Task, ...]:
        """The open tasks of these desks that are due by a day, and those that have no date, the earliest first."""
        found: list[Task] = []
        for desk in desks:
            for due in (table.TaskItem.desk_sk < f"{last.isoformat()}$", table.TaskItem.desk_sk.startswith("9999")):
                query = table.Item.desk.query(desk, due, limit=MOST_DUE)
                found.extend(items.to_task(item) for item in self._alive(query))
        return tuple(sorted(found, key=lambda task: (task.due or date.max, task.reference)))

    def open_cases(self, limit: int, cursor: str) -> Page:
        """Open cases, soonest alert first, a page at a time."""
        return self._agenda(items.OPEN, items.to_case, limit, cursor)

    def alerts_due(self, before: datetime, limit: int, cursor: str = "") -> Page:
        """Open cases whose next alert is due, earliest first, a page at a time."""
        return self._agenda(items.OPEN, items.to_case, limit, cursor, before)

    def _agenda(
        self, list_: str, read: Callable[[Any], Any], limit: int, cursor: str, before: datetime | None = None
    ) -> Page:
        until = table.CaseItem.agenda_sk < instant(before) if before else None
        last = json.loads(cursor) if cursor else None
        query = table.Item.agenda.query(list_, until, limit=limit, last_evaluated_key=last)
        rows = tuple(read(item) for item in self._alive(query))
        return Page(rows=rows, cursor=json.dumps(query.last_evaluated_key) if query.last_evaluated_key else "")

    # what comes before and beside a case

    def used(self, key: str) -> UsedKey | None:
        item = self._get(secret_key("KEY", key), "KEY")
        return decode(UsedKey, item.body) if item else None

    def draft(self, token: str) -> Draft | None:
        item = self._get(secret_key("DRAFT", token), "DRAFT")
        return decode(Draft, item.body) if item else None

    def save_draft(self, token: str, draft: Draft) -> None:
        end = end_fields(End(at=draft.expires_at))
        table.DraftItem(pk=secret_key("DRAFT", token), sk="DRAFT", body=encode(draft), **end).save()

    def discard_draft(self, token: str) -> None:
        table.DraftItem(pk=secret_key("DRAFT", token), sk="DRAFT").delete()

    def keep(self, code: str, kept: Kept) -> None:
        table.KeptItem(pk=secret_key("KEPT", code), sk="KEPT", body=encode(kept), **end_fields(kept.end)).save()

    def kept_and_tries(self, code: str, tries: str) -> tuple[Kept | None, int]:
        """What a code opens, and the count of wrong ones of this caller, in one read."""
        key, count = (secret_key("KEPT", code), "KEPT"), (f"TRIES#{tries}", "TRIES")
        found = self._get_many([key, count])
        kept = found.get(key)
        return (decode(Kept, kept.body) if kept else None), int(found[count].tries) if count in found else 0

    def kept_by_id(self, id_: str) -> Kept | None:
        item = self._get(f"KEPT#{id_}", "KEPT")
        return decode(Kept, item.body) if item else None

    def ask_link(self, code: str, asked: LinkAsked) -> bool:
        """Note that a link is wanted by mail; False when one was before."""
        end = end_fields(asked.end)
        item = table.LinkAskedItem(pk=secret_key("KEPT", code), sk="MAIL", body=encode(asked), **end)
        try:
            item.save(condition=table.Item.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def link_asked(self, id_: str) -> LinkAsked | None:
        item = self._get(f"KEPT#{id_}", "MAIL")
        return replace(decode(LinkAsked, item.body), id=id_) if item else None

    def case_and_tries(self, reference: str, tries: Sequence[str]) -> tuple[Case | None, tuple[int, ...]]:
        """The case, if there is one, and the count of wrong codes of each key, in one read."""
        keys = [(f"TRIES#{key}", "TRIES") for key in tries]
        found = self._get_many([(case_key(reference), "CASE"), *keys])
        case = found.pop((case_key(reference), "CASE"), None)
        counts = tuple(int(found[key].tries) if key in found else 0 for key in keys)
        return (items.to_case(case) if case else None), counts

    def count_try(self, key: str, expires_at: datetime) -> None:
        tries = table.TriesItem(pk=f"TRIES#{key}", sk="TRIES")
        kind = table.TriesItem.type.set(table.TriesItem)
        end = table.TriesItem.expires_at.set(int(expires_at.timestamp()))
        tries.update(actions=[table.TriesItem.tries.add(1), end, kind])

    def save_session(self, token: str, session: StaffSession, expires_at: datetime) -> None:
        end = end_fields(End(at=expires_at))
        table.SessionItem(pk=secret_key("SESSION", token), sk="SESSION", body=encode(session), **end).save()

    def session(self, token: str) -> StaffSession | None:
        item = self._get(secret_key("SESSION", token), "SESSION")
        return decode(StaffSession, item.body) if item else None

    def end_session(self, token: str) -> None:
        table.SessionItem(pk=secret_key("SESSION", token), sk="SESSION").delete()

    def save_sign_in(self, state: str, values: Mapping[str, str], expires_at: datetime) -> None:
        end = end_fields(End(at=expires_at))
        table.SignInItem(pk=secret_key("SIGNIN", state), sk="SIGNIN", body=dict(values), **end).save()

    def take_sign_in(self, state: str) -> Mapping[str, str] | None:
        """The values of a sign-in that began, once: a second use of the same state finds nothing."""
        item = self._get(secret_key("SIGNIN", state), "SIGNIN")
        if item is None:
            return None
        try:
            item.delete(condition=table.Item.pk.exists())
        except DeleteError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return None
            raise
        values: Mapping[str, str] = item.body
        return values

    def people(self) -> tuple[Person, ...]:
        return tuple(_person(item) for item in self._alive(table.Item.query(STAFF, consistent_read=True)))

    def note(self, name: str) -> str:
        item = self._get("NOTE", name)
        return item.value if item else ""

    def save_note(self, name: str, value: str) -> None:
        table.NoteItem(pk="NOTE", sk=name, value=value, kept_because="it holds no personal data").save()

    def claim(self, name: str, expires_at: datetime) -> bool:
        item = table.NoteItem(pk="NOTE", sk=name, value="claimed", expires_at=int(expires_at.timestamp()))
        gone = table.Item.expires_at <= int(self._clock.now().timestamp())
        try:
            item.save(condition=table.Item.pk.does_not_exist() | gone)
        except PutError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def release(self, name: str) -> None:
        table.NoteItem(pk="NOTE", sk=name).delete()


def _index_of(desk: str) -> str:
    return "agenda" if desk.startswith("TEAM#") else "desk"


def _end_actions(wanted: Mapping[str, Any]) -> list[Any]:
    return [
        getattr(table.Item, name).set(wanted[name]) if name in wanted else getattr(table.Item, name).remove()
        for name in ("expires_at", "kept_because")
    ]


def _person(item: table.StaffItem) -> Person:
    return Person(item.sk, item.name, item.email, frozenset(item.roles))
