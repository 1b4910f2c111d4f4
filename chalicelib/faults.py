"""What a log may say of a fault of ours: fixed words that lead to its cause, and no value of anybody's."""

from __future__ import annotations

from typing import Any


def code_of(error: BaseException) -> str:
    """The name of the exception and, where AWS refused, AWS's own code: `DeleteError:AccessDeniedException`."""
    answer: Any = getattr(error, "response", None)
    said = getattr(error, "cause_response_code", None)  # pynamodb's errors carry it so, botocore's in `response`
    if not said and isinstance(answer, dict):
        said = answer.get("Error", {}).get("Code")
    name = type(error).__name__
    return f"{name}:{said}" if said and said != name else name


def place_of(error: BaseException) -> str:
    """File and line where it failed: enough to find the fault."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
