"""Bearer tokens: our check of RS256 against the `cryptography` package as oracle, and every way to cheat."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.identity import AGAIN, UserPool, _signature_holds
from chalicelib.domain.errors import NotSignedIn

CLIENT = "client-1"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
LONG = rsa.generate_private_key(public_exponent=65537, key_size=3072)
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)
PUBLISHED = {"key-1": KEY, "long": LONG, "short": SHORT}


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def jwk(kid: str, key: Any) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    return {"kid": kid, "kty": "RSA", "n": b64(numbers.n.to_bytes(size, "big")), "e": b64(numbers.e.to_bytes(3, "big"))}


class Pool(http.server.BaseHTTPRequestHandler):
    """The pool's published keys and its token address."""

    keys: list[dict[str, str]] = [jwk(kid, key) for kid, key in PUBLISHED.items()] + [{"kid": "ec", "kty": "EC"}]
    asked: list[str] = []
    answer: dict[str, Any] = {}

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self._send({"keys": self.keys})

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._send(self.answer)

    def _send(self, body: Any) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pool)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/pool"
    server.shutdown()
    server.server_close()


def pool_at(address: str, **more: Any) -> UserPool:
    return UserPool(
        issuer=address,
        keys_url=address,
        client_id=CLIENT,
        sign_in_url=address,
        redirect_url="https://cases.example.org/staff/signed-in",
        **more,
    )


@pytest.fixture(scope="module")
def pool(issuer: str) -> UserPool:
    return pool_at(issuer)


def claims(issuer: str, **changes: Any) -> dict[str, Any]:
    body = {"iss": issuer, "exp": int(time.time()) + 600, "token_use": "id", "aud": CLIENT, "sub": "1", **changes}
    return {name: value for name, value in body.items() if value is not None}


def token(body: dict[str, Any], key: Any = KEY, kid: str | None = "key-1", algorithm: str = "RS256") -> str:
    headers = {"kid": kid} if kid else {}
    return jwt.encode(body, key, algorithm=algorithm, headers=headers)


def refused(pool: UserPool, text: str) -> None:
    with pytest.raises(NotSignedIn):
        pool.verify(text)


def test_a_good_token_gives_its_claims(pool: UserPool, issuer: str) -> None:
    assert pool.verify(token(claims(issuer)))["sub"] == "1"
    assert pool.verify(token(claims(issuer), LONG, "long"))["sub"] == "1"
    access = claims(issuer, token_use="access", aud=None, client_id=CLIENT)
    assert pool.verify(token(access))["token_use"] == "access"


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"aud": [CLIENT, "other"]},
        {"token_use": "refresh"},
        {"token_use": None},
        {"token_use": "access"},
        {"token_use": "access", "client_id": "other"},
        {"token_use": "id", "aud": None, "client_id": CLIENT},
    ],
    ids=str,
)
def test_wrong_claims_are_refused(pool: UserPool, issuer: str, changes: dict[str, Any]) -> None:
    refused(pool, token(claims(issuer, **changes)))


def test_the_wrong_key_is_refused(pool: UserPool, issuer: str) -> None:
    refused(pool, token(claims(issuer), OTHER))
    refused(pool, token(claims(issuer), LONG, "key-1"))
    refused(pool, token(claims(issuer), KEY, "long"))
    refused(pool, token(claims(issuer), KEY, None))
    refused(pool, token(claims(issuer), KEY, "unknown"))
    refused(pool, token(claims(issuer), KEY, "ec"))


@pytest.mark.filterwarnings("ignore:The RSA key is 1024 bits")
def test_a_short_key_is_refused_even_when_it_is_published(pool: UserPool, issuer: str) -> None:
    refused(pool, token(claims(issuer), SHORT, "short"))


def test_no_algorithm_and_other_algorithms_are_refused(pool: UserPool, issuer: str) -> None:
    body = claims(issuer)
    none = f"{b64(json.dumps({'alg': 'none', 'kid': 'key-1'}).encode())}.{b64(json.dumps(body).encode())}."
    refused(pool, none)
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for algorithm in ("HS256", "none", "rs256", "RS512", "PS256"):
        head = b64(json.dumps({"alg": algorithm, "kid": "key-1"}).encode())
        signed = f"{head}.{b64(json.dumps(body).encode())}"
        refused(pool, f"{signed}.{b64(hmac.digest(public, signed.encode(), 'sha256'))}")
        refused(pool, f"{signed}.{b64(KEY.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}")
    for other in ("RS384", "RS512", "PS256"):
        refused(pool, token(body, KEY, "key-1", other))


def test_any_tampering_is_refused(pool: UserPool, issuer: str) -> None:
    head, body, signature = token(claims(issuer)).split(".")
    changed = b64(json.dumps(claims(issuer, sub="2")).encode())
    refused(pool, f"{head}.{changed}.{signature}")
    refused(pool, f"{head}.{body}.{b64(bytes(256))}")
    refused(pool, f"{head}.{body}.{signature[:-8]}")
    refused(pool, f"{head}.{body}.")
    refused(pool, f"{head}.{body}")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    for place in range(0, 256, 17):
        raw[place] ^= 1
        refused(pool, f"{head}.{body}.{b64(bytes(raw))}")
        raw[place] ^= 1


def test_text_that_is_no_token_is_refused(pool: UserPool) -> None:
    deep = b64(b"[" * 100_000)
    deep_in_object = b64(b'{"alg":"RS256","kid":' + b"[" * 100_000)
    for text in (
        "",
        ".",
        "..",
        "a.b.c",
        "é.é.é",
        "\ud800",
        "x" * 10_000,
        f"{deep}.{deep}.",
        f"{deep_in_object}.e30.AA",
    ):
        refused(pool, text)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_refused_kindly(pool: UserPool, text: str) -> None:
    refused(pool, text)
    head = b64(json.dumps({"alg": "RS256", "kid": text}).encode())
    refused(pool, f"{head}.{head}.{head}")


@settings(max_examples=60, deadline=None)
@given(message=st.binary(max_size=200), key=st.sampled_from([KEY, LONG]))
def test_the_check_agrees_with_cryptography_on_good_signatures(message: bytes, key: Any) -> None:
    numbers = key.public_key().public_numbers()
    signature = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    assert _signature_holds((numbers.n, numbers.e), message, signature)
    assert not _signature_holds((numbers.n, numbers.e), message + b"x", signature)


def raw_power(block: bytes, key: Any = KEY) -> bytes:
    """A "signature" whose padding the forger chose: what a lax check would accept."""
    private = key.private_numbers()
    modulus = private.public_numbers.n
    return pow(int.from_bytes(block, "big"), private.d, modulus).to_bytes(256, "big")


def forgeries(message: bytes) -> Iterator[bytes]:
    digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(message).digest()
    fill = 256 - len(digest) - 3
    yield b"\x00\x01" + b"\xff" * 8 + b"\x00" + digest + bytes(fill - 8)
    yield b"\x00\x01" + b"\xff" * (fill - 1) + b"\x00" + digest + b"\x00"
    yield b"\x00\x02" + b"\xff" * fill + b"\x00" + digest
    yield b"\x00\x01" + b"\xfe" * fill + b"\x00" + digest
    yield b"\x00\x00" + b"\xff" * fill + b"\x00" + digest
    plain = hashlib.sha256(message).digest()
    yield b"\x00\x01" + b"\xff" * (256 - len(plain) - 3) + b"\x00" + plain
    without_null = bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + plain
    yield b"\x00\x01" + b"\xff" * (256 - len(without_null) - 3) + b"\x00" + without_null


def test_the_check_agrees_with_cryptography_on_bad_padding() -> None:
    public = KEY.public_key()
    numbers, message = public.public_numbers(), b"message"
    for block in forgeries(message):
        signature = raw_power(block)
        with pytest.raises(Exception):  # noqa: B017, PT011  (InvalidSignature: the oracle says no)
            public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        assert not _signature_holds((numbers.n, numbers.e), message, signature)


def test_a_signature_beyond_the_modulus_or_of_another_length_is_refused() -> None:
    numbers = KEY.public_key().public_numbers()
    good = KEY.sign(b"m", padding.PKCS1v15(), hashes.SHA256())
    larger = int.from_bytes(good, "big") + numbers.n
    if larger < 1 << 2048:
        assert not _signature_holds((numbers.n, numbers.e), b"m", larger.to_bytes(256, "big"))
    assert not _signature_holds((numbers.n, numbers.e), b"m", b"\x00" + good)
    assert not _signature_holds((numbers.n, numbers.e), b"m", good[1:])
    assert not _signature_holds((numbers.n, numbers.e), b"m", b"")


def test_keys_are_fetched_once_and_again_for_an_unknown_one(issuer: str) -> None:
    seconds = [0.0]
    fresh = pool_at(issuer, seconds=lambda: seconds[0])
    Pool.asked.clear()
    for _ in range(3):
        fresh.verify(token(claims(issuer)))
    assert len(Pool.asked) == 1
    rotated = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    Pool.keys.append(jwk("key-2", rotated))
    refused(fresh, token(claims(issuer), rotated, "key-2"))
    assert len(Pool.asked) == 1, "made-up key ids do not make us ask again and again"
    seconds[0] += AGAIN + 1
    assert fresh.verify(token(claims(issuer), rotated, "key-2"))["sub"] == "1"
    assert len(Pool.asked) == 2


def test_a_pool_that_does_not_answer_signs_nobody_in(issuer: str) -> None:
    away = pool_at("http://127.0.0.1:9")
    refused(away, token(claims(issuer)))
    with pytest.raises(NotSignedIn):
        away.exchange("code", "verifier")


def test_a_code_is_exchanged_with_its_verifier(pool: UserPool, issuer: str) -> None:
    Pool.answer = {"id_token": token(claims(issuer))}
    Pool.asked.clear()
    assert pool.exchange("code-1", "verifier-1")["sub"] == "1"
    assert "code=code-1" in Pool.asked[0]
    assert "code_verifier=verifier-1" in Pool.asked[0]
    for answer in (
        {},
        {"id_token": "x"},
        {"error": "invalid_grant"},
        {"id_token": token(claims(issuer), OTHER)},
        {"id_token": 7},
    ):
        Pool.answer = answer
        with pytest.raises(NotSignedIn):
            pool.exchange("code-1", "verifier-1")


def test_the_address_of_the_sign_in_page_carries_the_challenge(pool: UserPool) -> None:
    url = pool.authorize_url("state-1", "challenge-1", "nonce-1")
    for part in (
        "response_type=code",
        "state=state-1",
        "code_challenge=challenge-1",
        "code_challenge_method=S256",
        "nonce=nonce-1",
    ):
        assert part in url
