import pytest

from sandbox.registry.reference import InvalidReference, Reference

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "repository", "tag", "digest"),
    [
        ("postgres:17.6", "docker.io/library/postgres", "17.6", None),
        ("postgres", "docker.io/library/postgres", "latest", None),
        ("minio/minio:x", "docker.io/minio/minio", "x", None),
        ("ghcr.io/o/r:v1", "ghcr.io/o/r", "v1", None),
        (f"ghcr.io/o/r:v1@{DIGEST}", "ghcr.io/o/r", "v1", DIGEST),
        (f"ghcr.io/o/r@{DIGEST}", "ghcr.io/o/r", None, DIGEST),
        ("127.0.0.1:5000/a/b:c", "127.0.0.1:5000/a/b", "c", None),
    ],
)
def test_a_reference_is_read_as_docker_reads_it(
    text: str, repository: str, tag: str | None, digest: str | None
) -> None:
    parsed = Reference.parse(text)

    assert (repository, tag, digest) == (parsed.repository, parsed.tag, parsed.digest)


@pytest.mark.parametrize("text", ["", "a b", "UPPER:x", "UPPER/x", "name:tag:tag", "http://x/y"])
def test_what_is_no_reference_is_refused_in_dockers_words(text: str) -> None:
    with pytest.raises(InvalidReference, match="invalid reference format"):
        Reference.parse(text)


def test_a_reference_is_shown_as_docker_shows_it() -> None:
    assert Reference.parse("docker.io/library/postgres:17.6").familiar == "postgres:17.6"
    assert f"ghcr.io/o/r@{DIGEST}" == Reference.parse(f"ghcr.io/o/r@{DIGEST}").familiar
