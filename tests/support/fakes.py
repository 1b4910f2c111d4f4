"""What the tests put in the place of the wall clock, chance, the secret, the mail and the user pool."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.adapters.mail import MailRefused
from chalicelib.domain.errors import NotSignedIn

from .calls import Calls

MONDAY_MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class FrozenClock:
    """Stands still until a test moves it. Instants are aware and in UTC."""

    def __init__(self, now: datetime = MONDAY_MORNING) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> datetime:
        """Move on by `days=…, hours=…` and so on; returns the new now."""
        self._now += timedelta(**by)
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now


class SeededIds:
    """The same "random" values in each run of a test."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def below(self, limit: int) -> int:
        return self._random.randrange(limit)

    def token(self) -> str:
        return self._random.randbytes(32).hex()


class FixedKeys:
    def __init__(self, secret: bytes = b"a secret of the tests") -> None:
        self._secret = secret

    def key(self, label: str) -> bytes:
        return hmac.new(self._secret, label.encode(), hashlib.sha256).digest()


@dataclass(frozen=True)
class Sent:
    to: str
    subject: str
    text: str
    html: str


class Outbox:
    """A mail service that keeps what it took, and refuses as often as a test wants."""

    def __init__(self, calls: Calls) -> None:
        self.sent: list[Sent] = []
        self.refusals = 0
        self.tried = 0
        self._calls = calls

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        self.tried += 1
        self._calls.before("SendEmail")
        if self.refusals:
            self.refusals -= 1
            raise MailRefused("Throttling")
        self.sent.append(Sent(to, subject, text, html))
        self._calls.after("SendEmail")

    def text(self, to: str, words: str) -> None:
        self._calls.before("SendText")
        self.sent.append(Sent(to, "", words, ""))

    def letter(self, address: Sequence[str], subject: str, paragraphs: Sequence[str]) -> None:
        self._calls.before("SendLetter")
        self.sent.append(Sent("\n".join(address), subject, "\n\n".join(paragraphs), ""))


@dataclass
class FakeIdentity:
    """A user pool that knows what a test tells it: claims by code and by token."""

    codes: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    tokens: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    challenges: list[tuple[str, str, str]] = field(default_factory=list)
    verifiers: list[str] = field(default_factory=list)

    def authorize_url(self, state: str, challenge: str, nonce: str) -> str:
        self.challenges.append((state, challenge, nonce))
        return f"https://pool.example.org/oauth2/authorize?state={state}"

    def exchange(self, code: str, verifier: str) -> Mapping[str, Any]:
        self.verifiers.append(verifier)
        if code not in self.codes:
            raise NotSignedIn
        return self.codes.pop(code)

    def verify(self, token: str) -> Mapping[str, Any]:
        if token not in self.tokens:
            raise NotSignedIn
        return self.tokens[token]
