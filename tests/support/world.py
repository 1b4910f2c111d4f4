"""The whole core in one process: commands, effects, the table, its stream and the state machines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalicelib.adapters.documents import S3Documents
from chalicelib.adapters.policies import PolicyFiles
from chalicelib.adapters.repository import Table
from chalicelib.adapters.scanner import SignatureOnly
from chalicelib.adapters.schemas import SchemaFiles
from chalicelib.adapters.table import Item, StaffItem
from chalicelib.adapters.workflows import StepFunctions
from chalicelib.commands import disposal, figures, submit, workflow
from chalicelib.commands.decide import Decided, decide
from chalicelib.domain.model import Actor, CaseFile, Task
from chalicelib.domain.policy import Book, schema_of
from chalicelib.domain.ports import Services, Settings, Workflows
from chalicelib.effects import digest, documents, reconcile, stream
from chalicelib.entry import guarded

from . import aws, samples
from .calls import Calls
from .fakes import FakeIdentity, FixedKeys, FrozenClock, Outbox, SeededIds
from .machines import Machines
from .stream import Stream

SCHEMAS = SchemaFiles()
BOOK = Book(PolicyFiles(SCHEMAS).read)
PATIENCE = 10.0


BY_ROLE = {
    "ig_officer": samples.OFFICER,
    "ig_manager": samples.MANAGER,
    "service_manager": samples.SERVICE,
    "dpo": samples.DPO,
}


class World:
    """Services on a fresh table, with the interpreter of the tests, or with `step_functions` of moto when given."""

    def __init__(self, clock: FrozenClock, step_functions: Any = None) -> None:
        aws.empty_bucket()
        self.calls = Calls()
        self.dynamodb = aws.client("dynamodb")
        self.clock, self.ids = clock, SeededIds()
        self.mail, self.identity = Outbox(self.calls), FakeIdentity()
        self.functions = self._functions()
        self.machines = Machines(self.calls, clock.now, self.functions)
        workflows: Workflows = self.machines
        if step_functions is not None:
            workflows = StepFunctions(aws.MACHINE_PREFIX, lambda: step_functions)
        self.services = self._services(workflows)
        self.stream = Stream(self.functions["on_change"])
        Item._get_connection().connection.client  # noqa: B018  (made once, here, and not in a race of threads)

    def _services(self, workflows: Workflows) -> Services:
        return Services(
            store=Table(self.clock),
            clock=self.clock,
            ids=self.ids,
            keys=FixedKeys(),
            book=BOOK,
            schemas=SCHEMAS,
            workflows=workflows,
            mail=self.mail,
            identity=self.identity,
            documents=S3Documents(aws.BUCKET, lambda: aws.bucket()),
            scanner=SignatureOnly(),
            settings=Settings(site_url="https://cases.example.org", stage="test"),
        )

    def _functions(self) -> dict[str, aws.Function]:
        """What `app.py` declares, entered in the same way."""

        @guarded
        def open_task(event: Any, context: Any) -> Any:
            asked = (event["reference"], event["attempt"], event["task"], event["token"], event["after"])
            return workflow.open_task(self.services, *asked)

        @guarded
        def close_case(event: Any, context: Any) -> Any:
            return workflow.close_case(self.services, event["reference"])

        @guarded
        def check_clock(event: Any, context: Any) -> Any:
            return workflow.check_clock(self.services, event["reference"], event["revision"])

        @guarded
        def on_change(event: Any, context: Any) -> Any:
            return stream.on_change(self.services, event)

        @guarded
        def on_scan(event: Any, context: Any) -> Any:
            return documents.on_scan(self.services, event)

        @guarded
        def reconcile_(event: Any, context: Any) -> Any:
            return reconcile.reconcile(self.services)

        @guarded
        def dispose(event: Any, context: Any) -> Any:
            return disposal.run(self.services)

        @guarded
        def morning(event: Any, context: Any) -> Any:
            return {"sent": digest.send(self.services), "published": figures.publish(self.services)}

        return {
            "open_task": open_task,
            "close_case": close_case,
            "check_clock": check_clock,
            "on_change": on_change,
            "on_scan": on_scan,
            "reconcile": reconcile_,
            "dispose": dispose,
            "morning": morning,
        }

    def watch(self) -> None:
        """Count the calls of the table from now on."""
        self.calls.watch(Item._get_connection().connection.client)

    # what people do

    def hire(self, people: Iterable[Actor] = samples.STAFF) -> None:
        """Put staff in the directory."""
        for person in people:
            StaffItem(
                pk="STAFF",
                sk=person.id,
                name=person.name,
                email=person.email,
                roles=sorted(person.roles),
                kept_because="works here",
            ).save()

    def dismiss(self, person: Actor) -> None:
        StaffItem(pk="STAFF", sk=person.id).delete()

    def submit(
        self, answers: Mapping[str, Any] = samples.ANSWERS, key: str = "key-1", kind: str = "complaint", **more: Any
    ) -> submit.Receipt:
        return submit.submit(self.services, kind, answers, idempotency_key=key, **more)

    def decide(
        self, reference: str, outcome: str, actor: Actor | None = None, task: Task | None = None, **changes: Any
    ) -> Decided:
        """Decide the open task of the case, or the given one, as somebody of its role would."""
        task = task or self.open_task(reference)
        if "data" not in changes:
            changes["data"] = self.example(task.task, outcome, self.file(reference).case.context)
        given = {"reason": samples.REASON, "version": task.version, **changes}
        return decide(
            self.services, actor or samples.WHO.get(task.task) or BY_ROLE[task.role], task.id, outcome, **given
        )

    def example(self, task: str, outcome: str, context: Mapping[str, str]) -> dict[str, Any]:
        """What somebody would fill in: ours for complaints, else the example of the outcome's own schema."""
        row = self.services.book.task(task)["outcomes"][outcome]
        example: dict[str, Any] = self.services.schemas.document(schema_of(row, context))["examples"][0]
        return samples.DECISIONS.get((task, outcome), example)

    # what happens by itself

    def settle(self) -> None:
        """Deliver the stream and run the machines until nothing moves."""
        for _ in range(50):
            if not self.stream.pump() + self.machines.run():
                return
        raise AssertionError("this never comes to rest")

    def heal(self) -> dict[str, int]:
        """A minute later the reconciler comes by; then everything settles."""
        self.clock.move(minutes=1)
        found: dict[str, int] = self.functions["reconcile"]({}, None)
        self.settle()
        return found

    def night(self) -> dict[str, int]:
        """The round of disposal comes by; then everything settles."""
        done: dict[str, int] = self.functions["dispose"]({}, None)
        self.settle()
        return done

    def go(self, path: Iterable[tuple[str, str]], reference: str = "") -> str:
        """Submit, unless there is a case, and decide each task as the path says; returns the reference."""
        reference = reference or self.submit().reference
        self.settle()
        for task, outcome in path:
            assert self.open_task(reference).task == task
            self.decide(reference, outcome)
            self.settle()
        return reference

    # what is there now

    def file(self, reference: str) -> CaseFile:
        found = self.services.store.case_file(reference)
        assert found is not None
        return found

    def open_task(self, reference: str) -> Task:
        task = self.file(reference).open_task
        assert task is not None, "no task is open"
        return task

    def beside(self, reference: str, task: str = "") -> list[Task]:
        """The open tasks beside the workflow, of one name or of any."""
        found = [row for row in self.file(reference).tasks if row.is_beside and row.status == "open"]
        return [row for row in found if not task or row.task == task]

    def items(self) -> list[dict[str, Any]]:
        return aws.all_items(self.dynamodb)

    def events(self, reference: str, type_: str = "") -> list[Any]:
        return [event for event in self.file(reference).events if not type_ or event.type == type_]

    def outbox(self) -> list[dict[str, Any]]:
        return [item for item in self.items() if item.get("agenda_pk") == "OUTBOX"]


def fresh(dynamodb: Any) -> World:
    """Another world on an empty table, for tests that try many in a row."""
    aws.make_table(dynamodb)
    found = World(FrozenClock())
    found.hire()
    return found


def wait_for(found: Callable[[], Any], what: str) -> Any:
    """Wait until threads of moto's Step Functions have come where `found` says; its answer."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = found()
        if answer:
            return answer
        time.sleep(0.01)
    raise AssertionError(f"waited {PATIENCE:.0f} s in vain for {what}")
