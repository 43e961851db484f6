from collections.abc import Callable, Iterator

import pytest
from typer.testing import Result

from strata import vault_commands
from strata.audit.declared import declared
from strata.outcome import Exit
from strata.project import Project
from tests.strata.conftest import KEY, FakeDokploy, Here
from tests.strata.gates import Github
from tests.vault.conftest import Server
from vault import policies
from vault.token import ACCESSOR, SUPERSEDED

Strata = Callable[..., Result]
CANARY = "canary-secret-value"


def values(bao: Server, here: Here, path: str) -> dict[str, str]:
    answer = bao.root.secrets.kv.v2.read_secret_version(
        f"{here.app}/{path}", mount_point=here.mount, raise_on_deleted_version=True
    )
    return dict(answer["data"]["data"])


def test_policies_are_printed_without_vault(strata: Strata, here: Here) -> None:
    result = strata("vault", "policies")

    assert result.exit_code == Exit.OK
    assert f"# strata-{here.slug}-staging-deploy" in result.stdout
    assert f'path "{here.mount}/subkeys/{here.app}/staging/backend"' in result.stdout


def apply_policies(administrator: Server) -> None:
    """Those of the project here, without asking GitHub for what roles need."""
    slug, documents = vault_commands._documents()
    policies.apply(administrator.root, documents, slug=slug)


@pytest.fixture
def roles_mount(administrator: Server, here: Here) -> Iterator[None]:
    """Production has reviewers; each test makes the login of jobs anew."""
    here.stack_file("production", reviewerTeams=[1001])
    administrator.root.sys.disable_auth_method("jwt")
    yield
    administrator.root.sys.disable_auth_method("jwt")


@pytest.fixture
def gated(github: Github, administrator: Server, roles_mount: None) -> Github:
    """A GitHub whose gates are as declared."""
    github.complete(declared(Project.here()))
    return github


def test_v8_check_fails_before_apply_and_holds_after(strata: Strata, gated: Github) -> None:
    before = strata("vault", "policies", "--check")
    applied = strata("vault", "policies", "--apply")
    after = strata("vault", "policies", "--check")

    assert (before.exit_code, applied.exit_code, after.exit_code) == (
        Exit.NOT_AS_IT_SHOULD_BE,
        Exit.OK,
        Exit.OK,
    )
    assert before.stdout.count("missing  strata-") == 8
    assert before.stdout.count("missing  auth/jwt/role/strata-") == 6
    assert "strata vault policies --apply" in before.stderr
    assert applied.stdout.count("written  ") == 14
    assert strata("vault", "policies", "--apply").stdout.count("unchanged  ") == 14


def test_v8_the_roles_bind_what_github_says_of_the_repository(
    strata: Strata, here: Here, gated: Github, administrator: Server
) -> None:
    strata("vault", "policies", "--apply")

    role = administrator.root.auth.jwt.read_role(f"strata-{here.slug}-staging-deploy", path="jwt")["data"]
    assert role["bound_claims"]["repository_id"] == ["4200001"]
    assert role["bound_claims"]["workflow_ref"] == [
        "zitian-party/finance_report/.github/workflows/staging-deploy.yml@refs/heads/main"
    ]
    assert role["bound_audiences"] == [administrator.address]


def test_v8_a_role_whose_gate_is_not_there_is_refused_and_the_policies_are_written(
    strata: Strata, here: Here, github: Github, administrator: Server, roles_mount: None
) -> None:
    result = strata("vault", "policies", "--apply")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert result.stdout.count("written  strata-") == 8
    assert result.stdout.count("refused  strata-") == 6
    assert "strata audit" in result.stderr
    assert "written  auth/jwt/role/" not in result.stdout


def test_v8_a_role_whose_gate_lost_a_reviewer_is_refused_and_said_to_be_open(
    strata: Strata, here: Here, gated: Github, administrator: Server
) -> None:
    strata("vault", "policies", "--apply")
    open_to_all: dict[str, object] = {"deployment_branch_policy": None, "reviewers": []}
    gated.ask("PUT", "environments/production", json=open_to_all).raise_for_status()

    for option in ("--apply", "--check"):
        result = strata("vault", "policies", option)

        assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
        assert f"refused  strata-{here.slug}-production-deploy" in result.stdout
        assert f"vault delete auth/jwt/role/strata-{here.slug}-production-deploy" in result.stdout
        assert result.stdout.count("refused  ") == 1


def test_v8_whoever_may_bypass_mains_ruleset_keeps_every_role_of_main_from_being_written(
    strata: Strata, here: Here, gated: Github, administrator: Server
) -> None:
    (rules,) = gated.ask("GET", "rulesets").json()
    bypass = {"bypass_actors": [{"actor_type": "Team", "actor_id": 1001, "bypass_mode": "always"}]}
    gated.ask("PUT", f"rulesets/{rules['id']}", json=bypass).raise_for_status()

    result = strata("vault", "policies", "--apply")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    refused = {line.split()[1] for line in result.stdout.splitlines() if line.startswith("refused  ")}
    assert refused == {
        f"strata-{here.slug}-{name}:"
        for name in ("staging-deploy", "staging-observe", "production-observe", "preview")
    }
    assert result.stdout.count("ruleset strata-main: Team 1001 may bypass it") == 4


def test_v8_without_github_nothing_is_written(
    strata: Strata, here: Here, administrator: Server, roles_mount: None
) -> None:
    result = strata("vault", "policies", "--apply")

    assert result.exit_code == Exit.FAILED
    assert "GITHUB_TOKEN" in result.stderr
    assert not any(
        name.startswith(f"strata-{here.slug}-")
        for name in administrator.root.sys.list_acl_policies()["data"]["keys"]
    )


def test_v8_check_shows_what_somebody_changed(
    strata: Strata, here: Here, gated: Github, administrator: Server
) -> None:
    strata("vault", "policies", "--apply")
    name = f"strata-{here.slug}-plan"
    administrator.root.sys.create_or_update_acl_policy(name, 'path "*" {\n  capabilities = ["sudo"]\n}\n')
    administrator.root.adapter.post(
        f"/v1/auth/jwt/role/{name}", json={"role_type": "jwt", "bound_claims": {"repository_id": ["*"]}}
    )

    result = strata("vault", "policies", "--check")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert f"different  {name}" in result.stdout
    assert f"different  auth/jwt/role/{name}" in result.stdout
    assert '    -path "*" {' in result.stdout


def test_check_and_apply_together_are_wrong_usage(strata: Strata, here: Here) -> None:
    assert strata("vault", "policies", "--check", "--apply").exit_code == Exit.USAGE


def test_v9_seed_fills_what_is_missing_and_prints_names_only(
    strata: Strata, here: Here, administrator: Server
) -> None:
    first, second = strata("vault", "seed", "staging"), strata("vault", "seed", "staging")

    assert (first.exit_code, second.exit_code) == (Exit.OK, Exit.OK)
    assert (
        f"{here.mount}/{here.app}/staging/minio  version 1  added MINIO_ROOT_PASSWORD, MINIO_ROOT_USER"
        in first.stdout
    )
    assert second.stdout.count("version 1  complete") == 4
    assert values(administrator, here, "staging/backend")["SECRET_KEY"] not in first.output


def test_v9_seed_takes_values_of_a_file(strata: Strata, here: Here, administrator: Server) -> None:
    (here.folder / "mine.yaml").write_text(f"backend:\n  SECRET_KEY: {CANARY}\n")

    result = strata("vault", "seed", "staging", "--from-file", "mine.yaml")

    assert result.exit_code == Exit.OK
    assert values(administrator, here, "staging/backend") == {"SECRET_KEY": CANARY}
    assert CANARY not in result.output


def test_v9_a_value_for_a_key_that_has_one_is_named_and_not_taken(
    strata: Strata, here: Here, administrator: Server
) -> None:
    strata("vault", "seed", "staging")
    (here.folder / "mine.yaml").write_text(f"backend:\n  SECRET_KEY: {CANARY}\n")

    result = strata("vault", "seed", "staging", "--from-file", "mine.yaml")

    assert "keeps its SECRET_KEY, your value was not taken" in result.stderr
    assert values(administrator, here, "staging/backend")["SECRET_KEY"] != CANARY


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f'backend:\n  SECRET_KEY: "{CANARY}\'#"\n', "single quote together with '#'"),
        (f"postgres:\n  POSTGRES_PASSWORD: {CANARY}/x\n", "will stand in a URL"),
        (f"redis:\n  REDIS_PASSWORD: {CANARY}@x\n", "will stand in a URL"),
        (f"backend:\n  SECRET_KEEY: {CANARY}\n", "SECRET_KEY is"),
        (f"{CANARY}\n", "cannot be read as YAML of the form"),
        (f"a: b: {CANARY}\n", "cannot be read as YAML of the form"),
    ],
)
def test_v1_what_is_wrong_with_a_file_is_told_without_its_values(
    strata: Strata, here: Here, administrator: Server, text: str, reason: str
) -> None:
    (here.folder / "mine.yaml").write_text(text)

    result = strata("vault", "seed", "staging", "--from-file", "mine.yaml")

    assert result.exit_code in (Exit.FAILED, Exit.USAGE)
    assert reason in result.stderr
    assert CANARY not in result.output


def test_a_stack_without_secrets_is_wrong_usage(strata: Strata, here: Here) -> None:
    result = strata("vault", "seed", "pr-7")

    assert result.exit_code == Exit.USAGE
    assert "only staging and production have" in result.stderr


def test_connect_gives_dokploy_a_token_that_reads_the_environments_values(
    strata: Strata, here: Here, administrator: Server, dokploy: FakeDokploy
) -> None:
    apply_policies(administrator)
    strata("vault", "seed", "staging")

    result = strata("vault", "connect", "staging")

    assert result.exit_code == Exit.OK
    (row,) = dokploy.vaults.values()
    assert row["name"] == f"{here.slug}-staging"
    assert row["config"]["url"] == administrator.address
    assert row["config"]["mount"] == here.mount
    assert row["assignments"] == []
    reader = administrator.client(dokploy.token())
    answer = reader.secrets.kv.v2.read_secret_version(
        f"{here.app}/staging/backend", mount_point=here.mount, raise_on_deleted_version=True
    )
    assert answer["data"]["data"]["SECRET_KEY"]
    assert dokploy.token() not in result.output


def test_connecting_again_keeps_assignments_and_revokes_the_previous_token(
    strata: Strata, here: Here, administrator: Server, dokploy: FakeDokploy
) -> None:
    apply_policies(administrator)
    strata("vault", "connect", "staging")
    (row,) = dokploy.vaults.values()
    row["assignments"] = [{"projectId": "p", "environmentIds": ["e"]}]
    first = dokploy.token()

    result = strata("vault", "connect", "staging")

    (row,) = dokploy.vaults.values()
    assert row["assignments"] == [{"projectId": "p", "environmentIds": ["e"]}]
    assert dokploy.token() != first
    assert "tokens revoked: 1" in result.stdout
    record = values(administrator, here, "staging/deploy")
    assert SUPERSEDED not in record
    held = administrator.client(dokploy.token()).auth.token.lookup_self()["data"]
    assert record[ACCESSOR] == held["accessor"]
    assert not administrator.client(first).is_authenticated()


def test_the_address_as_dokploy_sees_it_is_given_to_dokploy(
    strata: Strata,
    here: Here,
    administrator: Server,
    dokploy: FakeDokploy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = administrator.address.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("DOKPLOY_VAULT_ADDR", seen)
    apply_policies(administrator)

    strata("vault", "connect", "staging")

    (row,) = dokploy.vaults.values()
    assert row["config"]["url"] == seen


def test_a_vault_that_dokploys_host_cannot_use_is_told_and_the_object_stays_as_it_was(
    strata: Strata, here: Here, administrator: Server, dokploy: FakeDokploy
) -> None:
    apply_policies(administrator)
    strata("vault", "connect", "staging")
    before = dokploy.token()
    dokploy.refuse["vaultProvider.testConnection"] = (400, {"message": "fetch failed", "code": "BAD_REQUEST"})

    result = strata("vault", "connect", "staging")

    assert result.exit_code == Exit.FAILED
    assert "cannot use Vault at" in result.stderr
    assert "DOKPLOY_VAULT_ADDR" in result.stderr
    assert dokploy.token() == before
    assert administrator.client(before).is_authenticated()


@pytest.mark.parametrize("procedure", ["vaultProvider.create", "vaultProvider.update"])
def test_v6_a_lost_answer_ends_in_one_object_and_shows_no_token(
    strata: Strata, here: Here, administrator: Server, dokploy: FakeDokploy, procedure: str
) -> None:
    apply_policies(administrator)
    if procedure == "vaultProvider.update":
        strata("vault", "connect", "staging")
    dokploy.lost.add(procedure)

    first = strata("vault", "connect", "staging")
    dokploy.lost.clear()
    second = strata("vault", "connect", "staging")

    assert second.exit_code == Exit.OK
    assert len(dokploy.vaults) == 1
    record = values(administrator, here, "staging/deploy")
    held = administrator.client(dokploy.token()).auth.token.lookup_self()["data"]
    assert record[ACCESSOR] == held["accessor"]
    assert administrator.holders(f"strata-{here.slug}-staging-dokploy") == {held["accessor"]}
    assert dokploy.token() not in first.output


def test_v1_a_server_that_echoes_the_token_does_not_bring_it_into_the_message(
    strata: Strata, here: Here, administrator: Server, dokploy: FakeDokploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    apply_policies(administrator)

    def echoes(body: dict[str, dict[str, str]]) -> object:
        import httpx

        seen.append(body["config"]["token"])
        return httpx.Response(400, json={"message": f"bad token {seen[-1]} of {KEY}", "code": "BAD_REQUEST"})

    monkeypatch.setattr(dokploy, "vaultProvider_testConnection", echoes, raising=False)

    result = strata("vault", "connect", "staging")

    assert result.exit_code == Exit.FAILED
    assert seen[0] not in result.output
    assert KEY not in result.output


def test_without_policies_connect_names_the_command_that_makes_them(
    strata: Strata, here: Here, administrator: Server, dokploy: FakeDokploy
) -> None:
    result = strata("vault", "connect", "staging")

    assert result.exit_code == Exit.FAILED
    assert "strata vault policies --apply" in result.stderr
    assert dokploy.vaults == {}
