"""The part of the store for those who come: what they began, wrong codes counted, who is signed in, who works here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pynamodb.exceptions import DeleteError, PutError

from ..domain.model import Case, Draft, End, Kept, LinkAsked, Person, StaffSession
from ..domain.model import Used as UsedKey
from . import items, table
from .codec import decode, encode
from .items import STAFF, case_key, end_fields, secret_key
from .rows import Rows


class Visits(Rows):
    """Residents before they have a case, and staff at the door."""

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
        return tuple(items.to_person(item) for item in self._alive(table.Item.query(STAFF, consistent_read=True)))
