"""The steps at Dokploy."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from typer.testing import Result

from strata.setup import dokploy as steps
from strata.setup.step import Answer, State
from strata.setup.vault import documents
from strata.setup.world import World
from tests.strata.conftest import KEY, FakeDokploy, Here
from tests.vault.conftest import Server
from vault import policies

Make = Callable[..., World]
TRAEFIK = "certificatesResolvers:\n  letsencrypt:\n    acme:\n      email: {mail}\n"


def undone(answer: Answer, command: str) -> str:
    assert answer.state is State.TO_DO, answer
    assert answer.command.startswith(command), answer
    return answer.text


def test_an_address_and_a_key_that_are_missing_are_to_do(world: Make) -> None:
    text = undone(steps.answers(world(DOKPLOY_URL=None, DOKPLOY_API_KEY=None)), "export DOKPLOY_URL")

    assert text == "DOKPLOY_URL and DOKPLOY_API_KEY not set"


def test_a_key_without_a_limit_is_known_by_its_answers(world: Make, dokploy: FakeDokploy) -> None:
    answer = steps.answers(world())

    assert answer.state is State.OK
    assert len(dokploy.asked) > 5


@pytest.mark.parametrize("good", [0, 1, 5])
def test_a_key_that_is_refused_or_limited_is_to_be_made_anew(
    world: Make, dokploy: FakeDokploy, monkeypatch: pytest.MonkeyPatch, good: int
) -> None:
    def version(body: Any) -> Any:
        if len(dokploy.asked) <= good:
            return "v0.30.2"
        return httpx.Response(401, json={"message": "Unauthorized"})

    monkeypatch.setattr(dokploy, "settings_getDokployVersion", version)

    answer = steps.answers(world())

    undone(answer, "make a key in Dokploy")
    assert KEY not in answer.text


def test_an_old_dokploy_is_to_be_updated(world: Make, dokploy: FakeDokploy) -> None:
    dokploy.version = "v0.29.9"

    assert "0.29.9 is older than" in undone(steps.answers(world()), "update Dokploy to 0.30.0")


def test_d3_a_dokploy_that_does_not_read_vault_is_to_be_connected(
    world: Make, administrator: Server, here: Here, dokploy: FakeDokploy, strata: Callable[..., Result]
) -> None:
    undone(steps.reads_vault(world()), "strata vault connect staging")
    policies.apply(administrator.root, documents(world()), slug=here.slug)
    for environment in ("staging", "production"):
        undone(steps.reads_vault(world()), f"strata vault connect {environment}")
        strata("vault", "connect", environment)
    assert steps.reads_vault(world()).state is State.OK

    path = f"{here.app}/staging/deploy"
    administrator.root.secrets.kv.v2.delete_metadata_and_all_versions(path, mount_point=here.mount)

    text = undone(steps.reads_vault(world()), "strata vault connect staging")
    assert "does not say which token Dokploy holds" in text


def test_a_key_that_may_not_list_vault_providers_is_no_administrators(
    world: Make, dokploy: FakeDokploy
) -> None:
    dokploy.refuse["vaultProvider.all"] = (401, {"message": "no", "code": "UNAUTHORIZED"})

    undone(steps.reads_vault(world()), "make a key in Dokploy")


def test_the_resolver_of_the_settings_has_to_be_traefiks(
    world: Make, here: Here, dokploy: FakeDokploy
) -> None:
    dokploy.answers["settings.readTraefikConfig"] = lambda params: TRAEFIK.format(mail="a@example.org")
    assert steps.resolver(world()).state is State.OK

    here.stack_file("staging", tls="dns01")

    text = undone(steps.resolver(world()), "pulumi config")
    assert "no certificate resolver dns01, it has letsencrypt" in text


def test_dokploys_placeholder_of_a_mail_address_is_found(world: Make, dokploy: FakeDokploy) -> None:
    mail = "test@localhost.com"
    dokploy.answers["settings.readTraefikConfig"] = lambda params: TRAEFIK.format(mail=mail)

    assert "placeholder" in undone(steps.resolver(world()), "Dokploy, Settings")


@pytest.mark.parametrize("config", ["", "a: [", "certificatesResolvers: nothing", 7])
def test_a_configuration_that_cannot_be_read_is_not_seen(
    world: Make, dokploy: FakeDokploy, config: object
) -> None:
    dokploy.answers["settings.readTraefikConfig"] = lambda params: config

    assert steps.resolver(world()).state is State.NOT_SEEN


def test_without_tls_no_resolver_is_needed(world: Make, here: Here, dokploy: FakeDokploy) -> None:
    here.stack_file("staging", tls="none")

    assert steps.resolver(world()).state is State.OK
    assert dokploy.asked == []
