"""Personal data stays in the table. Canary values go in; everything that came out is searched for them."""

from __future__ import annotations

import io
import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.commands import drafts, submit, track
from chalicelib.domain.errors import CaseServiceError, PolicyFault
from chalicelib.entry import TaskFailed, guarded, set_up_logs

from ..support import aws, samples
from ..support.world import World
from .test_executed import history, until_closed, until_open
from .test_paths import PATHS


def found_in(text: str) -> list[str]:
    return [word for word in samples.PRIVATE_WORDS if word.lower() in text.lower()]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that a function writes: its own log as in Lambda, warnings of libraries, and what is printed."""
    out = io.StringIO()
    own, root = logging.getLogger("cases"), logging.getLogger()
    before = own.handlers[:]
    own.handlers.clear()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", out)
    set_up_logs()
    libraries = logging.StreamHandler(out)
    root.addHandler(libraries)
    yield out
    root.removeHandler(libraries)
    own.handlers[:] = before


def test_the_canaries_are_in_the_table(world: World) -> None:
    """The search is worth nothing if nothing was planted."""
    reference = world.go(samples.LOOPS)
    world.submit(samples.BY_POST, key="key-2")
    case = world.submit({**samples.ANSWERS, "when_happened": "Kestrelweek again"}, key="key-3").reference
    world.settle()
    world.decide(case, "not_a_complaint")
    assert set(found_in(str(world.items()))) == set(samples.PRIVATE_WORDS), reference


@pytest.mark.promise("fault:whole-records-signed-bodies-or-customer-names-in")
@pytest.mark.parametrize("path", PATHS)
def test_logs_and_executions_hold_none(world: World, written: io.StringIO, path: str) -> None:
    world.mail.refusals = 1
    reference = world.submit().reference
    world.settle()
    for _, outcome in PATHS[path]:
        world.machines.stop("complaint")
        world.heal()
        world.decide(reference, outcome)
        world.settle()
    for _ in range(3):
        world.clock.move(days=3)
        world.heal()
    log = written.getvalue()
    assert log.count('"event": "done"') > 5
    assert found_in(log) == []
    executions = json.dumps([[run.input, run.data] for run in world.machines.executions.values()])
    assert reference in executions
    assert found_in(executions) == []
    allowed = {"reference", "stage", "attempt", "last", "revision", "at", "check", "timeout"}
    assert all(set(run.data) <= allowed for run in world.machines.executions.values())


def test_the_history_of_an_execution_holds_none(executed: World, step_functions: Any) -> None:
    reference = executed.submit().reference
    for number, (task, outcome) in enumerate(samples.STRAIGHT, 1):
        until_open(executed, reference, task, number)
        executed.decide(reference, outcome)
    until_closed(executed, reference)
    told = json.dumps(history(step_functions, f"{reference}-1"), default=str)
    for revision in (1, 2):
        told += json.dumps(history(step_functions, f"{reference}-clock-{revision}", "deadline_clock"), default=str)
    assert reference in told
    assert found_in(told) == []


def test_a_function_that_fails_with_personal_data_in_hand_tells_a_code(written: io.StringIO) -> None:
    @guarded
    def open_task(event: Any, context: Any) -> Any:
        raise KeyError(samples.ANSWERS["name"])

    with pytest.raises(TaskFailed) as failed:
        open_task({}, None)
    assert str(failed.value) == "KeyError"
    shown = "".join(traceback.format_exception(failed.value))
    assert found_in(shown.replace(_this_source(), "")) == []
    assert found_in(written.getvalue()) == []
    assert json.loads(written.getvalue().splitlines()[-1])["at"].startswith("test_canary.py:")


def _this_source() -> str:
    """Our own line of code in a traceback names the canary; the value is not in it."""
    return 'raise KeyError(samples.ANSWERS["name"])'


def test_what_goes_wrong_in_the_reconciler_and_the_stream_is_told_by_code(world: World, written: io.StringIO) -> None:
    reference = world.submit().reference

    def fails(*_: Any) -> None:
        raise ValueError(samples.ANSWERS["what_happened"])

    world.machines.start = fails  # type: ignore[method-assign]
    world.machines.is_running = fails  # type: ignore[method-assign]
    world.stream.pump()
    world.clock.move(minutes=1)
    world.functions["reconcile"]({}, None)
    assert reference in written.getvalue()
    assert "ValueError" in written.getvalue()
    assert found_in(written.getvalue()) == []


def refusals(world: World) -> dict[str, Callable[[], Any]]:
    """Ways to be refused with a personal value in hand."""
    services, private = world.services, samples.ANSWERS["what_happened"]
    reference = world.go([])
    return {
        "unknown field": lambda: world.submit({**samples.ANSWERS, private: private}, key="a"),
        "wrong type": lambda: world.submit({**samples.ANSWERS, "name": [private]}, key="b"),
        "not in the list": lambda: world.submit({**samples.ANSWERS, "contact_way": private}, key="c"),
        "not an address": lambda: world.submit({**samples.ANSWERS, "email": private}, key="d"),
        "too long": lambda: world.submit({**samples.ANSWERS, "name": private * 200}, key="e"),
        "a sign that cannot be read": lambda: world.submit({**samples.ANSWERS, "name": private + "\0"}, key="f"),
        "other answers": lambda: world.submit({**samples.ANSWERS, "outcome_wanted": private}),
        "unknown kind": lambda: submit.submit(services, private, {}, idempotency_key="g"),
        "tracking a name": lambda: track.sign_in(services, private, private, private),
        "a wrong code": lambda: track.sign_in(services, reference, private, private),
        "a pass of words": lambda: track.open_pass(services, f"{private}.{private}"),
        "no such outcome": lambda: world.decide(reference, private, data={}),
        "wrong data": lambda: world.decide(reference, "accept", data={"procedure": private, private: private}),
        "a long reason": lambda: world.decide(reference, "accept", reason=private * 100),
    }


def test_no_error_repeats_what_was_sent(world: World, written: io.StringIO) -> None:
    for name, act in refusals(world).items():
        with pytest.raises(CaseServiceError) as refused:
            act()
        error = refused.value
        assert not isinstance(error, PolicyFault), name
        told = [str(error), repr(error), error.message, str(getattr(error, "problems", ""))]
        assert found_in(" ".join(told)) == [], name
        assert found_in(str(error.__cause__)) == [], name
    assert found_in(written.getvalue()) == []


def test_a_draft_tells_nothing_either(world: World, written: io.StringIO) -> None:
    drafts.save(world.services, "draft-1", "complaint", samples.ANSWERS)
    drafts.open_draft(world.services, "draft-1", "complaint")
    drafts.discard(world.services, "draft-1")
    assert found_in(written.getvalue()) == []
    assert world.services.store.draft("draft-1") is None


def test_keys_and_index_keys_hold_none(world: World) -> None:
    """What an operator sees in metrics and error texts of DynamoDB are keys."""
    world.go(samples.LOOPS)
    world.submit(samples.BY_POST, key="key-2")
    drafts.save(world.services, "draft-2", "complaint", samples.ANSWERS)
    keys = [str(item[name]) for item in world.items() for name in aws.KEYS if name in item]
    assert len(keys) > 40
    assert found_in(" ".join(keys)) == []
