"""The steps at Vault, each taken away from a real server that has everything else."""

from collections.abc import Callable

import pytest
from typer.testing import Result

from strata.setup import vault as steps
from strata.setup.step import Answer, State
from strata.setup.world import World
from tests.strata.conftest import Here
from tests.vault.conftest import Server
from vault import policies

Make = Callable[..., World]


def undone(answer: Answer, command: str) -> str:
    assert answer.state is State.TO_DO, answer
    assert answer.command.startswith(command), answer
    return answer.text


@pytest.mark.parametrize("name", ["VAULT_ADDR", "VAULT_TOKEN"])
def test_a_missing_variable_is_to_do_with_its_command(world: Make, vault: Server, name: str) -> None:
    command = "export VAULT_ADDR" if "ADDR" in name else "bao login"

    assert undone(steps.administrator(world(**{name: None})), command) == f"{name} not set"


def test_a_deployers_token_is_none_for_the_set_up(world: Make, vault: Server, here: Here) -> None:
    policies.apply(vault.root, steps.documents(world()), slug=here.slug)
    token = vault.token(f"strata-{here.slug}-staging-deploy", ttl="1h")

    text = undone(steps.administrator(world(VAULT_TOKEN=token)), "bao login")

    assert "may not write sys/policies/acl/strata-" in text


def test_an_administrator_is_known_without_changing_anything(world: Make, vault: Server) -> None:
    assert steps.administrator(world()).state is State.OK


def test_v3_jobs_have_to_ask_the_vault_that_is_set_up_in_every_stack(
    world: Make, vault: Server, here: Here
) -> None:
    here.stack_file("staging", vaultAddr=vault.address)
    here.stack_file("production", vaultAddr="https://other.test")
    assert undone(steps.asked_by_jobs(world()), "git grep -n vaultAddr") == (
        f"jobs ask Vault at https://other.test, you at {vault.address}"
    )

    here.stack_file("production", vaultAddr=vault.address)
    assert steps.asked_by_jobs(world()).state is State.OK


def test_a_missing_engine_is_to_do(world: Make, vault: Server, here: Here) -> None:
    here.stack_file("staging", vaultMount="elsewhere")

    undone(steps.engine(world()), "bao secrets enable -path=elsewhere -version=2 kv")


def test_an_engine_of_version_1_is_told(
    world: Make, vault: Server, here: Here, new_mount: Callable[..., str]
) -> None:
    here.stack_file("staging", vaultMount=new_mount(version="1"))

    assert "is no KV version 2" in undone(steps.engine(world()), "pulumi config set")


def test_v8_policies_that_are_missing_or_different_are_to_do_until_they_are_applied(
    world: Make, vault: Server, here: Here
) -> None:
    missing = undone(steps.written(world()), "strata vault policies --apply")
    policies.apply(vault.root, steps.documents(world()), slug=here.slug)
    applied = steps.written(world())
    wide = 'path "*" { capabilities = ["read"] }'
    vault.root.sys.create_or_update_acl_policy(f"strata-{here.slug}-plan", wide)
    changed = undone(steps.written(world()), "strata vault policies --apply")

    assert f"strata-{here.slug}-plan is missing" in missing
    assert applied.state is State.OK
    assert changed == f"strata-{here.slug}-plan is different"


def test_secrets_are_to_do_environment_by_environment(
    world: Make, vault: Server, here: Here, strata: Callable[..., Result]
) -> None:
    undone(steps.seeded(world()), "strata vault seed staging")
    strata("vault", "seed", "staging")
    undone(steps.seeded(world()), "strata vault seed production")
    strata("vault", "seed", "production")
    assert steps.seeded(world()).state is State.OK

    path = f"{here.app}/production/backend"
    vault.root.secrets.kv.v2.create_or_update_secret(path, {"OTHER": "x"}, mount_point=here.mount)

    assert "SECRET_KEY" in undone(steps.seeded(world()), "strata vault seed production")


def test_a_deleted_secret_is_to_do(
    world: Make, vault: Server, here: Here, strata: Callable[..., Result]
) -> None:
    for environment in ("staging", "production"):
        strata("vault", "seed", environment)
    path = f"{here.app}/staging/redis"
    vault.root.secrets.kv.v2.delete_latest_version_of_secret(path, mount_point=here.mount)

    assert "redis" in undone(steps.seeded(world()), "strata vault seed staging")


def test_v8_roles_are_to_do_until_jobs_are_let_in(world: Make, vault: Server, here: Here) -> None:
    here.stack_file("production", reviewerTeams=[7])

    text = undone(steps.let_in(world()), "strata vault policies --apply")

    assert f"auth/jwt/role/strata-{here.slug}-staging-deploy is missing" in text
    # its gate is made by production's own first `up`
    assert "production" not in text
