"""The data tier of staging and production, which takes its passwords anew at every start."""

from collections.abc import Iterator

import pytest

from model.pins import PINS
from model.services import Service
from tests.images.project import Project, docker, label, new_mark, project
from tests.images.stores import refusal, s3, sql
from tests.strata.conftest import ROOT

pytestmark = pytest.mark.xdist_group("images-data-template")

FIRST = {
    "POSTGRES_USER": "app",
    "POSTGRES_DB": "ledger",
    "POSTGRES_PASSWORD": "first-'quoted'\\password",
    "REDIS_PASSWORD": "first-cache",
    "MINIO_ROOT_USER": "store",
    "MINIO_ROOT_PASSWORD": 'first-"store"\\secret',
    "MINIO_BUCKET": "statements",
}
SECOND = {
    **FIRST,
    "POSTGRES_PASSWORD": "second-password",
    "REDIS_PASSWORD": "second-cache",
    "MINIO_ROOT_PASSWORD": "second-store-secret",
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Started with the first passwords, then deployed again with the second, data in place."""
    mark = new_mark()
    name = mark.project
    env = {
        **{f"{service.upper()}_IMAGE": image for service, image in PINS.items()},
        **{f"{service.upper()}_ALIAS": f"{service}-{name}" for service in PINS},
        **{f"{service.upper()}_VOLUME": f"{name}-{service}" for service in PINS},
        "NETWORK": name,
    }
    docker("network", "create", "--label", label(mark), name)
    try:
        folder = tmp_path_factory.mktemp("data")
        template = ROOT / "templates/data.compose.yaml"
        given = {**env, **FIRST}
        with project(folder, template, mark=mark, publish={"minio": 9000}, env=given) as it:
            it.up()
            made = sql(it, "CREATE TABLE t AS SELECT 7 AS v", **_login(FIRST))
            assert made.returncode == 0, made.stderr
            s3(it, **_keys(FIRST)).put_object(Bucket="statements", Key="a", Body=b"a")
            it.run("redis", "sh", "-c", f"REDISCLI_AUTH={FIRST['REDIS_PASSWORD']} redis-cli set k v")
            second = Project(it.mark, files=it.files, env={**env, **SECOND})
            second.up()
            yield second
    finally:
        docker("network", "rm", name, check=False)


def _login(given: dict[str, str]) -> dict[str, str]:
    return {
        "user": given["POSTGRES_USER"],
        "database": given["POSTGRES_DB"],
        "password": given["POSTGRES_PASSWORD"],
    }


def _keys(given: dict[str, str]) -> dict[str, str]:
    return {"key": given["MINIO_ROOT_USER"], "secret": given["MINIO_ROOT_PASSWORD"]}


def test_v4_postgres_has_the_second_password_the_data_and_not_the_first_password(services: Project) -> None:
    new = sql(services, "SELECT v FROM t", **_login(SECOND))
    old = sql(services, "SELECT v FROM t", **_login(FIRST))

    assert new.stdout.strip() == "7", new.stderr
    assert "password authentication failed" in old.stderr


def test_v4_redis_has_the_second_password_and_the_data(services: Project) -> None:
    ask = "REDISCLI_AUTH={} redis-cli get k"

    new = services.run("redis", "sh", "-c", ask.format(SECOND["REDIS_PASSWORD"]))
    old = services.run("redis", "sh", "-c", ask.format(FIRST["REDIS_PASSWORD"]), check=False)

    assert new.stdout.strip() == "v"
    assert "NOAUTH" in old.stdout + old.stderr


def test_v4_the_store_has_the_second_secret_and_the_data(services: Project) -> None:
    assert s3(services, **_keys(SECOND)).get_object(Bucket="statements", Key="a")["Body"].read() == b"a"
    assert refusal(s3(services, **_keys(FIRST)).list_buckets) == "SignatureDoesNotMatch"


def test_c6_postgres_refuses_the_data_of_another_major(services: Project) -> None:
    """A copy of the data that it has just written, which says that 16 wrote it."""
    image, name = PINS[Service.POSTGRES], f"{services.name}-major"
    mount = f"{name}:/var/lib/postgresql/data"
    copy = 'cp -a /from/. "$PGDATA" && rm -f "$PGDATA/postmaster.pid" && echo 16 >"$PGDATA/PG_VERSION"'
    source = f"{services.env['POSTGRES_VOLUME']}:/from:ro"
    docker("volume", "create", "--label", label(services.mark), name)
    try:
        docker(
            "run", "--rm", "--volume", source, "--volume", mount, "--entrypoint", "bash", image, "-c", copy
        )
        refused = docker("run", "--rm", "--volume", mount, image, check=False)
    finally:
        docker("volume", "rm", name, check=False)

    assert refused.returncode != 0
    assert "database files are incompatible with server" in refused.stdout + refused.stderr


def test_postgres_refuses_an_empty_data_folder_without_a_password() -> None:
    refused = docker("run", "--rm", PINS[Service.POSTGRES], check=False)

    assert refused.returncode != 0
    assert "POSTGRES_PASSWORD" in refused.stderr


def test_the_store_refuses_a_short_password() -> None:
    env = ("--env", "MINIO_ROOT_USER=user", "--env", "MINIO_ROOT_PASSWORD=short")

    refused = docker("run", "--rm", *env, PINS[Service.MINIO], "server", "/data", check=False)

    assert refused.returncode != 0
