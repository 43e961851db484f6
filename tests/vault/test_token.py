import pytest

from tests.vault.conftest import Server
from vault.errors import NotConnected
from vault.policies import Reads, apply, deploy_policy, documents
from vault.token import ACCESSOR, CONNECTING, Standing, expiry_warning, renew, standing

DEPLOY = "finance_report/staging/deploy"
DAY = 24 * 3600


def record(bao: Server, mount: str, **fields: str) -> None:
    bao.root.secrets.kv.v2.create_or_update_secret(DEPLOY, fields, mount_point=mount)


def dokploys(bao: Server, **how: object) -> str:
    return str(bao.root.auth.token.create_orphan(policies=["default"], **how)["auth"]["accessor"])


def test_v5_the_standing_of_a_token_says_how_long_it_lives(bao: Server) -> None:
    found = standing(bao.client(bao.token("root", ttl="1h")))

    assert found.creation_ttl == 3600
    assert found.ttl is not None
    assert 3590 <= found.ttl <= 3600
    assert found.policies == ("root",)


def test_v5_a_token_without_an_end_is_said_to_have_none(bao: Server) -> None:
    assert standing(bao.root).ttl is None


@pytest.mark.parametrize(
    ("ttl", "creation_ttl", "warns"),
    [
        (None, 0, False),
        (3600, 3600, False),
        (1000, 3600, False),
        (899, 3600, True),
        (2 * DAY, 32 * DAY, False),
        (DAY - 1, 32 * DAY, True),
        (0, 3600, True),
    ],
)
def test_v5_expiry_is_shown_before_it_hurts(ttl: int | None, creation_ttl: int, *, warns: bool) -> None:
    warning = expiry_warning(Standing(ttl=ttl, creation_ttl=creation_ttl, policies=()))

    assert (warning is not None) is warns


def test_v5_the_warning_says_how_long_and_what_to_do() -> None:
    assert expiry_warning(Standing(ttl=61, creation_ttl=3600, policies=())) == (
        "VAULT_TOKEN expires in 0:01:01: log in again before longer work (`vault login`)."
    )


def test_dokploys_token_is_renewed_with_the_deployers_policy(bao: Server, mount: str) -> None:
    reads = Reads(environment="staging", mount=mount, service_paths=())
    apply(bao.root, documents(slug=mount, app="finance_report", environments=[reads]), slug=mount)
    accessor = dokploys(bao, period="768h")
    record(bao, mount, **{ACCESSOR: accessor})
    before = bao.root.auth.token.lookup_accessor(accessor)["data"]

    client = bao.client(bao.token(deploy_policy(slug=mount, environment="staging")))
    renewal = renew(client, mount=mount, path=DEPLOY)

    after = bao.root.auth.token.lookup_accessor(accessor)["data"]
    assert "last_renewal" not in before
    assert after["last_renewal"]
    assert renewal.ttl == 768 * 3600
    assert renewal.warning is None


@pytest.mark.parametrize("fields", [None, {"other": "x"}])
def test_without_a_recorded_accessor_the_way_to_connect_is_named(
    bao: Server, mount: str, fields: dict[str, str] | None
) -> None:
    if fields:
        record(bao, mount, **fields)

    with pytest.raises(NotConnected, match="strata vault connect staging"):
        renew(bao.root, mount=mount, path=DEPLOY)


def test_a_revoked_accessor_is_told_before_dokploys_next_deployment_fails(bao: Server, mount: str) -> None:
    accessor = dokploys(bao, period="768h")
    bao.root.auth.token.revoke_accessor(accessor)
    record(bao, mount, **{ACCESSOR: accessor})

    with pytest.raises(NotConnected, match=r"revoked or expired.*strata vault connect staging") as caught:
        renew(bao.root, mount=mount, path=DEPLOY)

    assert accessor not in str(caught.value)


def test_a_token_that_cannot_be_prolonged_is_warned_about(bao: Server, mount: str) -> None:
    record(bao, mount, **{ACCESSOR: dokploys(bao, ttl="1h", explicit_max_ttl="1h")})

    warning = renew(bao.root, mount=mount, path=DEPLOY).warning

    assert warning is not None
    assert "cannot be prolonged" in warning


def test_an_interrupted_connect_is_told_at_the_next_renewal(bao: Server, mount: str) -> None:
    record(bao, mount, **{ACCESSOR: dokploys(bao, period="768h"), CONNECTING: "n"})

    warning = renew(bao.root, mount=mount, path=DEPLOY).warning

    assert warning is not None
    assert "interrupted" in warning
