"""One way to both kinds of stores; S3 is a real server, which checks signatures."""

import threading
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from strata.lock.errors import NoLocks, StoreFailed
from strata.lock.s3 import Bucket
from strata.lock.store import Files, Store, open_store
from tests.seaweed import READS, Seaweed, secret


def test_w6_of_eight_at_once_one_makes_an_object(store: Store) -> None:
    made: list[bytes] = []
    together = threading.Barrier(8)

    def make(content: bytes) -> None:
        together.wait()
        if store.create("locks/1.json", content):
            made.append(content)

    threads = [threading.Thread(target=make, args=(b"%d" % number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1
    assert store.read("locks/1.json") == made[0]
    assert store.names("locks") == ["1.json"]


def test_what_is_removed_is_gone_and_may_be_gone_before(store: Store) -> None:
    assert store.create("locks/1.json", b"one")

    store.remove("locks/1.json")
    store.remove("locks/1.json")

    assert store.names("locks") == []
    assert store.read("locks/1.json") is None
    assert store.create("locks/1.json", b"two")


def test_a_folder_is_listed_without_what_lies_deeper_or_beside_it(store: Store) -> None:
    for name in ("a/x/1", "a/x/2", "a/x/deeper/3", "a/x2/4"):
        store.create(name, b"-")

    assert [name for name in store.names("a/x") if name != "deeper"] == ["1", "2"]
    assert store.names("nowhere") == []


def test_the_engines_attributes_go_with_its_file(tmp_path: Path) -> None:
    for name in ("lock.json", "lock.json.attrs"):
        (tmp_path / name).write_text("{}")

    Files(tmp_path).remove("lock.json")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("file:///state/here", "/state/here"),
        ("file://./state", "/project/state"),
        ("file:///with%20blank?no_tmp_dir=true", "/with blank"),
        ("file://~/state", str(Path.home() / "state")),
    ],
)
def test_a_file_backends_address_is_read_as_the_engine_reads_it(url: str, place: str) -> None:
    store = open_store(url, folder=Path("/project"))

    assert isinstance(store, Files)
    assert str(store.place("x").parent) == place


def test_pulumi_cloud_needs_no_marker() -> None:
    assert open_store("https://api.pulumi.com", folder=Path()) is None


@pytest.mark.parametrize("url", ["gs://bucket", "azblob://container", "postgres://host/db", "nonsense", ""])
def test_a_backend_without_markers_is_refused_with_what_there_is_instead(url: str) -> None:
    with pytest.raises(NoLocks, match=r"Next: use file:// or s3://"):
        open_store(url, folder=Path())


@pytest.mark.parametrize(
    ("options", "endpoint"),
    [
        ({"endpoint": "127.0.0.1:9", "disableSSL": "true"}, "http://127.0.0.1:9"),
        ({"endpoint": "s3.test"}, "https://s3.test"),
        ({"endpoint": "http://s3.test:9000"}, "http://s3.test:9000"),
        ({}, "https://s3.amazonaws.com"),
        ({"region": "eu-central-1"}, "https://s3.eu-central-1.amazonaws.com"),
    ],
)
def test_an_s3_backends_options_mean_what_they_mean_to_the_engine(
    options: dict[str, str], endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")

    assert Bucket.parse(bucket="b", path="", options=options).endpoint == endpoint


def test_credentials_that_may_only_read_are_told_so_without_their_secret(
    server: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.environment(READS).items():
        monkeypatch.setenv(name, value)
    store = open_store(server.url("readers"), folder=Path())
    assert store is not None

    assert store.names("locks") == []
    with pytest.raises(
        StoreFailed, match=r"refused to write locks/1.json: 403 AccessDenied.*Next: check AWS_"
    ) as told:
        store.create("locks/1.json", b"-")
    assert secret(READS) not in str(told.value)


def test_a_wrong_secret_key_is_a_refusal_and_no_empty_list(
    server: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**server.environment(READS), "AWS_SECRET_ACCESS_KEY": "wrong"}.items():
        monkeypatch.setenv(name, value)
    store = open_store(server.url(), folder=Path())
    assert store is not None

    with pytest.raises(StoreFailed, match="403 SignatureDoesNotMatch"):
        store.names("locks")


def test_a_server_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch, server: Seaweed) -> None:
    for name, value in server.environment(READS).items():
        monkeypatch.setenv(name, value)
    url = "s3://b?endpoint=127.0.0.1:1&s3ForcePathStyle=true&disableSSL=true"
    monkeypatch.setattr("strata.lock.s3.ATTEMPTS", 1)
    store = open_store(url, folder=Path())
    assert store is not None

    with pytest.raises(StoreFailed, match=r"bucket b cannot be asked .*Next: check PULUMI_BACKEND_URL"):
        store.names("locks")


class Careless:
    """A server that does not know If-None-Match: it takes each object (as some S3-compatible ones do)."""

    def put_object(self, **_: Any) -> None:
        pass


def test_w6_a_server_that_lets_two_make_one_object_is_refused() -> None:
    with pytest.raises(StoreFailed, match="ignores `If-None-Match"):
        Bucket(Careless(), bucket="b").create("locks/1.json", b"-")


class Slow:
    """A server whose answer to a successful write was lost, so that the SDK sent it again."""

    def put_object(self, **_: Any) -> None:
        told = {"Error": {"Code": "PreconditionFailed"}, "ResponseMetadata": {"HTTPStatusCode": 412}}
        raise ClientError(told, "PutObject")  # type: ignore[arg-type]  # the stub wants every field


def test_an_object_that_is_there_is_no_error() -> None:
    assert Bucket(Slow(), bucket="b").create("locks/1.json", b"-") is False
