"""Random legal moves of everybody, days apart; after each the invariants of the design are held against the table.

The moves come from what the API itself offers: any open task with any of its outcomes, by anybody; referrals, second
looks, reminders, messages, another day of receipt, cases opened again; time, faults of Step Functions, repairs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chalicelib.commands import dates, lift, link, track, view
from chalicelib.commands.decide import decide
from chalicelib.domain.dates import dates_of
from chalicelib.domain.errors import CaseServiceError, Unlawful
from chalicelib.domain.model import Actor, CaseFile
from chalicelib.domain.reference import parse

from ..support import samples
from ..support.world import BOOK, SCHEMAS, World, fresh

CANARY = "Zebrafinch"
KINDS = sorted(BOOK.sent)
OPENED = sorted(kind for kind, row in BOOK.kinds.items() if "opened_from_case" in row)
ANYBODY = st.sampled_from(samples.STAFF)


class Life(RuleBasedStateMachine):
    """One submission and all that people make of it."""

    dynamodb: Any = None

    @initialize(kind=st.sampled_from(KINDS), right=st.sampled_from(["access", "erasure", "restriction", "not_sure"]))
    def submitted(self, kind: str, right: str) -> None:
        self.world: World = fresh(self.dynamodb)
        answers = dict(SCHEMAS.document(BOOK.kind(kind)["submission"])["examples"][0])
        if "right" in answers:
            answers["right"] = right
        written = next(name for name in ("what_wanted", "what_happened", "text", "words") if name in answers)
        answers[written] = f"{CANARY} {answers[written]}"
        self.first = self.world.submit(answers, kind=kind).reference
        self.world.settle()
        self.events: dict[tuple[str, int], Any] = {}

    def references(self) -> list[str]:
        found = {item["pk"][5:] for item in self.world.items() if item["pk"].startswith("CASE#")}
        return sorted(found)

    def pick(self, number: int) -> CaseFile:
        references = self.references()
        return self.world.file(references[number % len(references)])

    # what people do

    @rule(number=st.integers(0, 20), task=st.integers(0, 5), outcome=st.integers(0, 20), actor=st.none() | ANYBODY)
    def somebody_decides(self, number: int, task: int, outcome: int, actor: Actor | None) -> None:
        file = self.pick(number)
        waiting = [row for row in file.tasks if row.status == "open"]
        if not waiting:
            return
        chosen = waiting[task % len(waiting)]
        fitting = [one for one in samples.STAFF if BOOK.access.may_do(one, chosen)]
        who = actor or (fitting or [samples.MANAGER])[0]
        shown = view.view_of(self.world.services, who, file)
        offered = next((row for row in shown.tasks if row.task_id == chosen.id), None)
        if offered is None:
            assert not file.case.is_open
            return
        row = offered.outcomes[outcome % len(offered.outcomes)]
        data = dict(row.example)
        for name, field in row.schema["properties"].items():
            if field["type"] == "array" and "enum" in field["items"] and outcome % 2:
                data[name] = field["items"]["enum"][: 1 + outcome % 3]
        before = self.world.file(file.case.reference)
        try:
            decide(self.world.services, who, chosen.id, row.outcome, reason="r", data=data, version=offered.version)
        except Unlawful:
            assert self.world.file(file.case.reference).case.told == before.case.told
        except CaseServiceError:
            assert self.world.file(file.case.reference) == before, "a refusal stores nothing"
        self.world.settle()

    @rule(number=st.integers(0, 20), kind=st.sampled_from(OPENED), actor=ANYBODY)
    def somebody_opens_a_case_from_it(self, number: int, kind: str, actor: Actor) -> None:
        data = SCHEMAS.document(BOOK.kind(kind)["opened_from_case"]["schema"])["examples"][0]
        self._try(lambda ref: link.open_from(self.world.services, actor, ref, kind, reason="r", data=data), number)

    @rule(number=st.integers(0, 20), actor=ANYBODY)
    def somebody_opens_it_again(self, number: int, actor: Actor) -> None:
        self._try(lambda ref: link.reopen(self.world.services, actor, ref, reason="r"), number)

    @rule(number=st.integers(0, 20), task=st.integers(1001, 1004), actor=ANYBODY)
    def somebody_reminds(self, number: int, task: int, actor: Actor) -> None:
        self._try(lambda ref: link.chase(self.world.services, actor, f"{ref}.{task}"), number)

    @rule(number=st.integers(0, 20))
    def the_resident_writes(self, number: int) -> None:
        if "internal" not in BOOK.kind(self.pick(number).case.kind):
            self._try(lambda ref: track.write(self.world.services, ref, f"{CANARY} again."), number)

    @rule(number=st.integers(0, 20), days=st.integers(1, 9))
    def the_receipt_is_put_right(self, number: int, days: int) -> None:
        file = self.pick(number)
        at = file.case.received_at - timedelta(days=days)
        again = {"reason": "r", "version": file.case.version}
        self._try(lambda ref: dates.correct_receipt(self.world.services, samples.OFFICER, ref, at, **again), number)

    @rule(number=st.integers(0, 20), actor=ANYBODY, days=st.integers(-1, 3))
    def somebody_ends_the_limit(self, number: int, actor: Actor, days: int) -> None:
        told_on = self.world.clock.now().date() - timedelta(days=days)
        again = {"reason": "r", "told_on": told_on, "how": "letter"}
        self._try(lambda ref: lift.lift(self.world.services, actor, ref, **again), number)

    # what happens by itself

    @rule(days=st.integers(0, 40), hours=st.integers(0, 23))
    def time_goes_by(self, days: int, hours: int) -> None:
        self.world.clock.move(days=days, hours=hours)
        self.world.heal()

    @rule(number=st.integers(0, 20))
    def step_functions_forgets(self, number: int) -> None:
        reference = self.pick(number).case.reference
        for execution in self.world.machines.executions.values():
            if execution.name.startswith(reference) and execution.status == "RUNNING":
                execution.status = "FAILED"
        for _ in range(3):
            self.world.heal()

    def _try(self, work: Any, number: int) -> None:
        reference = self.pick(number).case.reference
        before = self.world.items()
        try:
            work(reference)
        except CaseServiceError:
            assert self.world.items() == before, "a refusal stores nothing"
        self.world.settle()

    # what is always so

    @invariant()
    def everything_is_whole(self) -> None:
        if not hasattr(self, "world"):
            return
        for reference in self.references():
            file = self.world.file(reference)
            self.a_person_decides(file)
            self.one_task_of_the_workflow(file)
            self.dates_are_what_the_inputs_say(file)
            self.the_timeline_only_grows(file)
            self.who_took_part_decides_nothing_again(file)
            self.links_go_both_ways(file)
        self.flags_are_what_the_cases_say()
        self.every_item_knows_its_end()
        self.personal_data_is_in_the_table_only()

    def a_person_decides(self, file: CaseFile) -> None:
        if file.case.is_open:
            return
        assert file.case.outcome in BOOK.kind(file.case.kind)["outcomes"]
        last = max(event.number for event in file.events if event.type == "case_closed")
        opened = max((event.number for event in file.events if event.type == "case_reopened"), default=0)
        assert any(opened < event.number < last and event.type == "task_decided" for event in file.events)
        staff = {actor.id for actor in samples.STAFF}
        assert {task.decided_by for task in file.tasks if task.status == "decided"} <= staff

    def one_task_of_the_workflow(self, file: CaseFile) -> None:
        waiting = [task for task in file.tasks if task.status == "open" and not task.is_beside]
        assert len(waiting) == (1 if file.case.is_open else 0)
        beside = {task.number for task in file.tasks if task.status == "open" and task.is_beside}
        assert beside == {row.number for row in file.case.beside}

    def dates_are_what_the_inputs_say(self, file: CaseFile) -> None:
        found = dates_of(BOOK, file.case, self.world.clock.now()).dates
        assert file.case.told == {row.name: row.date.isoformat() for row in found if row.date is not None}
        for row in found:
            assert row.explanation
            assert row.source

    def the_timeline_only_grows(self, file: CaseFile) -> None:
        assert [event.number for event in file.events] == list(range(1, file.case.events + 1))
        assert [event.at for event in file.events] == sorted(event.at for event in file.events)
        for event in file.events:
            known = self.events.setdefault((event.reference, event.number), (event.type, event.data, event.at))
            assert known == (event.type, event.data, event.at), "an event never changes"

    def who_took_part_decides_nothing_again(self, file: CaseFile) -> None:
        for task in file.tasks:
            assert not task.decided_by or task.decided_by not in task.not_by

    def links_go_both_ways(self, file: CaseFile) -> None:
        for other, relation in file.case.links.items():
            assert parse(other, BOOK.prefix) == other
            back = self.world.file(other).case.links[file.case.reference]
            assert {relation, back} == {relation.removesuffix("_from"), relation.removesuffix("_from") + "_from"}

    def flags_are_what_the_cases_say(self) -> None:
        stored = {(item["pk"], item["sk"]) for item in self.world.items() if item["type"] == "flag"}
        cases = [self.world.file(reference).case for reference in self.references()]
        assert stored == {(f"RESTRICTED#{flag.hash}", case.reference) for case in cases for flag in case.flags}
        assert all(bool(case.flags) == (case.restricted_since is not None) for case in cases)

    def every_item_knows_its_end(self) -> None:
        for item in self.world.items():
            assert bool(item.get("expires_at")) != bool(item.get("kept_because")), item["sk"]
        for reference in self.references():
            items = [item for item in self.world.items() if item["pk"] == f"CASE#{reference}"]
            assert len({(item.get("expires_at"), item.get("kept_because")) for item in items}) == 1

    def personal_data_is_in_the_table_only(self) -> None:
        for execution in self.world.machines.executions.values():
            assert CANARY not in str(execution.input) + str(execution.data)
        for mail in self.world.mail.sent:
            assert CANARY not in mail.subject + mail.text + mail.html


@pytest.mark.promise("feature:exactly-one-decision-under-races", "notice:human")
def test_whatever_people_do_the_cases_stay_whole(world: World) -> None:
    life = type("OneLife", (Life,), {"dynamodb": world.dynamodb})
    chosen = settings(max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(life, settings=chosen)
