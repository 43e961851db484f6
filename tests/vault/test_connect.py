"""`connect` against the real server, killed before and after each of its requests."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import hvac
import pytest

from model.identity import observer_of
from tests.vault.conftest import Server
from vault import kv
from vault.connect import Connection, connect
from vault.errors import ChangedMeanwhile, NotConnected
from vault.policies import Reads, apply, documents, dokploy_policy
from vault.token import ACCESSOR, CONNECTING, SUPERSEDED, renew

DEPLOY = "finance_report/staging/deploy"
COPY = "finance_report/staging-observe/deploy"
SERVICE = "finance_report/staging/backend"


class Killed(BaseException):
    """Stands for kill -9: nothing may handle it."""


@dataclass
class Dokploy:
    """Remembers the token it was given."""

    token: str = ""

    def take(self, token: str) -> None:
        self.token = token


@dataclass(kw_only=True)
class World:
    bao: Server
    mount: str
    dokploy: Dokploy = field(default_factory=Dokploy)

    @property
    def policy(self) -> str:
        return dokploy_policy(slug=self.mount, environment="staging")

    def connect(self, client: hvac.Client | None = None) -> Connection:
        return connect(
            client or self.bao.root,
            mount=self.mount,
            path=DEPLOY,
            policy=self.policy,
            display_name=self.policy,
            hand_over=self.dokploy.take,
            copies=[COPY],
        )

    def record(self) -> dict[str, str]:
        answer = self.bao.root.secrets.kv.v2.read_secret_version(
            DEPLOY, mount_point=self.mount, raise_on_deleted_version=True
        )
        return dict(answer["data"]["data"])

    def live(self) -> set[str]:
        """Accessors of all tokens that have the policy."""
        return self.bao.holders(self.policy)


@pytest.fixture
def world(bao: Server, mount: str) -> Iterator[World]:
    reads = Reads(environment="staging", mount=mount, service_paths=(SERVICE,))
    apply(bao.root, documents(slug=mount, app="finance_report", environments=[reads]), slug=mount)
    bao.root.secrets.kv.v2.create_or_update_secret(SERVICE, {"SECRET_KEY": "v"}, mount_point=mount)
    world = World(bao=bao, mount=mount)
    yield world
    for accessor in world.live():
        bao.root.auth.token.revoke_accessor(accessor)


def assert_settled(world: World) -> None:
    """One live token, the one that Dokploy holds and the record names; nothing left to do."""
    held = world.bao.client(world.dokploy.token).auth.token.lookup_self()["data"]["accessor"]
    assert world.live() == {held}
    assert kv.values(world.bao.root, mount=world.mount, path=COPY)[1] == {ACCESSOR: held}
    record = world.record()
    assert record[ACCESSOR] == held
    assert CONNECTING not in record
    assert SUPERSEDED not in record


def test_a_first_connect_leaves_one_periodic_orphan_with_the_one_policy(world: World) -> None:
    connection = world.connect()

    token = world.bao.client(world.dokploy.token).auth.token.lookup_self()["data"]
    assert (token["orphan"], token["period"], token["policies"]) == (True, 768 * 3600, [world.policy])
    assert token["display_name"] == f"token-{world.policy}"
    assert connection == Connection(accessor=token["accessor"], period=768 * 3600, revoked=0)
    assert_settled(world)


def test_connecting_again_replaces_and_revokes_the_previous_token_and_keeps_other_fields(
    world: World,
) -> None:
    world.bao.root.secrets.kv.v2.create_or_update_secret(DEPLOY, {"other": "kept"}, mount_point=world.mount)
    first = world.connect()

    second = world.connect()

    assert second.accessor != first.accessor
    assert second.revoked == 1
    assert world.record() == {"other": "kept", ACCESSOR: second.accessor}
    assert_settled(world)


def test_v1_the_token_is_neither_recorded_nor_in_the_report(world: World) -> None:
    connection = world.connect()

    assert world.dokploy.token not in repr(connection)
    assert world.dokploy.token not in str(world.record())


def test_without_the_policy_no_token_is_minted(bao: Server, mount: str) -> None:
    world = World(bao=bao, mount=mount)

    with pytest.raises(NotConnected, match="strata vault policies --apply"):
        world.connect()

    assert world.live() == set()


def test_an_accessor_that_was_revoked_by_hand_does_not_stop_a_new_connection(world: World) -> None:
    world.bao.root.auth.token.revoke_accessor(world.connect().accessor)

    world.connect()

    assert_settled(world)


def test_a_dokploy_that_refuses_leaves_the_previous_token_in_use_and_the_new_one_recorded(
    world: World,
) -> None:
    first = world.connect()

    def refuses(token: str) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        connect(
            world.bao.root,
            mount=world.mount,
            path=DEPLOY,
            policy=world.policy,
            display_name="x",
            hand_over=refuses,
        )

    assert world.record()[ACCESSOR] == first.accessor
    assert world.record()[CONNECTING]
    world.connect()
    assert_settled(world)


def test_of_two_at_once_the_slower_is_told_and_running_it_again_settles(world: World) -> None:
    def meanwhile(token: str) -> None:
        world.connect()
        world.dokploy.take(token)

    with pytest.raises(ChangedMeanwhile):
        connect(
            world.bao.root,
            mount=world.mount,
            path=DEPLOY,
            policy=world.policy,
            display_name="x",
            hand_over=meanwhile,
        )

    world.connect()
    assert_settled(world)


class Fragile(hvac.adapters.JSONAdapter):  # type: ignore[misc]  # hvac has no types
    """Is killed at the n-th request, before it is sent or after it was answered."""

    left: int = 0
    after: bool = False

    def request(self, *args: object, **kwargs: object) -> object:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Killed
        answer = super().request(*args, **kwargs)
        if self.left == 0:
            raise Killed
        return answer


def fragile(server: Server, *, at: int, after: bool) -> hvac.Client:
    client = hvac.Client(url=server.address, token=server.root.token, adapter=Fragile)
    client.adapter.left, client.adapter.after = at, after
    return client


# What a connect that replaces a token asks (policy, record, intent, mint, accessor, the copy's
# record, the copy, revoke, clear); the test below proves that the number is not too small.
REQUESTS = 9


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, REQUESTS + 1))
def test_killed_anywhere_no_live_token_is_without_a_record_and_the_next_run_settles(
    world: World, at: int, *, after: bool
) -> None:
    world.connect()

    with pytest.raises(Killed):
        world.connect(fragile(world.bao, at=at, after=after))

    held = world.bao.client(world.dokploy.token).auth.token.lookup_self()["data"]["accessor"]
    record = world.record()
    named = {record[ACCESSOR], *record.get(SUPERSEDED, "").split()}
    unnamed = world.live() - named
    assert held in world.live()
    assert not unnamed or record[CONNECTING]
    world.connect()
    assert_settled(world)


@pytest.mark.parametrize("first", range(1, REQUESTS + 1))
@pytest.mark.parametrize("second", [3, 5])
def test_killed_twice_the_tokens_of_both_runs_are_found(world: World, first: int, second: int) -> None:
    world.connect()
    for at in (first, second):
        with pytest.raises(Killed):
            world.connect(fragile(world.bao, at=at, after=True))

    world.connect()

    assert_settled(world)


def test_the_number_of_requests_that_are_killed_above_is_all_of_them(world: World) -> None:
    world.connect()

    client = fragile(world.bao, at=REQUESTS + 1, after=False)
    world.connect(client)

    assert client.adapter.left == 1


def test_v3_an_observer_gets_a_copy_of_the_accessor_and_can_renew_with_it(bao: Server, mount: str) -> None:
    observer, copy = observer_of("staging"), COPY
    reads = [
        Reads(environment=name, mount=mount, service_paths=(SERVICE,)) for name in ("staging", "production")
    ]
    texts = documents(slug=mount, app="finance_report", environments=reads)
    apply(bao.root, texts, slug=mount)
    bao.root.secrets.kv.v2.create_or_update_secret(copy, {"DOKPLOY_URL": "u"}, mount_point=mount)

    for _ in range(2):
        connection = connect(
            bao.root,
            mount=mount,
            path=DEPLOY,
            policy=dokploy_policy(slug=mount, environment="staging"),
            display_name="dokploy",
            hand_over=lambda _token: None,
            copies=[copy],
        )

    kept = bao.root.secrets.kv.v2.read_secret_version(copy, mount_point=mount, raise_on_deleted_version=True)
    assert kept["data"]["data"] == {"DOKPLOY_URL": "u", ACCESSOR: connection.accessor}
    client = bao.client(bao.token(observer.role(mount)))
    assert renew(client, mount=mount, path=copy).ttl == connection.period


def test_an_observer_without_an_accessor_is_told_which_environment_to_connect(
    bao: Server, mount: str
) -> None:
    with pytest.raises(NotConnected, match="`strata vault connect staging`"):
        renew(bao.root, mount=mount, path=COPY)
