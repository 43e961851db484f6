"""The data tier of docker-compose.yml."""

from collections.abc import Iterator

import httpx
import pytest

from tests.images.project import Project, new_mark, project
from tests.images.stores import refusal, s3, sql
from tests.strata.conftest import ROOT

NAME = "finance_report"
WORD = "throwaway"
BUCKET = "finance-report-images"

pytestmark = pytest.mark.xdist_group("images-base-compose")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """All three, healthy within their limits."""
    folder = tmp_path_factory.mktemp("base")
    file = ROOT / "docker-compose.yml"
    with project(folder, file, mark=new_mark(), publish={"minio": 9000}, env={"ENV": "images"}) as it:
        it.up("postgres", "redis", "minio")
        yield it


def test_postgres_takes_its_password_and_no_other(services: Project) -> None:
    good = sql(services, "SHOW server_version", user=NAME, database=NAME, password=WORD)
    bad = sql(services, "SELECT 1", user=NAME, database=NAME, password="wrong")

    assert good.stdout.startswith("17.6"), good.stderr
    assert bad.returncode != 0
    assert "password authentication failed" in bad.stderr


def test_postgres_runs_as_its_own_user(services: Project) -> None:
    script = 'stat -c %u "/proc/$(head -n 1 "$PGDATA/postmaster.pid")"'

    assert services.run("postgres", "bash", "-c", script).stdout.strip() == "999"


def test_redis_answers_the_network_and_runs_as_its_own_user(services: Project) -> None:
    script = 'redis-cli -h "$(hostname)" ping; stat -c %U "/proc/$(pidof redis-server)"'

    assert services.run("redis", "sh", "-c", script).stdout.split() == ["PONG", "redis"]


def test_the_store_has_the_bucket_of_its_folder_and_takes_signed_requests_only(services: Project) -> None:
    client = s3(services, key=WORD, secret=WORD)
    client.put_object(Bucket=BUCKET, Key="statements/1.pdf", Body=b"x" * 300_000)

    assert [bucket["Name"] for bucket in client.list_buckets()["Buckets"]] == [BUCKET]
    assert len(client.get_object(Bucket=BUCKET, Key="statements/1.pdf")["Body"].read()) == 300_000
    for key, secret in ((WORD, "wrong-secret"), ("nobody", WORD)):
        other = s3(services, key=key, secret=secret)
        assert refusal(other.get_object, Bucket=BUCKET, Key="statements/1.pdf") in {
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId",
        }
        assert refusal(other.put_object, Bucket=BUCKET, Key="a", Body=b"")
    anonymous = httpx.get(f"http://{services.address('minio', 9000)}/{BUCKET}/statements/1.pdf")
    assert anonymous.status_code == 403


def test_the_store_refuses_a_bucket_that_nobody_made(services: Project) -> None:
    client = s3(services, key=WORD, secret=WORD)

    assert refusal(client.put_object, Bucket="not-made", Key="a", Body=b"") == "NoSuchBucket"


def test_the_store_keeps_objects_over_a_restart(services: Project) -> None:
    s3(services, key=WORD, secret=WORD).put_object(Bucket=BUCKET, Key="kept", Body=b"kept")

    services.compose("restart", "minio")
    services.up("minio")

    client = s3(services, key=WORD, secret=WORD)  # the port may be another one
    assert client.get_object(Bucket=BUCKET, Key="kept")["Body"].read() == b"kept"


def test_the_store_is_not_ready_while_it_does_not_answer(services: Project) -> None:
    done = services.compose(
        "run", "--rm", "--no-deps", "--entrypoint", "mc", "minio", "ready", "local", check=False
    )

    assert done.returncode != 0
