"""The part of the store that says what is still to do: events without their effects, messages, signals, and the
service's own notes of how far it is."""

from __future__ import annotations

from datetime import datetime

from pynamodb.exceptions import PutError

from ..domain.model import Event, Message, Task
from ..domain.ports import Page
from . import items, table
from .items import case_key, instant
from .rows import Rows

CLAIM_SECONDS = 120


class Outbox(Rows):
    """What was committed and has yet to leave the table."""

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
