"""The case service: web blueprints and Lambda functions, one line each. What they do is in `chalicelib/`."""

from __future__ import annotations

from typing import Any

from chalice import Chalice

from chalicelib import entry, web
from chalicelib.bootstrap import services
from chalicelib.commands import disposal, figures, workflow
from chalicelib.effects import digest, documents, stream
from chalicelib.effects import reconcile as rounds

app = Chalice(app_name="case-service")
entry.set_up_logs()
web.register(app)


@app.lambda_function()
@entry.guarded
def open_task(event: dict[str, Any], context: Any) -> Any:
    """Step Functions waits for a person: the task goes on a desk."""
    asked = (event["reference"], event["attempt"], event["task"], event["token"], event["after"])
    return workflow.open_task(services(), *asked)


@app.lambda_function()
@entry.guarded
def close_case(event: dict[str, Any], context: Any) -> Any:
    """A person has decided: the case closes and gets its disposal date."""
    return workflow.close_case(services(), event["reference"])


@app.lambda_function()
@entry.guarded
def check_clock(event: dict[str, Any], context: Any) -> Any:
    """The deadline clock woke: raise what is due, say when to wake again."""
    return workflow.check_clock(services(), event["reference"], event["revision"])


@app.lambda_function()
@entry.guarded
def on_change(event: dict[str, Any], context: Any) -> Any:
    """The table's stream brings events: do what follows from them."""
    return stream.on_change(services(), event)


@app.lambda_function()
@entry.guarded
def on_scan(event: dict[str, Any], context: Any) -> Any:
    """A file came into quarantine, or the scanner has a result: check it."""
    return documents.on_scan(services(), event)


@app.lambda_function()
@entry.guarded
def reconcile(event: Any, context: Any) -> Any:
    """Find in the table what an effect failed to do, and do it again."""
    return rounds.reconcile(services())


@app.lambda_function()
@entry.guarded
def dispose(event: Any, context: Any) -> Any:
    """Each night what is due goes, with a certificate; what must be kept is kept."""
    return disposal.run(services(), lambda: context.get_remaining_time_in_millis() / 1000)


@app.lambda_function()
@entry.guarded
def morning(event: Any, context: Any) -> Any:
    """Send each member of staff what is late, due and waiting, once each working day."""
    return {"sent": digest.send(services()), "published": figures.publish(services())}
