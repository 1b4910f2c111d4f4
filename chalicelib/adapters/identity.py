"""The user pool: sign-in by authorization code with PKCE (RFC 7636), and the check of bearer tokens.

Signatures are RS256. They are checked here with one modular power (RFC 8017 section 8.2.2), so that the compiled
cryptography package, larger than everything else we ship together, stays out of the Lambda. Only public keys are
used, so there is no secret to leak by timing. PyJWT checks the claims. See docs/decisions/0003-token-check.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from ..domain.errors import NotSignedIn

SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
TIMEOUT = 5
AGAIN = 30.0  # seconds between two looks for keys, so that made-up key ids are no flood


class UserPool:
    """`issuer` is the pool's `iss`, `keys_url` where its keys are, `sign_in_url` the base of its hosted pages and
    `redirect_url` where these send the browser back. `seconds` only ever goes up."""

    def __init__(
        self,
        *,
        issuer: str,
        keys_url: str,
        client_id: str,
        sign_in_url: str,
        redirect_url: str,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer, self._keys_url, self._client_id = issuer, keys_url, client_id
        self._sign_in_url, self._redirect_url = sign_in_url, redirect_url
        self._keys: dict[str, tuple[int, int]] = {}
        self._seconds, self._looked = seconds, float("-inf")

    def authorize_url(self, state: str, challenge: str, nonce: str) -> str:
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_url,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._sign_in_url}/oauth2/authorize?{urlencode(query)}"

    def exchange(self, code: str, verifier: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "client_id": self._client_id,
            "code": code,
            "redirect_uri": self._redirect_url,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        request = Request(f"{self._sign_in_url}/oauth2/token", urlencode(form).encode(), headers)  # noqa: S310
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310  (our own pool, from the template)
                token = json.load(answer)["id_token"]
        except (URLError, ValueError, KeyError, TimeoutError):
            raise NotSignedIn("That sign-in did not work. Sign in again.") from None
        return self.verify(token)

    def verify(self, token: str) -> Mapping[str, Any]:
        """The claims of an ID or access token of this pool and client: signature, issuer, expiry, audience."""
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != "RS256":
                raise NotSignedIn
            signed, _, signature = token.rpartition(".")
            if not _signature_holds(self._key(str(header.get("kid"))), signed.encode(), _bytes(signature)):
                raise NotSignedIn
            claims: dict[str, Any] = jwt.decode(
                token,
                options={"verify_signature": False, "verify_exp": True, "verify_iss": True, "require": ["exp", "iss"]},
                issuer=self._issuer,
                leeway=5,
            )
        except (jwt.PyJWTError, ValueError):
            raise NotSignedIn from None
        audience = claims.get("aud") if claims.get("token_use") == "id" else claims.get("client_id")
        if audience != self._client_id or claims.get("token_use") not in ("id", "access"):
            raise NotSignedIn
        return claims

    def _key(self, kid: str) -> tuple[int, int]:
        """Modulus and exponent of the pool's key; an unknown id is looked up once more, keys are rotated."""
        if kid not in self._keys and self._seconds() - self._looked > AGAIN:
            try:
                with urlopen(f"{self._keys_url}/.well-known/jwks.json", timeout=TIMEOUT) as answer:  # noqa: S310
                    found = json.load(answer)["keys"]
            except (URLError, TimeoutError):
                raise NotSignedIn("Sign-in cannot be checked just now. Try again in a minute.") from None
            self._keys = {
                key["kid"]: (int.from_bytes(_bytes(key["n"]), "big"), int.from_bytes(_bytes(key["e"]), "big"))
                for key in found
                if key.get("kty") == "RSA"
            }
            self._looked = self._seconds()
        if kid not in self._keys:
            raise NotSignedIn
        return self._keys[kid]


def _signature_holds(key: tuple[int, int], message: bytes, signature: bytes) -> bool:
    """RSASSA-PKCS1-v1_5 with SHA-256: rebuild the only padding there may be and compare all of it."""
    modulus, exponent = key
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= modulus or size < 256:
        return False
    digest = SHA256_PREFIX + hashlib.sha256(message).digest()
    expected = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    return hmac.compare_digest(pow(number, exponent, modulus).to_bytes(size, "big"), expected)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
