"""Dokploy's side of `connect`, against the emulator and with its faults (S1, S2 for this one object)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest
from starlette.applications import Starlette

from dokploy_provider.client import Client
from dokploy_provider.errors import ApiError
from dokploy_provider.timing import Clock
from sandbox.dokploy import create_app, seed_key
from sandbox.world import World
from strata.dokploy_vault import VaultObject, hand_over
from strata.errors import CommandError
from tests.sandbox.conftest import clock, world  # noqa: F401 - fixtures
from tests.sandbox.dokploy.stubs import YesDocker

KEY = "the-key"
WANTED = VaultObject(name="finance-report-staging", url="http://vault.test", mount="secret")


class Bridge(httpx.BaseTransport):
    """Asks an ASGI app from synchronous code; an exception of the app's is a cut connection."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app)) as client:
                url, content = str(request.url), request.read()
                return await client.request(request.method, url, content=content, headers=request.headers)

        try:
            answer = asyncio.run(ask())
        except Exception as error:  # the emulator cuts connections by raising
            raise httpx.ReadError("cut", request=request) from error
        return httpx.Response(answer.status_code, content=answer.content)


@dataclass(kw_only=True)
class Emulator:
    """Dokploy, and the Vault tokens that are good."""

    world: World
    app: Starlette
    client: Client
    good: set[str]

    def rows(self) -> list[dict[str, object]]:
        """The vault providers, tokens in clear."""
        return list(self.app.state.server.state.vault_provider.where())

    def token(self) -> object:
        (row,) = self.rows()
        config = row["config"]
        assert isinstance(config, dict)
        return config["token"]


@pytest.fixture
def emulator(world: World) -> Emulator:  # noqa: F811
    good = {"first", "second"}

    def vault(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.headers["X-Vault-Token"] in good else 403, json={"data": {}})

    seed_key(world, KEY)
    app = create_app(world, YesDocker(), vault_transport=httpx.MockTransport(vault))
    client = Client(
        url="http://dokploy", key=KEY, transport=Bridge(app), clock=Clock(sleep=lambda seconds: None)
    )
    return Emulator(world=world, app=app, client=client, good=good)


def test_the_first_token_makes_an_object_without_assignments(emulator: Emulator) -> None:
    hand_over(emulator.client, WANTED, "first")

    (row,) = emulator.rows()
    assert (row["name"], row["assignments"], emulator.token()) == (WANTED.name, [], "first")
    assert row["config"] == {
        "providerType": "hashicorp",
        "url": WANTED.url,
        "mount": WANTED.mount,
        "token": "first",
    }


def test_the_next_token_replaces_it_and_keeps_the_assignments(emulator: Emulator) -> None:
    hand_over(emulator.client, WANTED, "first")
    (row,) = emulator.rows()
    project = emulator.client.post("project.create", {"name": "p"})
    assignments = [
        {
            "projectId": project["project"]["projectId"],
            "environmentIds": [project["environment"]["environmentId"]],
        }
    ]
    config = {"providerType": "hashicorp", "url": WANTED.url, "mount": WANTED.mount, "token": "********"}
    body = {"name": WANTED.name, "config": config, "assignments": assignments}
    emulator.client.post("vaultProvider.update", {"vaultProviderId": row["vaultProviderId"], **body})

    hand_over(emulator.client, WANTED, "second")

    (row,) = emulator.rows()
    assert (row["assignments"], emulator.token()) == (assignments, "second")


def test_a_token_that_vault_refuses_to_dokploy_never_replaces_one_that_works(emulator: Emulator) -> None:
    hand_over(emulator.client, WANTED, "first")

    with pytest.raises(CommandError, match=r"cannot use Vault at http://vault.test .*DOKPLOY_VAULT_ADDR"):
        hand_over(emulator.client, WANTED, "refused")

    assert emulator.token() == "first"


@pytest.mark.parametrize("kind", ["drop-after", "error-after", "drop-before", "reject"])
@pytest.mark.parametrize("procedure", ["vaultProvider.create", "vaultProvider.update"])
def test_s1_after_any_fault_another_run_leaves_one_object_with_the_new_token(
    emulator: Emulator, procedure: str, kind: str
) -> None:
    if procedure == "vaultProvider.update":
        hand_over(emulator.client, WANTED, "first")
    emulator.world.faults.add(part="dokploy", path=procedure, kind=kind)

    def once_more(run: Callable[[], None]) -> None:
        try:
            run()
        except ApiError:
            run()

    once_more(lambda: hand_over(emulator.client, WANTED, "second"))

    assert emulator.token() == "second"


@pytest.mark.parametrize("kind", ["drop-after", "error-after"])
def test_s2_an_uncertain_create_is_followed_by_a_look_and_not_by_a_second_create(
    emulator: Emulator, kind: str
) -> None:
    emulator.world.faults.add(part="dokploy", path="vaultProvider.create", kind=kind)

    hand_over(emulator.client, WANTED, "first")

    assert emulator.token() == "first"


def test_v6_a_500_that_echoes_the_token_is_shown_without_it(emulator: Emulator) -> None:
    emulator.good.add("canary-token-value")
    emulator.world.faults.add(
        part="dokploy", path="vaultProvider.create", kind="reject", message="no canary-token-value"
    )

    with pytest.raises(ApiError) as caught:
        hand_over(emulator.client, WANTED, "canary-token-value")

    assert "canary" not in str(caught.value)
