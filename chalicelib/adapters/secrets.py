"""One random secret, made by the template and read once per process; a key for each purpose is derived from it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import Any


class SecretKeys:
    def __init__(self, secret_id: str, client: Any) -> None:
        self._id, self._client, self._secret = secret_id, client, b""

    def key(self, label: str) -> bytes:
        """HMAC-SHA256 of the label under the secret (32 bytes): keys of different purposes are unrelated."""
        if not self._secret:
            self._secret = self._client().get_secret_value(SecretId=self._id)["SecretString"].encode()
        return hmac.new(self._secret, label.encode(), hashlib.sha256).digest()


class RandomIds:
    def below(self, limit: int) -> int:
        return secrets.randbelow(limit)

    def token(self) -> str:
        return secrets.token_urlsafe(32)


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)
