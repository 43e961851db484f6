from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.github.app import create_app
from sandbox.github.app_key import APP_ID, CLIENT_ID, INSTALLATION_ID
from sandbox.world import World
from tests.sandbox.calls import Caller
from tests.sandbox.conftest import Clock
from tests.sandbox.github.conftest import REPOSITORY

MINT = f"/app/installations/{INSTALLATION_ID}/access_tokens"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = (
    PRIVATE.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(world: World) -> Ask:
    """Ask with a bearer token of any kind."""
    caller = Caller(
        create_app(world, token="operator's", app_key=PUBLIC), base_url="http://github.sandbox/api/v3"
    )

    def asking(method: str, path: str, token: str, **more: Any) -> httpx.Response:
        return caller(method, path, headers={"Authorization": f"Bearer {token}"}, **more)

    return asking


def signed(
    clock: Clock,
    *,
    issuer: str = str(APP_ID),
    begins: int = -60,
    ends: int = 540,
    key: rsa.RSAPrivateKey = PRIVATE,
) -> str:
    now = int(clock().timestamp())
    return jwt.encode({"iat": now + begins, "exp": now + ends, "iss": issuer}, key, algorithm="RS256")


@pytest.mark.parametrize("issuer", [str(APP_ID), CLIENT_ID])
def test_the_app_signs_for_itself_by_its_id_or_client_id(ask: Ask, clock: Clock, issuer: str) -> None:
    answer = ask("GET", "/app", signed(clock, issuer=issuer))

    assert (answer.status_code, answer.json()["id"]) == (200, APP_ID)
    assert set(answer.json()["permissions"].values()) == {"read"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"key": OTHER}, "could not be decoded"),
        ({"ends": -1}, "'exp'"),
        ({"ends": 3600}, "too far in the future"),
        ({"begins": 600}, "'iat'"),
    ],
)
def test_a_signature_that_is_not_good_is_401(ask: Ask, clock: Clock, wrong: Any, said: str) -> None:
    answer = ask("POST", MINT, signed(clock, **wrong))

    assert answer.status_code == 401
    assert said in answer.json()["message"]


def test_a_token_is_no_signature(ask: Ask) -> None:
    assert ask("GET", "/app", "operator's").status_code == 401


def test_another_apps_signature_finds_no_app(ask: Ask, clock: Clock) -> None:
    assert ask("GET", "/app", signed(clock, issuer="12")).status_code == 404


def test_an_installations_token_may_what_was_asked_for_and_no_more(ask: Ask, clock: Clock) -> None:
    body = {"permissions": {"contents": "read"}, "repositories": ["finance_report"]}
    minted = ask("POST", MINT, signed(clock), json=body)
    token = minted.json()["token"]

    assert minted.status_code == 201
    assert minted.json()["permissions"] == {"contents": "read", "metadata": "read"}
    assert [one["full_name"] for one in minted.json()["repositories"]] == ["zitian-party/finance_report"]
    assert ask("GET", REPOSITORY, token).status_code == 200
    refused = ask("GET", f"{REPOSITORY}/environments", token)
    assert (refused.status_code, refused.headers["x-accepted-github-permissions"]) == (403, "actions=read")


def test_a_minted_token_ends_after_an_hour(ask: Ask, clock: Clock) -> None:
    minted = ask("POST", MINT, signed(clock)).json()

    assert minted["expires_at"] == "2026-11-23T13:00:00Z"
    assert ask("GET", REPOSITORY, minted["token"]).status_code == 200
    clock.turn(3600)
    answer = ask("GET", REPOSITORY, minted["token"])
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def test_a_revoked_token_is_of_no_use(ask: Ask, clock: Clock) -> None:
    token = ask("POST", MINT, signed(clock)).json()["token"]

    assert ask("DELETE", "/installation/token", token).status_code == 204
    assert ask("DELETE", "/installation/token", token).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"permissions": {"environments": "write"}},
        {"permissions": {"issues": "read"}},
        {"permissions": ["contents"]},
        {"repositories": ["another"]},
    ],
)
def test_more_than_the_app_was_given_is_422(ask: Ask, clock: Clock, body: Any) -> None:
    assert ask("POST", MINT, signed(clock), json=body).status_code == 422


def test_another_installation_is_404(ask: Ask, clock: Clock) -> None:
    assert ask("POST", "/app/installations/1/access_tokens", signed(clock)).status_code == 404


def test_what_the_app_is_given_can_be_changed(ask: Ask, clock: Clock, control: Caller) -> None:
    control("PUT", "/app", json={"permissions": {"administration": "write"}})

    (installation,) = ask("GET", "/app/installations", signed(clock)).json()
    assert installation["permissions"] == {"administration": "write"}
    assert ask("GET", f"{REPOSITORY}/installation", signed(clock)).json()["id"] == INSTALLATION_ID


def test_without_a_key_nobody_signs(world: World, clock: Clock) -> None:
    caller = Caller(create_app(world, token="t"), base_url="http://github.sandbox/api/v3")

    answer = caller("GET", "/app", headers={"Authorization": f"Bearer {signed(clock)}"})
    assert answer.status_code == 401
