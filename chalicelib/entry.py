"""How a Lambda function is entered: structured logs, and errors that carry a code and nothing else.

The text of an exception becomes the `Cause` in an execution's history, which others may read for 90 days, and a line in
the log. So no exception leaves a function with more than its code.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from .domain.errors import CaseServiceError
from .faults import code_of, place_of

log = logging.getLogger("cases")

Handler = Callable[[Any, Any], Any]


class TaskFailed(Exception):
    """A function could not do its work; the text is a code."""


class JsonLines(logging.Formatter):
    """One JSON object a line: the message is a fixed word, `fields` an allow-list that the caller chose."""

    def format(self, record: logging.LogRecord) -> str:
        fields: Mapping[str, Any] = getattr(record, "fields", {})
        return json.dumps({"level": record.levelname, "event": record.getMessage(), **fields}, default=str)


def set_up_logs() -> None:
    """Our own lines as JSON to standard output; libraries only from errors on, and without their texts."""
    if not log.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False


def guarded(function: Handler) -> Handler:
    """Log what a function did, and let only a code out when it fails."""

    @wraps(function)
    def enter(event: Any, context: Any) -> Any:
        name = function.__name__
        try:
            answer = function(event, context)
        except CaseServiceError as error:
            log.warning("refused", extra={"fields": {"function": name, "code": error.code}})
            raise TaskFailed(error.code) from None
        except Exception as error:
            place = place_of(error)
            log.error("failed", extra={"fields": {"function": name, "code": code_of(error), "at": place}})
            raise TaskFailed(code_of(error)) from None
        log.info("done", extra={"fields": {"function": name}})
        return answer

    return enter
