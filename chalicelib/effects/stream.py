"""The table's stream: one new event after another, in order for each case, at least once; and each file whose record is
gone from the table, whatever removed it, so that its object goes too; each case whose record something else than a
round of disposal removed; each hold on a class; each link that somebody wants to what they saved.

Lambda starts again at the lowest sequence number that we report, so the batch stops at the first failure. What still
fails after the bounded retries goes to the dead-letter queue as a pointer; the event stays in the outbox, and the
reconciler does it from the table.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from ..adapters.codec import decode
from ..commands import disposal
from ..domain.model import Case
from ..domain.ports import Services
from ..faults import code_of
from . import documents, drafts, outbox

log = logging.getLogger("cases")

TTL = "dynamodb.amazonaws.com"


def on_change(services: Services, batch: Mapping[str, Any]) -> dict[str, Any]:
    """A batch of stream records in; the partial-batch answer of Lambda out."""
    for record in batch["Records"]:
        try:
            _handle(services, record)
        except Exception as error:  # whatever it was, Lambda must hear which record to bring again
            reference = record["dynamodb"]["Keys"]["pk"]["S"].partition("#")[2]
            log.error("effect_failed", extra={"fields": {"code": code_of(error), "case": reference}})
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _handle(services: Services, record: Mapping[str, Any]) -> None:
    """A new event; a record of a file or of a case that is gone; a hold on a class. The filter of the template lets
    nothing else through."""
    keys = record["dynamodb"]["Keys"]
    item, _, number = keys["sk"]["S"].partition("#")
    reference = keys["pk"]["S"].partition("#")[2]
    if keys["pk"]["S"].startswith("KEPT#"):
        drafts.send_link(services, reference)
    elif keys["pk"]["S"] == "HOLDS":
        disposal.class_hold_changed(services)
    elif record["eventName"] == "REMOVE" and item == "DOCUMENT":
        documents.forget_removed(services, record["dynamodb"]["OldImage"])
    elif record["eventName"] == "REMOVE" and item == "CASE":
        disposal.removed(services, decode(Case, json.loads(record["dynamodb"]["OldImage"]["body"]["S"])), _who(record))
    elif record["eventName"] == "INSERT" and item == "EVENT":
        event = services.store.event(reference, int(number))
        if event is not None:
            outbox.handle(services, event)


def _who(record: Mapping[str, Any]) -> str:
    """DynamoDB itself, at the end of the item; or else somebody who is not a round of disposal."""
    return "expiry" if record.get("userIdentity", {}).get("principalId") == TTL else "outside"
