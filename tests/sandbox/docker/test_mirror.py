import pytest

from sandbox.docker.mirror import Mirror

MIRROR = Mirror(host="127.0.0.1:5000")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("postgres:17.6", "127.0.0.1:5000/docker.io/library/postgres:17.6"),
        ("ghcr.io/o/r@sha256:" + "a" * 64, "127.0.0.1:5000/ghcr.io/o/r@sha256:" + "a" * 64),
        ("ghcr.io/o/r:v1@sha256:" + "a" * 64, "127.0.0.1:5000/ghcr.io/o/r:v1@sha256:" + "a" * 64),
        ("${BACKEND_IMAGE:?}", "127.0.0.1:5000/${BACKEND_IMAGE:?}"),
        ("127.0.0.1:5000/ghcr.io/o/r:v1", "127.0.0.1:5000/ghcr.io/o/r:v1"),
        ("sha256:" + "a" * 64, "sha256:" + "a" * 64),
        ("NOT AN IMAGE", "NOT AN IMAGE"),
    ],
)
def test_docker_is_told_to_ask_the_mirror(written: str, told: str) -> None:
    assert MIRROR.name(written) == told


def test_people_read_the_names_that_they_wrote() -> None:
    assert MIRROR.real("Pulling from 127.0.0.1:5000/ghcr.io/o/r:v1") == "Pulling from ghcr.io/o/r:v1"
    assert MIRROR.real("127.0.0.1:50001/x") == "127.0.0.1:50001/x"
