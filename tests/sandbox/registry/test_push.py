import asyncio
import hashlib
import io
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from sandbox.registry import RegistryStore, create_app
from sandbox.registry.blobs import BlobFiles
from sandbox.world import World
from tests.sandbox.calls import Caller

USER = ("strata", "pass")
REPOSITORY = "/v2/ghcr.io/zitian-party/finance-report-backend"
DOCKER_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
OCI_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
LIST_TYPE = "application/vnd.docker.distribution.manifest.list.v2+json"
NAME = "ghcr.io/zitian-party/finance-report-backend"
LAYER = b"layer" * 1000
CONFIG = json.dumps({"config": {"Labels": {"a": "b"}, "Env": None}}).encode()


@pytest.fixture
def client(world: World) -> Caller:
    return Caller(create_app(world, password=USER[1]), base_url="https://registry.test")


class Held:
    """A file whose writes wait."""

    def __init__(self, file: io.FileIO, hold: Callable[[], None]) -> None:
        self._file = file
        self._hold = hold

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, chunk: bytes) -> int:
        self._hold()
        return self._file.write(chunk)


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def pushed(client: Caller, content: bytes) -> str:
    begun = client("POST", f"{REPOSITORY}/blobs/uploads/", auth=USER)
    digest = digest_of(content)
    done = client("PUT", f"{begun.headers['location']}?digest={digest}", auth=USER, content=content)
    assert done.status_code == 201, done.text
    return digest


def manifest_of(config: str, layer: str, media_type: str = DOCKER_TYPE) -> bytes:
    document = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": {"digest": config, "size": len(CONFIG)},
        "layers": [{"digest": layer, "size": len(LAYER)}],
    }
    return json.dumps(document).encode()


def put_manifest(
    client: Caller, body: bytes, reference: str = "v2.0.0", media_type: str = DOCKER_TYPE
) -> int:
    answer = client(
        "PUT",
        f"{REPOSITORY}/manifests/{reference}",
        auth=USER,
        content=body,
        headers={"Content-Type": media_type},
    )
    return int(answer.status_code)


@pytest.mark.parametrize("media_type", [DOCKER_TYPE, OCI_TYPE])
def test_what_was_pushed_is_served_byte_for_byte(client: Caller, world: World, media_type: str) -> None:
    body = manifest_of(pushed(client, CONFIG), pushed(client, LAYER), media_type)

    assert put_manifest(client, body, media_type=media_type) == 201

    answer = client.get(f"{REPOSITORY}/manifests/v2.0.0", auth=USER)
    assert (answer.content, answer.headers["content-type"]) == (body, media_type)
    assert answer.headers["docker-content-digest"] == digest_of(body)
    assert client.get(f"{REPOSITORY}/blobs/{digest_of(LAYER)}", auth=USER).content == LAYER
    image = RegistryStore(world).resolve("ghcr.io/zitian-party/finance-report-backend:v2.0.0")
    assert image is not None
    assert (image.labels, image.env) == ({"a": "b"}, {})


def test_a_blob_comes_in_chunks_and_a_chunk_out_of_order_is_told_where_it_was(client: Caller) -> None:
    place = client("POST", f"{REPOSITORY}/blobs/uploads/", auth=USER).headers["location"]

    first = client("PATCH", place, auth=USER, content=LAYER[:100], headers={"Content-Range": "0-99"})
    wrong = client("PATCH", place, auth=USER, content=LAYER[200:], headers={"Content-Range": "200-299"})
    client("PATCH", place, auth=USER, content=LAYER[100:])
    progress = client.get(place, auth=USER)
    done = client("PUT", f"{place}?digest={digest_of(LAYER)}", auth=USER)

    assert (first.status_code, first.headers["range"]) == (202, "0-99")
    assert (wrong.status_code, wrong.headers["range"]) == (416, "0-99")
    assert (progress.status_code, progress.headers["range"]) == (204, f"0-{len(LAYER) - 1}")
    assert done.status_code == 201
    assert client.head(f"{REPOSITORY}/blobs/{digest_of(LAYER)}", auth=USER).headers["content-length"] == str(
        len(LAYER)
    )


def test_a_whole_blob_comes_with_the_first_request(client: Caller) -> None:
    url = f"{REPOSITORY}/blobs/uploads/?digest={digest_of(LAYER)}"

    assert client("POST", url, auth=USER, content=LAYER).status_code == 201
    assert client.get(f"{REPOSITORY}/blobs/{digest_of(LAYER)}", auth=USER).content == LAYER


def test_an_upload_that_was_given_up_is_gone_after_a_start_and_blobs_are_not(
    client: Caller, world: World, tmp_path: Path
) -> None:
    digest = pushed(client, LAYER)
    place = client("POST", f"{REPOSITORY}/blobs/uploads/", auth=USER).headers["location"]
    client("PATCH", place, auth=USER, content=LAYER[:100])

    again = Caller(create_app(world, password=USER[1]), base_url="https://registry.test")

    assert not list((tmp_path / "registry").glob("uploads/*"))
    assert again.get(place, auth=USER).status_code == 404
    assert again.get(f"{REPOSITORY}/blobs/{digest}", auth=USER).content == LAYER
    assert pushed(again, CONFIG) == digest_of(CONFIG)


@pytest.mark.parametrize("step", ["hash", "write"])
def test_others_are_answered_while_a_layer_is_written_and_hashed(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    begun, answered = threading.Event(), threading.Event()
    waits: list[bool] = []

    def hold() -> None:
        begun.set()
        waits.append(answered.wait(5))

    def held_hash(file: io.BufferedReader, name: str) -> Any:
        hold()
        return original(file, name)

    def held_file(path: Path, mode: str) -> Held:
        return Held(io.FileIO(path, mode), hold)

    original = hashlib.file_digest
    if step == "hash":
        monkeypatch.setattr(hashlib, "file_digest", held_hash)
    else:
        monkeypatch.setattr(Path, "open", held_file)

    async def work() -> tuple[int, int]:
        transport = httpx.ASGITransport(app=create_app(world, password=USER[1]))
        url = f"{REPOSITORY}/blobs/uploads/?digest={digest_of(LAYER)}"
        async with httpx.AsyncClient(
            transport=transport, base_url="https://registry.test", auth=USER
        ) as client:
            pushing = asyncio.create_task(client.post(url, content=LAYER))
            await asyncio.to_thread(begun.wait, 5)
            other = await client.get("/v2/")
            answered.set()
            return other.status_code, (await pushing).status_code

    assert asyncio.run(work()) == (200, 201)
    assert waits
    assert all(waits), "the other one was answered after the layer"


def test_a_blob_that_is_here_is_mounted_and_another_one_asked_for(client: Caller) -> None:
    digest = pushed(client, LAYER)

    here = client("POST", f"/v2/ghcr.io/o/r/blobs/uploads/?mount={digest}&from=x", auth=USER)
    elsewhere = client("POST", f"/v2/ghcr.io/o/r/blobs/uploads/?mount=sha256:{'0' * 64}&from=x", auth=USER)

    assert (here.status_code, elsewhere.status_code) == (201, 202)


def test_content_that_is_not_its_digest_is_not_kept(client: Caller, tmp_path: Path) -> None:
    place = client("POST", f"{REPOSITORY}/blobs/uploads/", auth=USER).headers["location"]

    answer = client("PUT", f"{place}?digest={digest_of(CONFIG)}", auth=USER, content=LAYER)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "DIGEST_INVALID")
    assert client.get(f"{REPOSITORY}/blobs/{digest_of(CONFIG)}", auth=USER).status_code == 404
    assert list((tmp_path / "registry" / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("reference", "media_type", "spoil", "status"),
    [
        ("v2", DOCKER_TYPE, b"no JSON", 400),
        ("v2", DOCKER_TYPE, b"[]", 400),
        ("v2", "application/vnd.oci.artifact.manifest.v1+json", b"", 400),
        ("v2", INDEX_TYPE, b"", 400),
        ("v2", INDEX_TYPE, b'{"manifests": [{}]}', 400),
        ("v2", DOCKER_TYPE, '{"config": {}}'.encode("utf-16"), 400),
        (f"sha256:{'0' * 64}", DOCKER_TYPE, b"", 400),
    ],
)
def test_a_manifest_that_is_none_is_refused(
    client: Caller, reference: str, media_type: str, spoil: bytes, status: int
) -> None:
    body = spoil or manifest_of(pushed(client, CONFIG), pushed(client, LAYER))

    assert put_manifest(client, body, reference, media_type) == status


def pushed_image(client: Caller, config: dict[str, object]) -> str:
    """An image without a tag, as the parts of an index are pushed; its digest."""
    body = manifest_of(pushed(client, json.dumps(config).encode()), pushed(client, LAYER), OCI_TYPE)
    assert put_manifest(client, body, digest_of(body), OCI_TYPE) == 201
    return digest_of(body)


def index_of(children: dict[str, tuple[str, str]], media_type: str) -> bytes:
    manifests = [
        {"digest": digest, "size": 1, "platform": {"os": system, "architecture": architecture}}
        for digest, (system, architecture) in children.items()
    ]
    return json.dumps({"schemaVersion": 2, "mediaType": media_type, "manifests": manifests}).encode()


@pytest.mark.parametrize("media_type", [INDEX_TYPE, LIST_TYPE])
def test_d4_an_index_with_a_provenance_is_one_image_by_the_indexs_digest(
    client: Caller, world: World, media_type: str
) -> None:
    children = {
        pushed_image(client, {"config": {}, "os": "unknown"}): ("unknown", "unknown"),
        pushed_image(client, {"config": {"Labels": {"for": "arm"}}}): ("linux", "arm64"),
        pushed_image(client, {"config": {"Labels": {"for": "intel"}, "Env": ["A=b"]}}): ("linux", "amd64"),
    }
    body = index_of(children, media_type)

    assert put_manifest(client, body, media_type=media_type) == 201

    for reference in ("v2.0.0", digest_of(body)):
        answer = client.get(f"{REPOSITORY}/manifests/{reference}", auth=USER)
        assert (answer.content, answer.headers["content-type"]) == (body, media_type)
        assert answer.headers["docker-content-digest"] == digest_of(body)
    for name in (f"{NAME}:v2.0.0", f"{NAME}@{digest_of(body)}"):
        intel = RegistryStore(world, architecture="amd64").resolve(name)
        arm = RegistryStore(world, architecture="arm64").resolve(name)
        assert intel is not None
        assert arm is not None
        assert intel.digest == arm.digest == digest_of(body)
        assert (intel.labels, intel.env, arm.labels) == ({"for": "intel"}, {"A": "b"}, {"for": "arm"})
        assert RegistryStore(world, architecture="riscv64").resolve(name) is None


def test_an_index_whose_parts_never_came_is_refused(client: Caller) -> None:
    here = pushed_image(client, {"config": {}})
    body = index_of({here: ("linux", "amd64"), f"sha256:{'0' * 64}": ("unknown", "unknown")}, INDEX_TYPE)

    assert put_manifest(client, body, media_type=INDEX_TYPE) == 404


@pytest.mark.parametrize("config", [b"\xff\xfe", b"[]", b"no JSON", b'{"config": 1}'])
def test_an_image_whose_config_is_none_is_refused(client: Caller, config: bytes) -> None:
    assert put_manifest(client, manifest_of(pushed(client, config), pushed(client, LAYER))) == 400


def test_a_manifest_of_layers_that_never_came_is_refused(client: Caller) -> None:
    assert put_manifest(client, manifest_of(pushed(client, CONFIG), digest_of(LAYER))) == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "blobs/uploads/"),
        ("PUT", "manifests/v1"),
        ("PATCH", "blobs/uploads/1"),
        ("PUT", "blobs/uploads/1"),
    ],
)
def test_nobody_pushes_without_the_password(client: Caller, method: str, path: str) -> None:
    answer = client(method, f"{REPOSITORY}/{path}", auth=("strata", "wrong"))

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].endswith(':pull,push"')


@pytest.mark.parametrize("method", ["PATCH", "PUT", "GET"])
@pytest.mark.parametrize("upload", ["0" * 32, "..%2f..%2fcredentials.json"])
def test_an_upload_that_was_never_begun_is_unknown(client: Caller, method: str, upload: str) -> None:
    answer = client(method, f"{REPOSITORY}/blobs/uploads/{upload}", auth=USER, content=b"x")

    assert answer.status_code in (404, 403, 405)
    assert method == "GET" or answer.status_code != 405


@pytest.mark.parametrize("digest", ["sha256:../../../etc/passwd", "sha512:00", "", f"sha256:{'A' * 64}"])
def test_a_digest_is_never_a_path(tmp_path: Path, digest: str) -> None:
    assert BlobFiles(tmp_path).find(digest) is None
