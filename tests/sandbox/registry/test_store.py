import hashlib
import json

import pytest

from sandbox.registry import RegistryStore, seed
from sandbox.registry.seeds import REPOSITORIES, commit_of
from sandbox.world import World

BACKEND = "ghcr.io/zitian-party/finance-report-backend"


@pytest.fixture
def store(world: World) -> RegistryStore:
    return RegistryStore(world)


def test_a_published_image_is_found_by_tag_and_by_digest(store: RegistryStore) -> None:
    digest = store.publish("ghcr.io/o/r:v1", {"a": "b"}, {"PORT": "80"})

    by_tag = store.resolve("ghcr.io/o/r:v1")
    assert by_tag is not None
    assert (digest, {"a": "b"}, {"PORT": "80"}) == (by_tag.digest, by_tag.labels, by_tag.env)
    assert by_tag == store.resolve(f"ghcr.io/o/r@{digest}") == store.resolve(f"ghcr.io/o/r:gone@{digest}")


def test_the_digest_is_that_of_the_bytes_which_are_served(store: RegistryStore) -> None:
    digest = store.publish("ghcr.io/o/r:v1", {"a": "b"})

    found = store.manifest("ghcr.io/o/r", "v1")
    assert found is not None
    named, body, _ = found
    assert digest == named == f"sha256:{hashlib.sha256(body).hexdigest()}"
    manifest = json.loads(body)
    for part in (manifest["config"], *manifest["layers"]):
        blob = store.blob(part["digest"])
        assert blob is not None
        assert (part["size"], part["digest"]) == (len(blob), f"sha256:{hashlib.sha256(blob).hexdigest()}")


def test_the_same_inputs_give_the_same_digest_and_others_another(store: RegistryStore) -> None:
    first = store.publish("ghcr.io/o/r:v1", {"a": "b"})

    assert first == store.publish("ghcr.io/o/r:v2", {"a": "b"})
    assert first != store.publish("ghcr.io/o/r:v3", {"a": "c"})
    assert first != store.publish("ghcr.io/o/other:v1", {"a": "b"})


def test_a_tag_moves_and_the_former_digest_stays_pullable(store: RegistryStore) -> None:
    first = store.publish("ghcr.io/o/r:v1", {"a": "1"})
    second = store.publish("ghcr.io/o/r:v1", {"a": "2"})

    now = store.resolve("ghcr.io/o/r:v1")
    assert now is not None
    assert second == now.digest
    assert store.resolve(f"ghcr.io/o/r@{first}") is not None


def test_removing_the_last_tag_removes_the_image(store: RegistryStore) -> None:
    digest = store.publish("ghcr.io/o/r:v1", {})
    store.publish("ghcr.io/o/r:v2", {})

    assert store.remove("ghcr.io/o/r:v1")
    assert store.resolve(f"ghcr.io/o/r@{digest}") is not None
    assert store.remove("ghcr.io/o/r:v2")
    assert store.resolve(f"ghcr.io/o/r@{digest}") is None
    assert not store.remove("ghcr.io/o/r:v2")


def test_an_image_cannot_be_published_under_a_digest(store: RegistryStore) -> None:
    with pytest.raises(ValueError, match="published under a tag"):
        store.publish(f"ghcr.io/o/r@sha256:{'0' * 64}", {})


def test_the_seeds_have_a_version_tag_and_a_commit_tag_for_one_digest(store: RegistryStore) -> None:
    seed(store)

    for repository in REPOSITORIES:
        release = store.resolve(f"{repository}:v1.0.1")
        assert release is not None
        assert commit_of("v1.0.1") == release.labels["org.opencontainers.image.revision"]
        assert release == store.resolve(f"{repository}:sha-{commit_of('v1.0.1')[:12]}")
    digests = {
        image.digest
        for r in REPOSITORIES
        for v in ("v1.0.0", "v1.0.1", "v1.1.0")
        if (image := store.resolve(f"{r}:{v}"))
    }
    assert len(digests) == 6
    assert store.resolve("postgres:17.6") is not None


def test_images_survive_a_restart(world: World) -> None:
    seed(RegistryStore(world))
    content = world.store.dump()

    world.store.restore(content)

    assert RegistryStore(world).resolve(f"{BACKEND}:v1.0.0") is not None
