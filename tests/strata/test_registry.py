"""Against the sandbox's registry, in this process; what one does under load is made up."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from model.images import ImageRef
from strata.registry import Registry, RegistryError
from tests.strata.release.town import BACKEND, PASSWORD, Fault, Town

IMAGE = ImageRef.parse(f"{BACKEND}:v1.0.0")
INDEX = "application/vnd.oci.image.index.v1+json"


def image(town: Town, **labels: str) -> ImageRef:
    return IMAGE.pin(town.store.publish(str(IMAGE), labels))


def test_a_tag_means_its_digest_and_a_missing_one_none(town: Town) -> None:
    pinned = image(town)

    assert town.registry.digest(IMAGE) == pinned.digest
    assert town.registry.digest(IMAGE.at(tag="v9.9.9")) is None
    assert town.registry.has(pinned)
    assert not town.registry.has(IMAGE.pin(f"sha256:{'0' * 64}"))


def test_a_further_tag_is_the_same_manifest_byte_for_byte(town: Town) -> None:
    pinned = image(town)

    assert town.registry.tag(pinned, tag="v1.0.1") is True
    assert town.registry.tag(pinned, tag="v1.0.1") is False
    assert town.registry.digest(IMAGE.at(tag="v1.0.1")) == pinned.digest


@pytest.mark.parametrize("media_type", [INDEX, "application/vnd.docker.distribution.manifest.list.v2+json"])
def test_an_index_is_tagged_as_the_index(town: Town, media_type: str) -> None:
    child = image(town, revision="abc")
    provenance = {"digest": "sha256:" + "1" * 64, "platform": {"os": "unknown", "architecture": "unknown"}}
    own = {"digest": child.digest, "platform": {"os": "linux", "architecture": "amd64"}}
    body = json.dumps({"schemaVersion": 2, "mediaType": media_type, "manifests": [provenance, own]}).encode()
    digest = town.store.keep(BACKEND, "v2.0.0", body=body, media_type=media_type, config=None)
    assert digest is not None
    town.store.keep(
        BACKEND, "", body=b"{}", media_type="application/vnd.oci.image.manifest.v1+json", config=None
    )
    index = IMAGE.at(tag="v2.0.0").pin(digest)
    town.to_registry.faults.clear()

    assert town.registry.digest(index) == digest
    assert town.registry.labels(index) == {"revision": "abc"}


def test_labels_are_read_from_the_config(town: Town) -> None:
    assert town.registry.labels(image(town, revision="abc")) == {"revision": "abc"}
    with pytest.raises(RegistryError, match="not in its registry"):
        town.registry.labels(IMAGE.pin(f"sha256:{'0' * 64}"))


def test_labels_are_read_where_the_registry_keeps_its_blobs_without_its_login(town: Town) -> None:
    pinned = image(town, revision="abc")
    given: list[str] = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        if request.url.host == "storage.test":
            given.append(request.headers.get("authorization", ""))
            return httpx.Response(200, json={"config": {"Labels": {"revision": "abc"}}})
        if "/blobs/" in request.url.path and "authorization" in request.headers:
            return httpx.Response(307, headers={"location": "https://storage.test/blob"})
        return town.to_registry.handle_request(request)

    registry = Registry(town.env, client=httpx.Client(transport=httpx.MockTransport(elsewhere)))

    assert registry.labels(pinned) == {"revision": "abc"}
    assert given == [""]


def test_a_busy_registry_is_asked_again_and_waited_for_as_it_says(town: Town) -> None:
    pinned = image(town)
    town.to_registry.faults += [
        Fault("GET", "/manifests/", httpx.Response(429, headers={"retry-after": "9"}), times=1),
        Fault("GET", "/manifests/", httpx.Response(503), times=1),
        Fault("GET", "/manifests/", httpx.ConnectError("gone"), times=1),
    ]

    assert town.registry.digest(IMAGE) == pinned.digest
    assert town.slept == [9.0, 2.0, 4.0]


def test_a_registry_that_stays_busy_is_given_up(town: Town) -> None:
    town.to_registry.faults.append(Fault("GET", "/manifests/", httpx.Response(502)))

    with pytest.raises(RegistryError, match="answered 502, 4 times"):
        town.registry.digest(IMAGE)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_login_says_what_to_do_and_shows_no_credential(town: Town, status: int) -> None:
    town.to_registry.faults.append(Fault("GET", "/manifests/", httpx.Response(status)))

    with pytest.raises(RegistryError, match="docker login") as error:
        town.registry.digest(IMAGE)
    assert PASSWORD not in str(error.value)


def test_a_manifest_that_is_not_what_its_digest_names_is_not_used(town: Town) -> None:
    pinned = image(town)
    headers = {"docker-content-digest": str(pinned.digest), "content-type": INDEX}
    town.to_registry.faults.append(
        Fault("GET", "/manifests/", httpx.Response(200, headers=headers, text="{}"))
    )

    with pytest.raises(RegistryError, match="not what its digest names"):
        town.registry.digest(IMAGE)


def test_a_manifest_that_was_asked_for_by_digest_has_that_digest(town: Town) -> None:
    pinned = image(town)
    town.to_registry.faults.append(Fault("GET", "/manifests/", httpx.Response(200, text="{}")))

    with pytest.raises(RegistryError, match="not what its digest names"):
        town.registry.has(pinned)


def test_an_answer_that_is_no_json_is_no_image(town: Town) -> None:
    pinned = image(town)
    town.to_registry.faults.append(Fault("GET", "/blobs/", httpx.Response(200, text="<html>")))

    with pytest.raises(RegistryError, match="no JSON object"):
        town.registry.labels(pinned)


def test_a_push_that_the_registry_did_not_keep_is_found(town: Town) -> None:
    pinned = image(town)
    town.to_registry.faults.append(Fault("PUT", "/manifests/", httpx.Response(201)))

    with pytest.raises(RegistryError, match="means nothing and not sha256:"):
        town.registry.tag(pinned, tag="v1.0.1")


Logins = Callable[[dict[str, str]], list[str]]


@pytest.fixture
def logins(tmp_path: Path) -> Logins:
    """What ghcr.io is shown of a login."""

    def ask(env: dict[str, str]) -> list[str]:
        shown: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/token":
                shown.append(base64.b64decode(request.headers["authorization"].partition(" ")[2]).decode())
                return httpx.Response(200, json={"token": "t"})
            if request.headers.get("authorization") != "Bearer t":
                challenge = 'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="x"'
                return httpx.Response(401, headers={"www-authenticate": challenge})
            return httpx.Response(404)

        home = {"HOME": str(tmp_path), "DOCKER_CONFIG": str(tmp_path)}
        client = httpx.Client(transport=httpx.MockTransport(answer))
        Registry({**home, **env}, client=client).digest(IMAGE)
        return shown

    return ask


def test_in_a_job_its_own_token_is_the_login_of_ghcr(logins: Logins) -> None:
    assert logins({"GITHUB_TOKEN": "ghs_x", "GITHUB_ACTOR": "octocat"}) == ["octocat:ghs_x"]


def test_a_docker_login_comes_before_the_jobs_token(logins: Logins, tmp_path: Path) -> None:
    auth = base64.b64encode(b"me:own").decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"ghcr.io": {"auth": auth}}}))

    assert logins({"GITHUB_TOKEN": "ghs_x"}) == ["me:own"]


def test_a_login_that_a_helper_keeps_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"credsStore": "keychain"}))
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200)))

    with pytest.raises(RegistryError, match="helper program"):
        Registry({"DOCKER_CONFIG": str(tmp_path)}, client=client).digest(IMAGE)
