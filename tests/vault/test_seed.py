import re
from itertools import count

import pytest

from tests.vault.conftest import Server
from vault.errors import ChangedMeanwhile, DeletedVersion, Undeliverable
from vault.policies import Reads, documents, dokploy_policy
from vault.seed import Given, Seeded, generated, seed, undeliverable

BACKEND = "finance_report/staging/backend"
MINIO = "finance_report/staging/minio"
REQUIRED = {
    BACKEND: frozenset({"SECRET_KEY"}),
    MINIO: frozenset({"MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"}),
}
CANARY = "canary-secret-value"


def values(bao: Server, mount: str, path: str) -> dict[str, str]:
    answer = bao.root.secrets.kv.v2.read_secret_version(
        path, mount_point=mount, raise_on_deleted_version=True
    )
    return dict(answer["data"]["data"])


def put(bao: Server, mount: str, path: str, **fields: str) -> None:
    bao.root.secrets.kv.v2.create_or_update_secret(path, fields, mount_point=mount)


def test_v9_an_empty_vault_gets_every_required_key(bao: Server, mount: str) -> None:
    report = seed(bao.root, mount=mount, required=REQUIRED)

    assert report == [
        Seeded(path=BACKEND, version=1, added=("SECRET_KEY",)),
        Seeded(path=MINIO, version=1, added=("MINIO_ROOT_PASSWORD", "MINIO_ROOT_USER")),
    ]
    assert set(values(bao, mount, MINIO)) == REQUIRED[MINIO]


def test_v9_seeding_twice_writes_nothing_the_second_time(bao: Server, mount: str) -> None:
    seed(bao.root, mount=mount, required=REQUIRED)
    before = values(bao, mount, MINIO)

    report = seed(bao.root, mount=mount, required=REQUIRED)

    assert report == [Seeded(path=BACKEND, version=1), Seeded(path=MINIO, version=1)]
    assert values(bao, mount, MINIO) == before


def test_v9_a_missing_key_is_added_and_what_is_there_stays(bao: Server, mount: str) -> None:
    put(bao, mount, MINIO, MINIO_ROOT_USER="admin", OTHER="kept")

    seed(bao.root, mount=mount, required=REQUIRED)

    after = values(bao, mount, MINIO)
    assert after.pop("MINIO_ROOT_PASSWORD")
    assert after == {"MINIO_ROOT_USER": "admin", "OTHER": "kept"}


def test_v9_a_given_value_is_taken_where_none_is_and_ignored_where_one_is(bao: Server, mount: str) -> None:
    put(bao, mount, MINIO, MINIO_ROOT_USER="admin")
    given = Given(by_path={MINIO: {"MINIO_ROOT_USER": "other", "MINIO_ROOT_PASSWORD": "it's long #"[:4]}})

    report = seed(bao.root, mount=mount, required={MINIO: REQUIRED[MINIO]}, given=given)

    assert report == [
        Seeded(path=MINIO, version=2, added=("MINIO_ROOT_PASSWORD",), ignored=("MINIO_ROOT_USER",))
    ]
    assert values(bao, mount, MINIO) == {"MINIO_ROOT_USER": "admin", "MINIO_ROOT_PASSWORD": "it's"}


@pytest.mark.parametrize("there", [True, False])
def test_v9_a_write_between_look_and_write_is_not_overwritten(
    bao: Server, mount: str, *, there: bool
) -> None:
    if there:
        put(bao, mount, BACKEND, OTHER="x")

    def somebody_is_faster() -> str:
        put(bao, mount, BACKEND, SECRET_KEY="theirs")
        return "ours"

    with pytest.raises(ChangedMeanwhile, match="nothing was overwritten"):
        seed(bao.root, mount=mount, required={BACKEND: REQUIRED[BACKEND]}, generate=somebody_is_faster)

    assert values(bao, mount, BACKEND) == {"SECRET_KEY": "theirs"}


def test_v9_a_deleted_version_is_not_seeded_over(bao: Server, mount: str) -> None:
    put(bao, mount, BACKEND, SECRET_KEY="1")
    bao.root.secrets.kv.v2.delete_latest_version_of_secret(BACKEND, mount_point=mount)

    with pytest.raises(DeletedVersion, match="undelete"):
        seed(bao.root, mount=mount, required=REQUIRED)


def test_v9_generated_values_are_long_url_safe_different_and_no_option() -> None:
    made = {generated() for _ in range(500)}

    assert len(made) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{42,}", value) for value in made)


def test_v9_keys_that_exist_are_not_read(bao: Server, mount: str) -> None:
    """An identity that may add, but not read, is enough."""
    put(bao, mount, MINIO, MINIO_ROOT_USER="admin")
    rules = "".join(
        f'path "{mount}/{view}/*" {{\n  capabilities = [{may}]\n}}\n'
        for view, may in (("metadata", '"read"'), ("subkeys", '"read"'), ("data", '"create", "patch"'))
    )
    bao.root.sys.create_or_update_acl_policy(mount, rules)

    report = seed(bao.client(bao.token(mount)), mount=mount, required=REQUIRED)

    assert [entry.version for entry in report] == [1, 2]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("a'b#c", "single quote together with '#'"),
        ("a'b\nc", "single quote together with '#' or a newline"),
        ("a\\", "ends in a backslash"),
        ("a\r\nb", "carriage return"),
        ("a\0b", "NUL"),
        ("x${{project.Y}}", "Dokploy's own syntax"),
        ("", "is empty"),
        (12345, "is not text"),
    ],
)
def test_v7_a_value_that_dokploy_would_change_is_refused(value: object, reason: str) -> None:
    said = undeliverable(value)

    assert said is not None
    assert reason in said


@pytest.mark.parametrize(
    ("value", "fits"), [("aZ0.-_~", True), ("a/b", False), ("a@b", False), ("a%b", False)]
)
def test_v7_a_value_that_will_stand_in_a_url_needs_no_encoding(value: str, *, fits: bool) -> None:
    assert (undeliverable(value, in_url=True) is None) is fits
    assert undeliverable(value) is None


@pytest.mark.parametrize("value", ["a'b", "a#b", "a\nb", 'a"b', "$HOME ${X} $$", "a=b c", "\\n", "ä€", "`x`"])
def test_v7_a_value_that_dokploy_delivers_is_taken(value: str) -> None:
    assert undeliverable(value) is None


def test_v1_refused_values_are_all_named_none_is_repeated_and_nothing_is_written(
    bao: Server, mount: str
) -> None:
    given = Given(by_path={BACKEND: {"SECRET_KEY": f"{CANARY}'#"}, MINIO: {"MINIO_ROOT_USR": CANARY}})

    with pytest.raises(Undeliverable) as caught:
        seed(bao.root, mount=mount, required=REQUIRED, given=given)

    assert "backend:SECRET_KEY has a single quote" in str(caught.value)
    assert "minio:MINIO_ROOT_USR is not required by any stack, MINIO_ROOT_USER is" in str(caught.value)
    assert CANARY not in str(caught.value)
    assert CANARY not in repr(given)
    assert seed(bao.root, mount=mount, required=REQUIRED)[0].version == 1


def test_v7_a_key_of_which_urls_are_composed_takes_no_value_that_needs_encoding(
    bao: Server, mount: str
) -> None:
    given = Given(by_path={BACKEND: {"SECRET_KEY": "a/b"}}, in_urls={BACKEND: frozenset({"SECRET_KEY"})})

    with pytest.raises(Undeliverable, match="backend:SECRET_KEY will stand in a URL"):
        seed(bao.root, mount=mount, required=REQUIRED, given=given)


def test_v3_what_was_seeded_is_what_dokploys_token_reads(bao: Server, mount: str) -> None:
    numbers = count()
    seed(bao.root, mount=mount, required=REQUIRED, generate=lambda: f"value-{next(numbers)}")
    reads = Reads(
        environment="staging",
        mount=mount,
        service_paths=tuple(REQUIRED),
    )
    name = dokploy_policy(slug=mount, environment="staging")
    bao.root.sys.create_or_update_acl_policy(
        name, documents(slug=mount, app="finance_report", environments=[reads])[name]
    )

    client = bao.client(bao.token(name))
    answer = client.secrets.kv.v2.read_secret_version(
        BACKEND, mount_point=mount, raise_on_deleted_version=True
    )

    assert answer["data"]["data"] == {"SECRET_KEY": "value-0"}
