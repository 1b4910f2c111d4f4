"""What the service does because of an event. Each effect may run twice without harm and reads the table for the truth.

The stream brings events at least once and in order for each case; the reconciler brings those that the stream could
not finish. Both call `handle`. An event leaves the outbox only when all its effects are done.
"""

from __future__ import annotations

from ..commands import disposal, holds
from ..domain.model import Event
from ..domain.ports import Services
from . import clock, documents, figures, mail, people, workflow

STARTS = frozenset(
    {"case_received", "case_entered", "case_opened_from", "case_reopened", "asked_again", "workflow_restarted"}
)
NEW = frozenset({"case_received", "case_entered", "case_opened_from", "contact_changed"})
ENDS = frozenset(
    {
        "case_closed", "case_reopened", "asked_again", "restriction_lifted", "hold_placed", "hold_released",
        "reclassified", "end_counted_again", "disposal_reviewed", "released_files_disposed",
    }
)  # fmt: skip


def handle(services: Services, event: Event) -> bool:
    """Run the effects of one event. False when something is left for the reconciler; raises when AWS failed."""
    done = True
    if event.type in STARTS:
        workflow.start(services, event.reference)
    if event.type == "task_decided" or event.data.get("resignal"):
        workflow.signal(services, event.reference, event.task)
    if event.clock_revision:
        clock.start(services, event.reference, event.clock_revision)
    if event.type in NEW:
        people.index(services, event.reference)
        people.compare(services, event.reference)
    if event.type == "restriction_began":
        people.compare(services, event.reference, people.ALL)
    if event.type in figures.COUNTED:
        figures.count(services, event)
    if event.type in ENDS:
        workflow.set_ends(services, event.reference)
    if event.type == "case_closed":
        holds.release_what_it_held(services, event.reference)
        disposal.reviewed(services, event.reference)
    if event.data.get("deletes"):
        documents.delete(services, event.reference, event.data["deletes"])
    if event.data.get("check"):
        done = documents.check(services, event.reference, event.data["number"]) and done
    for number in event.messages:
        done = mail.send(services, event.reference, number) and done
    if done:
        services.store.event_done(event)
    return done
