from collections.abc import Callable

import hvac
import pytest

from tests.vault.conftest import Server
from vault.errors import (
    DeletedVersion,
    ExpiredToken,
    Forbidden,
    MissingKeys,
    MissingMount,
    MissingPath,
    PreflightFailed,
    Unreachable,
    WrongMount,
)
from vault.policies import Reads, deploy_policy, documents
from vault.preflight import secret_versions

BACKEND = "finance_report/staging/backend"
POSTGRES = "finance_report/staging/postgres"
CANARY = "canary-secret-value"
REQUIRED = {BACKEND: frozenset({"SECRET_KEY"})}


def put(bao: Server, mount: str, path: str, **fields: str) -> None:
    bao.root.secrets.kv.v2.create_or_update_secret(path, fields, mount_point=mount)


def test_v2_versions_are_given_for_paths_that_have_their_keys(bao: Server, mount: str) -> None:
    put(bao, mount, BACKEND, SECRET_KEY="1", MORE="x")
    put(bao, mount, BACKEND, SECRET_KEY="2", MORE="x")
    put(bao, mount, POSTGRES, POSTGRES_PASSWORD="3")

    versions = secret_versions(
        bao.root, mount=mount, required={**REQUIRED, POSTGRES: frozenset({"POSTGRES_PASSWORD"})}
    )

    assert versions == {BACKEND: 2, POSTGRES: 1}


def test_v2_a_missing_key_is_named_with_the_one_that_may_be_meant(bao: Server, mount: str) -> None:
    put(bao, mount, BACKEND, SECRET_KEYS=CANARY)

    with pytest.raises(MissingKeys, match=r"lacks SECRET_KEY \(it has SECRET_KEYS\)") as caught:
        secret_versions(bao.root, mount=mount, required=REQUIRED)

    assert caught.value.keys == ("SECRET_KEY",)
    assert "strata vault seed staging" in caught.value.next_step
    assert CANARY not in str(caught.value)


def test_v2_a_path_that_never_was_is_missing(bao: Server, mount: str) -> None:
    with pytest.raises(MissingPath, match=f"{mount}/{BACKEND} does not exist"):
        secret_versions(bao.root, mount=mount, required=REQUIRED)


def test_v2_a_path_with_metadata_only_is_missing(bao: Server, mount: str) -> None:
    bao.root.secrets.kv.v2.update_metadata(BACKEND, mount_point=mount, custom_metadata={"owner": "team"})

    with pytest.raises(MissingPath):
        secret_versions(bao.root, mount=mount, required=REQUIRED)


def test_v2_a_deleted_latest_version_is_told_with_the_way_back(bao: Server, mount: str) -> None:
    put(bao, mount, BACKEND, SECRET_KEY="1")
    put(bao, mount, BACKEND, SECRET_KEY="2")
    bao.root.secrets.kv.v2.delete_latest_version_of_secret(BACKEND, mount_point=mount)

    with pytest.raises(DeletedVersion, match=r"latest version \(2\) was deleted") as caught:
        secret_versions(bao.root, mount=mount, required=REQUIRED)

    assert f"vault kv undelete -mount={mount} -versions=2 {BACKEND}" in caught.value.next_step


def test_v2_a_destroyed_latest_version_is_told_apart_from_a_deleted_one(bao: Server, mount: str) -> None:
    put(bao, mount, BACKEND, SECRET_KEY="1")
    bao.root.secrets.kv.v2.destroy_secret_versions(BACKEND, [1], mount_point=mount)

    with pytest.raises(DeletedVersion, match="was destroyed"):
        secret_versions(bao.root, mount=mount, required=REQUIRED)


def test_v2_a_deletion_that_is_only_scheduled_is_no_deletion(bao: Server, mount: str) -> None:
    bao.root.secrets.kv.v2.update_metadata(BACKEND, mount_point=mount, delete_version_after="24h")
    put(bao, mount, BACKEND, SECRET_KEY="1")

    assert secret_versions(bao.root, mount=mount, required=REQUIRED) == {BACKEND: 1}


def test_v2_all_problems_of_all_paths_are_told_at_once(bao: Server, mount: str) -> None:
    put(bao, mount, BACKEND, OTHER=CANARY)

    with pytest.raises(PreflightFailed) as caught:
        secret_versions(
            bao.root, mount=mount, required={**REQUIRED, POSTGRES: frozenset({"POSTGRES_PASSWORD"})}
        )

    assert [type(problem) for problem in caught.value.problems] == [MissingKeys, MissingPath]
    assert "SECRET_KEY" in str(caught.value)
    assert f"{POSTGRES} does not exist" in str(caught.value)
    assert str(caught.value).count("strata vault seed staging") == 1


def test_v2_a_missing_mount_is_not_a_missing_path(bao: Server) -> None:
    with pytest.raises(MissingMount, match="nothing mounted"):
        secret_versions(bao.root, mount="nowhere", required=REQUIRED)


def test_v2_a_mount_of_kv_version_1_is_told(bao: Server, new_mount: Callable[..., str]) -> None:
    with pytest.raises(WrongMount, match="KV version 1"):
        secret_versions(bao.root, mount=new_mount(version="1"), required=REQUIRED)


def test_v2_a_mount_of_another_engine_is_told(bao: Server, new_mount: Callable[..., str]) -> None:
    with pytest.raises(WrongMount, match="a transit engine"):
        secret_versions(bao.root, mount=new_mount("transit"), required=REQUIRED)


def test_v2_a_path_outside_the_policies_is_forbidden_and_not_expired(bao: Server, mount: str) -> None:
    only_looks = 'path "auth/token/lookup-self" {\n  capabilities = ["read"]\n}\n'
    bao.root.sys.create_or_update_acl_policy(mount, only_looks)
    client = bao.client(bao.token(mount))

    with pytest.raises(Forbidden, match=f"forbids {mount}/metadata/{BACKEND}"):
        secret_versions(client, mount=mount, required=REQUIRED)


def test_v2_a_token_that_was_used_up_meanwhile_is_expired_and_not_forbidden(bao: Server, mount: str) -> None:
    put(bao, mount, BACKEND, SECRET_KEY="1")
    client = bao.client(bao.token("root", num_uses=1))

    with pytest.raises(ExpiredToken):
        secret_versions(client, mount=mount, required=REQUIRED)


def test_v2_a_server_that_went_away_is_unreachable(bao: Server) -> None:
    client = bao.client("t")
    client.url = "http://127.0.0.1:9"

    with pytest.raises(Unreachable):
        secret_versions(client, mount="secret", required=REQUIRED)


def test_v2_names_and_version_belong_together_while_someone_writes(bao: Server, mount: str) -> None:
    put(bao, mount, BACKEND, SECRET_KEY="1")

    class Meanwhile(hvac.adapters.JSONAdapter):  # type: ignore[misc]  # hvac has no types
        """Another version, without the key, is written once metadata was read."""

        def request(self, method: str, url: str, **kwargs: object) -> object:
            answer = super().request(method, url, **kwargs)
            if "/metadata/" in url:
                put(bao, mount, BACKEND, OTHER="2")
            return answer

    client = hvac.Client(url=bao.address, token=bao.root.token, adapter=Meanwhile)

    assert secret_versions(client, mount=mount, required=REQUIRED) == {BACKEND: 1}


def test_v3_the_deployers_policy_is_enough_for_the_preflight(bao: Server, mount: str) -> None:
    put(bao, mount, BACKEND, SECRET_KEY=CANARY)
    reads = Reads(
        environment="staging",
        mount=mount,
        service_paths=(BACKEND, POSTGRES),
    )
    policy = deploy_policy(slug=mount, environment="staging")
    bao.root.sys.create_or_update_acl_policy(
        policy, documents(slug=mount, app="finance_report", environments=[reads])[policy]
    )
    client = bao.client(bao.token(policy))

    assert secret_versions(client, mount=mount, required=REQUIRED) == {BACKEND: 1}
    with pytest.raises(MissingPath):
        secret_versions(client, mount=mount, required={POSTGRES: frozenset()})


def test_v2_the_deployers_policy_sees_that_a_mount_is_of_version_1(
    bao: Server, new_mount: Callable[..., str]
) -> None:
    mount = new_mount(version="1")
    reads = Reads(
        environment="staging",
        mount=mount,
        service_paths=(BACKEND,),
    )
    policy = deploy_policy(slug=mount, environment="staging")
    bao.root.sys.create_or_update_acl_policy(
        policy, documents(slug=mount, app="finance_report", environments=[reads])[policy]
    )

    with pytest.raises(WrongMount, match="KV version 1"):
        secret_versions(bao.client(bao.token(policy)), mount=mount, required=REQUIRED)
