"""The three looks, at stand-ins for the engine and GitHub and the real OpenBao."""

from typing import Any

import pytest

from model.layers import Stack
from strata.audit.report import Difference, Report
from strata.drift import look as looking
from strata.drift.look import look
from strata.drift.refreshed import Moved
from strata.errors import EngineError
from strata.project import Project
from tests.strata.conftest import Here
from tests.vault.conftest import Server
from vault.token import ACCESSOR

STAGING = Stack.parse("staging")


class World:
    """What the engine and GitHub answer."""

    def __init__(self) -> None:
        self.moved: tuple[Moved, ...] = ()
        self.report = Report()
        self.engine: Exception | None = None

    def refreshed(self, *_: Any, **__: Any) -> tuple[Moved, ...]:
        if self.engine:
            raise self.engine
        return self.moved


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(looking, "refreshed", made.refreshed)
    monkeypatch.setattr(looking, "audit", lambda *_: made.report)
    return made


@pytest.fixture
def env(administrator: Server, here: Here) -> dict[str, str]:
    """A token for the administrator's Vault, where Dokploy's token is recorded for the observer."""
    made = administrator.root.auth.token.create_orphan(policies=["default"], period="768h")
    administrator.root.secrets.kv.v2.create_or_update_secret(
        f"{here.app}/staging-observe/deploy",
        secret={ACCESSOR: made["auth"]["accessor"]},
        mount_point=here.mount,
    )
    return {
        "VAULT_ADDR": administrator.address,
        "VAULT_TOKEN": administrator.root.token,
        "GITHUB_TOKEN": "x",
        "GITHUB_OWNER": "zitian-party",
    }


def test_a_clean_stack_has_its_token_renewed(world: World, env: dict[str, str]) -> None:
    assert look(Project.here(), STAGING, env=env).clean


def test_g4_what_fails_in_one_look_does_not_hide_what_another_finds(
    world: World, env: dict[str, str]
) -> None:
    world.engine = EngineError("Dokploy is away", next_step="wait")
    world.report = Report(
        differences=(Difference(where="environment staging", what="it waits"),),
        unseen=(Difference(where="repository", what="403"),),
    )

    found = look(Project.here(), STAGING, env=env)

    assert found.gates == ("environment staging: it waits",)
    assert found.unseen == ("state: Dokploy is away. Next: wait.", "gates, repository: 403")


def test_what_moved_is_named(world: World, env: dict[str, str]) -> None:
    world.moved = (Moved(name="a", type="Compose", gone=True),)

    assert look(Project.here(), STAGING, env=env).moved == ("a (Compose) is gone",)


def test_a_token_of_dokploys_that_is_gone_is_a_finding_because_the_next_deployment_would_fail(
    world: World, env: dict[str, str], administrator: Server, here: Here
) -> None:
    path = f"{here.app}/staging-observe/deploy"
    administrator.root.secrets.kv.v2.create_or_update_secret(
        path, secret={ACCESSOR: "none"}, mount_point=here.mount
    )

    found = look(Project.here(), STAGING, env=env)

    assert len(found.token) == 1
    assert "strata vault connect staging" in found.token[0]
    assert found.unseen == ()


def test_a_vault_that_is_away_is_not_a_token_that_is_gone(world: World, env: dict[str, str]) -> None:
    found = look(Project.here(), STAGING, env={**env, "VAULT_TOKEN": "hvs.expired"})

    assert found.token == ()
    assert [one.partition(":")[0] for one in found.unseen] == ["Dokploy's token"]


def test_a_person_who_may_not_read_the_observers_path_renews_by_the_stacks_own(
    world: World, env: dict[str, str], administrator: Server, here: Here
) -> None:
    root = administrator.root
    made = root.auth.token.create_orphan(policies=["default"], period="768h")
    own = f"{here.app}/staging/deploy"
    root.secrets.kv.v2.create_or_update_secret(
        own, secret={ACCESSOR: made["auth"]["accessor"]}, mount_point=here.mount
    )
    rules = (
        f'path "{here.mount}/data/{own}" {{ capabilities = ["read"] }}\n'
        'path "auth/token/renew-accessor" { capabilities = ["update"] }\n'
    )
    root.sys.create_or_update_policy(f"person-{here.slug}", rules)
    person = root.auth.token.create_orphan(policies=[f"person-{here.slug}"])

    found = look(Project.here(), STAGING, env={**env, "VAULT_TOKEN": person["auth"]["client_token"]})

    assert (found.token, found.unseen) == ((), ())
