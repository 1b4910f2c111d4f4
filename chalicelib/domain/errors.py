"""What can go wrong with what a person sent, in words that tell the person what to do.

Every error has a stable `code`, the HTTP `status` of the interface and a `message` in plain English. None of
them ever carries the value that was sent (UK GDPR Art 5(1)(f): logs and error pages are read by others).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .language import say_count


@dataclass(frozen=True)
class Problem:
    """One thing to mend: a JSON pointer into what was sent, the schema rule it broke, and words for a person."""

    pointer: str
    rule: str
    message: str


class CaseServiceError(Exception):
    """Base of all refusals. The exception's text is its code only, so that no log can carry more."""

    code = "error"
    status = 400
    message = "We could not do that."

    def __init__(self, message: str = "") -> None:
        super().__init__(self.code)
        if message:
            self.message = message


class Invalid(CaseServiceError):
    """What was sent does not fit the rules; `problems` says where and why."""

    code = "invalid"
    status = 422
    message = "Some of the answers need to be changed."

    def __init__(self, problems: tuple[Problem, ...], message: str = "") -> None:
        super().__init__(message)
        self.problems = problems


class Unlawful(Invalid):
    """What the law does not allow, as an extension that comes too late. The attempt stays on the timeline."""

    code = "unlawful"


class NotFound(CaseServiceError):
    code = "not_found"
    status = 404
    message = "We could not find that. Check it and try again."


class NotSignedIn(CaseServiceError):
    code = "not_signed_in"
    status = 401
    message = "Sign in to go on."


class NotAllowed(CaseServiceError):
    code = "not_allowed"
    status = 403
    message = "You are not allowed to do that."


class AlreadyDecided(CaseServiceError):
    """Another decision on the same task was first (invariant: exactly one decision)."""

    code = "already_decided"
    status = 409
    message = "This task has already been decided."

    def __init__(self, who: str, outcome: str, at: datetime | None) -> None:
        super().__init__(f"This task has already been decided by {who}.")
        self.who, self.outcome, self.at = who, outcome, at


class Stale(CaseServiceError):
    code = "stale_version"
    status = 409
    message = "This case has changed since you opened it. Look at it again, then decide."


class KeyReused(CaseServiceError):
    code = "key_reused"
    status = 409
    message = "This key was used before with other answers. Use a new key for a new submission."


class TooLarge(CaseServiceError):
    code = "too_large"
    status = 413
    message = "That is too much to send at once. Make it shorter and try again."


class TooOften(CaseServiceError):
    code = "too_often"
    status = 429
    message = "There were too many tries. Try again later."

    def __init__(self, retry_after: int) -> None:
        """`retry_after` in seconds."""
        minutes = -(-retry_after // 60)
        super().__init__(
            say_count(
                "There were too many tries. Try again in {count} minute.",
                "There were too many tries. Try again in {count} minutes.",
                minutes,
            )
        )
        self.retry_after = retry_after


class PolicyFault(CaseServiceError):
    """A policy or schema file is wrong; for operators, with file, line and reason."""

    code = "policy_fault"
    status = 500

    def __init__(self, file: str, line: int, pointer: str, reason: str) -> None:
        super().__init__(f"{file}:{line}: {pointer or '/'}: {reason}")
        self.file, self.line, self.pointer, self.reason = file, line, pointer, reason

    def __str__(self) -> str:
        return self.message


class Conflict(CaseServiceError):
    """A conditional write lost a race; the command that caught it reads again and says what it found."""

    code = "conflict"
    status = 409
    message = "Somebody else changed this at the same moment. Look again, then decide."

    def __init__(self, *failed: str) -> None:
        super().__init__()
        self.failed = failed
