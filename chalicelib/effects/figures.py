"""Counts a case whenever something happened that changes how it is counted. To count it again changes nothing."""

from __future__ import annotations

import hmac

from ..domain import figures
from ..domain.model import Event
from ..domain.ports import Services

PURPOSE = "figures"
BITS_128 = 32
COUNTED = frozenset(
    {
        "case_received", "case_entered", "case_opened_from", "task_decided", "case_closed", "case_reopened",
        "asked_again", "receipt_corrected", "late_explained",
    }
)  # fmt: skip


def count(services: Services, event: Event) -> None:
    """Write what is counted of the event's case as it is now, and take away what stood in another month."""
    case = services.store.case(event.reference)
    if case is None:
        return  # it is gone, and what was counted of it stays
    figure = figures.of_case(services.book, case, services.clock.now())
    services.store.save_figure(figure, id_of(services, case.reference), was=str(event.data.get("was", "")))


def id_of(services: Services, reference: str) -> str:
    """Under what a case is counted: whoever lacks the service's secret cannot tell which case it is."""
    return hmac.digest(services.keys.key(PURPOSE), reference.encode(), "sha256").hex()[:BITS_128]
