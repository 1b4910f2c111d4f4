"""Staff sign-in: one browser, one use, our own pages only; sessions end by themselves."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chalicelib.commands import sessions
from chalicelib.commands.sessions import _own_path
from chalicelib.domain.errors import NotSignedIn

from ..support import samples
from ..support.world import World


def claims(nonce_given: str, **changes: Any) -> dict[str, Any]:
    found = {
        "cognito:username": samples.OFFICER.id,
        "cognito:groups": ["ig_officer"],
        "name": samples.OFFICER.name,
        "email": samples.OFFICER.email,
        "nonce": nonce_given,
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def begin(world: World, return_to: str = "/staff/cases/FF-AAA-AAA-AAA") -> tuple[str, str]:
    """A sign-in that has begun: its state, and the nonce that the pool must give back."""
    start = sessions.begin_sign_in(world.services, return_to)
    state, _, nonce = world.identity.challenges[-1]
    assert start.state_cookie == state
    return state, nonce


def sign_in(world: World, **changes: Any) -> str:
    state, nonce = begin(world)
    world.identity.codes["code"] = claims(nonce, **changes)
    token, _ = sessions.finish_sign_in(world.services, state, "code", state)
    return token


def test_a_sign_in_gives_a_session_and_leads_back(world: World) -> None:
    state, nonce = begin(world)
    world.identity.codes["code"] = claims(nonce)
    token, path = sessions.finish_sign_in(world.services, state, "code", state)
    assert path == "/staff/cases/FF-AAA-AAA-AAA"
    session = sessions.load(world.services, token)
    assert session is not None
    assert session.actor == samples.OFFICER
    assert len(session.csrf_key) == 32


def test_the_challenge_is_the_hash_of_the_verifier(world: World) -> None:
    """RFC 7636 section 4.2, S256."""
    sign_in(world)
    [verifier] = world.identity.verifiers
    _, challenge, _ = world.identity.challenges[0]
    assert challenge == base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert 43 <= len(verifier) <= 128


def test_a_state_is_used_once(world: World) -> None:
    state, nonce = begin(world)
    world.identity.codes.update(one=claims(nonce), two=claims(nonce))
    sessions.finish_sign_in(world.services, state, "one", state)
    with pytest.raises(NotSignedIn):
        sessions.finish_sign_in(world.services, state, "two", state)
    assert "two" in world.identity.codes


def test_a_state_used_at_once_in_eight_windows_signs_in_one(world: World) -> None:
    state, nonce = begin(world)
    world.identity.codes.update({str(n): claims(nonce) for n in range(8)})

    def finish(number: int) -> bool:
        try:
            sessions.finish_sign_in(world.services, state, str(number), state)
        except NotSignedIn:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(finish, range(8))) == 1


def test_a_state_of_another_browser_is_refused_and_not_used_up(world: World) -> None:
    state, nonce = begin(world)
    other, _ = begin(world)
    world.identity.codes["code"] = claims(nonce)
    for cookie in ("", other, state[:-1], "\u00e9"):
        with pytest.raises(NotSignedIn):
            sessions.finish_sign_in(world.services, state, "code", cookie)
    for wrong in ("", "never-begun"):
        with pytest.raises(NotSignedIn):
            sessions.finish_sign_in(world.services, wrong, "code", wrong)
    sessions.finish_sign_in(world.services, state, "code", state)


def test_a_sign_in_that_takes_too_long_is_over(world: World) -> None:
    state, nonce = begin(world)
    world.identity.codes["code"] = claims(nonce)
    world.clock.move(minutes=10)
    with pytest.raises(NotSignedIn):
        sessions.finish_sign_in(world.services, state, "code", state)


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"cognito:groups": None},
        {"cognito:groups": []},
        {"cognito:groups": ["stranger"]},
        {"cognito:groups": "stranger"},
        {"cognito:username": None},
    ],
    ids=str,
)
def test_who_is_not_signed_in(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        sign_in(world, **changes)
    assert not [item for item in world.items() if item["sk"] == "SESSION"]


def test_groups_may_come_as_one_word(world: World) -> None:
    token = sign_in(world, **{"cognito:groups": "ig_manager,auditor"})
    session = sessions.load(world.services, token)
    assert session is not None
    assert session.actor.roles == {"ig_manager", "auditor"}


def test_a_session_ends_half_an_hour_after_its_last_use(world: World) -> None:
    token = sign_in(world)
    world.clock.move(minutes=29, seconds=59)
    assert sessions.load(world.services, token)
    world.clock.move(minutes=29, seconds=59)
    assert sessions.load(world.services, token)
    world.clock.move(minutes=30)
    assert sessions.load(world.services, token) is None


def test_a_session_ends_after_eight_hours_however_busy(world: World) -> None:
    token = sign_in(world)
    for _ in range(8 * 6 - 1):
        world.clock.move(minutes=10)
        assert sessions.load(world.services, token)
    world.clock.move(minutes=9, seconds=59)
    assert sessions.load(world.services, token)
    world.clock.move(seconds=1)
    assert sessions.load(world.services, token) is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.integers(1, 45 * 60), min_size=1, max_size=20))
def test_whatever_the_rhythm_of_use(world: World, pauses: list[int]) -> None:
    """Alive exactly while no pause reached 30 minutes since the use that was noted, and 8 hours are not over. A use
    is noted once in five minutes, so a session may end up to five minutes early, never late."""
    token, started, last = sign_in(world), world.clock.now(), world.clock.now()
    for pause in pauses:
        now = world.clock.move(seconds=pause)
        found = sessions.load(world.services, token) is not None
        over = now - started >= timedelta(hours=8) or now - last >= timedelta(minutes=30)
        if over:
            assert not found
        elif now - last < timedelta(minutes=25):
            assert found
        if not found:
            return
        last = now


def test_a_busy_session_writes_once_in_five_minutes(world: World) -> None:
    token = sign_in(world)
    world.watch()
    with world.calls.counted() as made:
        for _ in range(10):
            world.clock.move(seconds=30)
            sessions.load(world.services, token)
    assert made.count("PutItem") == 1


def test_signing_out_ends_the_session(world: World) -> None:
    token = sign_in(world)
    sessions.end(world.services, token)
    assert sessions.load(world.services, token) is None
    sessions.end(world.services, token)
    assert sessions.load(world.services, "") is None


def test_each_session_has_its_own_form_key_and_the_table_no_token(world: World) -> None:
    tokens = [sign_in(world), sign_in(world)]
    found = [sessions.load(world.services, token) for token in tokens]
    keys = {session.csrf_key for session in found if session}
    assert len(keys) == 2
    assert not any(token in str(item) for token in tokens for item in world.items())


def test_the_bearer_of_a_token_is_its_actor(world: World) -> None:
    world.identity.tokens["bearer"] = {"username": "mona.manager", "cognito:groups": ["ig_manager"]}
    actor = sessions.actor_from_bearer(world.services, "bearer")
    assert (actor.id, actor.roles) == ("mona.manager", {"ig_manager"})
    with pytest.raises(NotSignedIn):
        sessions.actor_from_bearer(world.services, "other")


@pytest.mark.parametrize(
    "path", ["/staff", "/staff/cases/FF-AAA-AAA-AAA", "/staff/tasks/FF-AAA-AAA-AAA.1?outcome=accept"]
)
def test_our_own_pages_are_places_to_come_back_to(path: str) -> None:
    assert _own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "//evil.example", "https://evil.example/staff/", "/\\evil.example", "/staff//evil.example",
        "/staff/\\evil.example", "/staffevil", "/staff\r\nSet-Cookie: a=b", "/staff/\r\nLocation: x", "/staff/\t",
        "staff/", "javascript:alert(1)", "/track", " /staff/", "/staff/\u2028",
        "/staff@evil.example", "/staff.evil.example/",
    ],
)  # fmt: skip
def test_nothing_else_is(path: str) -> None:
    assert _own_path(path) == "/staff"


@given(st.text(max_size=30).map(lambda text: "/staff/" + text))
@example("/staff/..//evil.example")
def test_any_path_stays_on_our_host(path: str) -> None:
    from urllib.parse import urljoin, urlsplit

    found = _own_path(path)
    assert urlsplit(urljoin("https://cases.example.org/staff/signed-in", found)).netloc == "cases.example.org"
    assert not set(found) & set("\r\n\\\0")
