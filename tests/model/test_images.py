import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import ReleaseError, SettingsError
from model.images import ImageRef
from model.pins import PINS
from model.services import Service
from tests.model.plans import digest


@pytest.mark.parametrize(
    ("text", "registry", "path", "tag", "sha"),
    [
        ("postgres", "docker.io", "library/postgres", None, None),
        (
            "minio/minio:RELEASE.2025-09-07T16-13-09Z",
            "docker.io",
            "minio/minio",
            "RELEASE.2025-09-07T16-13-09Z",
            None,
        ),
        ("ghcr.io/a/b:v1.0.0", "ghcr.io", "a/b", "v1.0.0", None),
        ("localhost:5000/x:1", "localhost:5000", "x", "1", None),
        (f"ghcr.io/a/b:v1@{digest()}", "ghcr.io", "a/b", "v1", digest()),
        (f"ghcr.io/a/b@{digest()}", "ghcr.io", "a/b", None, digest()),
    ],
)
def test_a_reference_is_taken_apart_as_docker_does(
    text: str, registry: str, path: str, tag: str | None, sha: str | None
) -> None:
    assert ImageRef.parse(text) == ImageRef(registry=registry, path=path, tag=tag, digest=sha)


@pytest.mark.parametrize(
    "text", ["", "ghcr.io/UPPER/case", "a b", "ghcr.io/a/b:", "ghcr.io/a/b@sha256:abc", "http://x/y", "-x"]
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError, match="is not an image reference"):
        ImageRef.parse(text)


@given(
    path=st.from_regex(r"\A[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}\Z"),
    tag=st.one_of(st.none(), st.from_regex(r"\A[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,12}\Z")),
    sha=st.one_of(st.none(), st.from_regex(r"\Asha256:[0-9a-f]{64}\Z")),
)
def test_a_reference_that_is_written_reads_back_the_same(path: str, tag: str | None, sha: str | None) -> None:
    reference = ImageRef(registry="ghcr.io", path=path, tag=tag, digest=sha)

    assert ImageRef.parse(str(reference)) == reference


@pytest.mark.parametrize(
    "text",
    [
        "redis",
        "redis:latest",
        "redis:8",
        "redis:alpine",
        "redis:8-alpine",
        "ghcr.io/a/b:main",
        "ghcr.io/a/b:sha-xyz",
    ],
)
def test_c1_a_tag_that_can_move_floats(text: str) -> None:
    assert ImageRef.parse(text).floating


@pytest.mark.parametrize(
    "text", [*PINS.values(), f"redis@{digest()}", "redis:8.2.1", "ghcr.io/a/b:sha-0123abc"]
)
def test_c1_a_pin_does_not_float(text: str) -> None:
    assert not ImageRef.parse(text).floating


def test_r3_pinning_keeps_the_tag() -> None:
    pinned = ImageRef.parse("ghcr.io/a/b:v1.0.0").pin(digest())

    assert (str(pinned), pinned.pinned) == (f"ghcr.io/a/b:v1.0.0@{digest()}", True)


@pytest.mark.parametrize("sha", ["", "latest", "sha256:abc", "sha512:" + "a" * 128])
def test_r3_what_is_no_sha256_digest_pins_nothing(sha: str) -> None:
    with pytest.raises(ReleaseError, match="nothing was changed"):
        ImageRef.parse("ghcr.io/a/b:v1.0.0").pin(sha)


def test_a_new_tag_drops_the_digest() -> None:
    assert str(ImageRef.parse(f"ghcr.io/a/b:v1@{digest()}").at(tag="v2.0.0")) == "ghcr.io/a/b:v2.0.0"


def test_the_registry_itself_is_asked_by_the_real_name() -> None:
    assert (
        ImageRef.parse(PINS[Service.POSTGRES]).lookup_name(mirror=None) == "docker.io/library/postgres:17.6"
    )


def test_a_mirror_is_asked_by_the_real_name_below_it() -> None:
    name = ImageRef.parse("ghcr.io/a/b:v1.0.0").lookup_name(mirror="127.0.0.1:5443")

    assert name == "127.0.0.1:5443/ghcr.io/a/b:v1.0.0"


@pytest.mark.parametrize(
    "mirror", ["registry.example.org:443", "127.0.0.1", "localhost:5443", "127.0.0.1.example.org:1", ""]
)
def test_a_mirror_elsewhere_is_refused_for_it_decides_what_is_deployed(mirror: str) -> None:
    with pytest.raises(SettingsError, match="STRATA_REGISTRY_MIRROR"):
        ImageRef.parse("ghcr.io/a/b:v1.0.0").lookup_name(mirror=mirror)
