from collections.abc import Iterator
from pathlib import Path

import pytest

from model.identity import IDENTITIES
from tests.vault.actions import REPOSITORY, Actions, running
from tests.vault.conftest import Server
from vault.errors import Refused, TakenMount
from vault.policies import State
from vault.roles import Repository, Role, apply, differences, roles

SLUG = "roles"
WANTED = roles(
    slug=SLUG,
    repository=Repository(number="42", full_name=REPOSITORY),
    audience="https://vault.example.org",
)
ROLE = f"strata-{SLUG}-staging-deploy"


@pytest.fixture(scope="module")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actions]:
    with running(tmp_path_factory.mktemp("actions")) as found:
        yield found


@pytest.fixture
def issuer(bao: Server, actions: Actions) -> Iterator[str]:
    """Nothing is mounted before, nor after."""
    bao.root.sys.disable_auth_method("jwt")
    yield actions.issuer
    bao.root.sys.disable_auth_method("jwt")


def found(bao: Server, issuer: str, wanted: dict[str, Role] = WANTED) -> dict[str, State]:
    return {one.name: one.state for one in differences(bao.root, wanted, slug=SLUG, issuer=issuer)}


def change(bao: Server, **fields: object) -> None:
    bao.root.adapter.post(f"/v1/auth/jwt/role/{ROLE}", json={**WANTED[ROLE], **fields})


def test_v8_there_is_a_role_for_each_row_of_the_table() -> None:
    assert list(WANTED) == [one.role(SLUG) for one in IDENTITIES]


@pytest.mark.parametrize("name", WANTED)
def test_v8_a_role_binds_repository_environment_ref_workflow_and_audience(name: str) -> None:
    role = WANTED[name]

    assert set(role["bound_claims"]) == {"repository_id", "environment", "ref", "workflow_ref"}
    assert all(role["bound_claims"].values())
    assert "*" not in {glob for globs in role["bound_claims"].values() for glob in globs}
    assert role["bound_audiences"] == ["https://vault.example.org"]
    assert role["token_policies"] == [name]


@pytest.mark.parametrize("name", WANTED)
def test_v5_no_role_gives_a_token_that_lives_longer_than_an_hour(name: str) -> None:
    role = WANTED[name]

    assert role["token_ttl"] == role["token_max_ttl"] == role["token_explicit_max_ttl"] <= 3600
    assert (role["token_period"], role["token_no_default_policy"]) == (0, True)


def test_v8_applying_makes_the_mount_and_all_roles_and_the_second_time_nothing(
    bao: Server, issuer: str
) -> None:
    first = apply(bao.root, WANTED, slug=SLUG, issuer=issuer)

    assert first == ["auth/jwt", *(f"auth/jwt/role/{name}" for name in WANTED)]
    assert apply(bao.root, WANTED, slug=SLUG, issuer=issuer) == []
    assert found(bao, issuer) == {}


def test_v8_check_finds_all_missing_where_nothing_is_mounted(bao: Server, issuer: str) -> None:
    assert set(found(bao, issuer).values()) == {State.MISSING}
    assert len(found(bao, issuer)) == 1 + len(WANTED)


@pytest.mark.parametrize(
    "fields",
    [
        {"bound_claims": {"repository_id": ["42"]}},
        {"bound_audiences": ["https://vault.example.org", "other"]},
        {"token_policies": [ROLE, "root-like"]},
        {"token_period": 86_400},
        {"token_no_default_policy": False},
        {"token_max_ttl": 86_400, "token_explicit_max_ttl": 0},
        {"groups_claim": "actor"},
        {"expiration_leeway": 9000},
        {"user_claim": "actor"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_v8_whatever_lets_more_in_is_seen_and_repaired(
    bao: Server, issuer: str, fields: dict[str, object]
) -> None:
    apply(bao.root, WANTED, slug=SLUG, issuer=issuer)
    change(bao, **fields)

    (one,) = differences(bao.root, WANTED, slug=SLUG, issuer=issuer)

    assert (one.name, one.state) == (f"auth/jwt/role/{ROLE}", State.DIFFERENT)
    assert next(iter(fields)) in "\n".join(one.diff)
    assert apply(bao.root, WANTED, slug=SLUG, issuer=issuer) == [one.name]
    assert found(bao, issuer) == {}


def test_v8_what_narrows_a_role_is_left_to_whoever_did_it(bao: Server, issuer: str) -> None:
    apply(bao.root, WANTED, slug=SLUG, issuer=issuer)
    change(bao, token_bound_cidrs=["10.0.0.0/8"])

    assert found(bao, issuer) == {}


def test_v8_a_role_of_nobody_with_our_prefix_is_shown_and_left(bao: Server, issuer: str) -> None:
    apply(bao.root, WANTED, slug=SLUG, issuer=issuer)
    bao.root.adapter.post(f"/v1/auth/jwt/role/strata-{SLUG}-old", json=dict(WANTED[ROLE]))

    assert found(bao, issuer) == {f"auth/jwt/role/strata-{SLUG}-old": State.UNKNOWN}
    assert apply(bao.root, WANTED, slug=SLUG, issuer=issuer) == []


def test_v8_a_refused_role_is_not_written(bao: Server, issuer: str) -> None:
    apply(bao.root, WANTED, slug=SLUG, issuer=issuer, refused=[ROLE])

    assert found(bao, issuer) == {f"auth/jwt/role/{ROLE}": State.MISSING}


def test_a_repository_that_moved_changes_the_roles(bao: Server, issuer: str) -> None:
    apply(bao.root, WANTED, slug=SLUG, issuer=issuer)
    moved = roles(
        slug=SLUG, repository=Repository(number="43", full_name="o/r"), audience="https://vault.example.org"
    )

    assert set(found(bao, issuer, moved).values()) == {State.DIFFERENT}


def test_the_login_of_other_peoples_jobs_is_not_touched(bao: Server, issuer: str, tmp_path: Path) -> None:
    with running(tmp_path) as others:
        apply(bao.root, WANTED, slug=SLUG, issuer=others.issuer)

        with pytest.raises(TakenMount, match="GITHUB_OIDC_ISSUER"):
            apply(bao.root, WANTED, slug=SLUG, issuer=issuer)


def test_another_method_at_the_mount_is_not_touched(bao: Server, issuer: str) -> None:
    bao.root.sys.enable_auth_method("approle", path="jwt")

    with pytest.raises(TakenMount, match="a approle method"):
        differences(bao.root, WANTED, slug=SLUG, issuer=issuer)


def test_an_issuer_that_vault_cannot_ask_is_said(bao: Server, issuer: str) -> None:
    with pytest.raises(Refused, match="error checking oidc discovery URL"):
        apply(bao.root, WANTED, slug=SLUG, issuer="http://127.0.0.1:9")
