"""The single table as PynamoDB models: one class per kind of item, told apart by `type`.

Every item carries `expires_at` (DynamoDB's TTL, epoch seconds) or `kept_because`. The index keys exist only while they
mean something, so that the indexes stay small: `desk_*` on open tasks (whose they are), `agenda_*` on open tasks (the
team), cases (next alert, disposal, review) and events whose effects are not done, `search_pk` on the hashes that a
person is found by.
"""

from __future__ import annotations

import json
import re
from typing import Any

from botocore.config import Config
from pynamodb.attributes import (
    DiscriminatorAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

USER_AGENT = "case-service"
_LONE = re.compile("[\ud800-\udfff]")
_written = json.JSONEncoder(ensure_ascii=False).encode


class DeskIndex(GlobalSecondaryIndex["Item"]):
    class Meta:
        index_name = "desk"
        projection = AllProjection()

    desk_pk = UnicodeAttribute(hash_key=True)
    desk_sk = UnicodeAttribute(range_key=True)


class AgendaIndex(GlobalSecondaryIndex["Item"]):
    class Meta:
        index_name = "agenda"
        projection = AllProjection()

    agenda_pk = UnicodeAttribute(hash_key=True)
    agenda_sk = UnicodeAttribute(range_key=True)


class SearchIndex(GlobalSecondaryIndex["Item"]):
    class Meta:
        index_name = "search"
        projection = KeysOnlyProjection()

    search_pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class Item(Model):
    class Meta:
        table_name = "unset"
        connect_timeout_seconds = 2
        read_timeout_seconds = 3
        max_retry_attempts = 3

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    type: Any = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)
    kept_because = UnicodeAttribute(null=True)
    desk = DeskIndex()
    agenda = AgendaIndex()
    search = SearchIndex()


class Json(JSONAttribute):
    """JSON as it is written, not escaped: a letter of 20,000 words in any alphabet stays below DynamoDB's 400 KB. Half
    of a pair of UTF-16, which is no text, can only be stored escaped."""

    def serialize(self, value: Any) -> str | None:
        if value is None:
            return None
        text = _written(value)
        return json.dumps(value) if _LONE.search(text) else text


class CaseItem(Item, discriminator="case"):
    """`begun`: its disposal has begun, and parts of it may be gone."""

    version = NumberAttribute()
    begun = UnicodeAttribute(null=True)
    body = Json()
    agenda_pk = UnicodeAttribute(null=True)
    agenda_sk = UnicodeAttribute(null=True)


class RemovedItem(Item, discriminator="removed"):
    """What is known of a case whose record something else removed."""

    by = UnicodeAttribute()
    body = Json()
    agenda_pk = UnicodeAttribute(null=True)
    agenda_sk = UnicodeAttribute(null=True)


class CertificateItem(Item, discriminator="certificate"):
    body = Json()


class DisposedItem(Item, discriminator="disposed"):
    number = NumberAttribute()


class ClassHoldsItem(Item, discriminator="class_holds"):
    version = NumberAttribute()
    active = NumberAttribute()
    body = Json()


class PartyItem(Item, discriminator="party"):
    body = Json()


class AnswersItem(Item, discriminator="answers"):
    body = Json()


class EventItem(Item, discriminator="event"):
    body = Json()
    agenda_pk = UnicodeAttribute(null=True)
    agenda_sk = UnicodeAttribute(null=True)


class TaskItem(Item, discriminator="task"):
    version = NumberAttribute()
    status = UnicodeAttribute()
    token = UnicodeAttribute(null=True)
    signalled_at = UnicodeAttribute(null=True)
    body = Json()
    desk_pk = UnicodeAttribute(null=True)
    desk_sk = UnicodeAttribute(null=True)
    agenda_pk = UnicodeAttribute(null=True)
    agenda_sk = UnicodeAttribute(null=True)


class MessageItem(Item, discriminator="message"):
    status = UnicodeAttribute()
    attempts = NumberAttribute()
    claimed_at = UnicodeAttribute(null=True)
    sent_at = UnicodeAttribute(null=True)
    body = Json()


class DocumentItem(Item, discriminator="document"):
    status = UnicodeAttribute()
    body = Json()


class AlikeItem(Item, discriminator="alike"):
    body = Json()


class LookItem(Item, discriminator="look"):
    body = Json()


class SearchItem(Item, discriminator="search"):
    """Keys only: a case is found by a hash."""

    search_pk = UnicodeAttribute(null=True)


class FlagItem(Item, discriminator="flag"):
    body = Json()


class LookupItem(Item, discriminator="lookup"):
    body = Json()


class FigureItem(Item, discriminator="figure"):
    """What is counted of a case. It holds nothing of a person, and stays when the case goes."""

    body = Json()


class PublishedItem(Item, discriminator="published"):
    """A table of counts as it was published. It never changes."""

    body = Json()


class VoiceItem(Item, discriminator="voice"):
    body = Json()


class UsedItem(Item, discriminator="used"):
    body = Json()


class DraftItem(Item, discriminator="draft"):
    body = Json()


class KeptItem(Item, discriminator="kept"):
    body = Json()


class LinkAskedItem(Item, discriminator="link_asked"):
    body = Json()


class SessionItem(Item, discriminator="session"):
    body = Json()


class SignInItem(Item, discriminator="sign_in"):
    body = Json()


class TriesItem(Item, discriminator="tries"):
    tries = NumberAttribute()


class StaffItem(Item, discriminator="staff"):
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    roles = Json()


class DeskCountsItem(Item, discriminator="desk_counts"):
    body = Json()


class NoteItem(Item, discriminator="note"):
    value = UnicodeAttribute()


ALL = (
    Item,
    CaseItem,
    RemovedItem,
    CertificateItem,
    DisposedItem,
    ClassHoldsItem,
    PartyItem,
    AnswersItem,
    EventItem,
    TaskItem,
    MessageItem,
    DocumentItem,
    AlikeItem,
    LookItem,
    SearchItem,
    FlagItem,
    LookupItem,
    FigureItem,
    PublishedItem,
    VoiceItem,
    UsedItem,
    DraftItem,
    KeptItem,
    LinkAskedItem,
    SessionItem,
    SignInItem,
    TriesItem,
    StaffItem,
    DeskCountsItem,
    NoteItem,
)


def use_table(name: str, region: str) -> None:
    """Point every model at the table. All share one connection: a client of its own for each would cost 90 ms."""
    Item.Meta.table_name = name
    Item.Meta.region = region  # type: ignore[attr-defined]
    Item._connection = None
    connection = Item._get_connection()
    # A name of our own: who reads the trail of AWS knows what called, and botocore need not put together, twice for
    # each call, which system and which versions it runs on.
    connection.connection.session.set_default_client_config(Config(user_agent=USER_AGENT))
    for model in ALL:
        model._connection = connection
