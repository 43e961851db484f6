from pathlib import Path

import pytest

from sandbox.docker.mirror import Mirror
from sandbox.docker.releases import SOURCES, Releases
from sandbox.errors import BuildFailed
from sandbox.registry.seeds import DATA_TIER, commit_of

MIRROR = Mirror(host="127.0.0.1:5000")


class Docker:
    """A `docker` that notes its words, and fails where it is told."""

    def __init__(self, place: Path, *failing: str, showing: str = "") -> None:
        self.said: list[str] = []
        self._log = place / "words"
        self._program = place / "docker"
        shown = f"${showing} " if showing else ""
        cases = "".join(f'"{words}"*) echo "{MIRROR.host}/x: no space left"; exit 1;;\n' for words in failing)
        self._program.write_text(f'#!/bin/sh\necho "{shown}$*" >> {self._log}\ncase "$*" in\n{cases}esac\n')
        self._program.chmod(0o755)

    def releases(self) -> Releases:
        return Releases(MIRROR, {}, say=self.said.append, docker=str(self._program))

    @property
    def lines(self) -> list[str]:
        return self._log.read_text().splitlines()


def test_a_fresh_registry_gets_the_pins_and_three_releases_with_two_tags_each(tmp_path: Path) -> None:
    docker = Docker(tmp_path)

    docker.releases().seed()

    pushed = {line.split()[-1] for line in docker.lines if line.startswith("push")}
    backend = "127.0.0.1:5000/ghcr.io/zitian-party/finance-report-backend"
    assert pushed >= {f"127.0.0.1:5000/{name}" for name in DATA_TIER}
    assert pushed >= {f"{backend}:v1.1.0", f"{backend}:sha-{commit_of('v1.1.0')[:12]}"}
    assert len(pushed) == len(DATA_TIER) + 3 * 2 * 2
    build = next(line for line in docker.lines if line.startswith("build") and "v1.0.1" in line)
    assert f"--build-arg GIT_COMMIT={commit_of('v1.0.1')} --build-arg VERSION=v1.0.1" in build
    assert "building finance-report-frontend v1.0.1" in docker.said


def test_d4_a_build_carries_no_provenance_whose_time_would_change_its_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BUILDX_NO_DEFAULT_ATTESTATIONS", raising=False)
    docker = Docker(tmp_path, showing="BUILDX_NO_DEFAULT_ATTESTATIONS")

    docker.releases().publish("v1.2.0")

    assert {line.split()[0] for line in docker.lines if " build " in line} == {"1"}


def test_what_is_built_from_lies_in_the_checkout() -> None:
    assert all((source / "Dockerfile").is_file() for source in SOURCES.values())


def test_a_build_that_fails_shows_its_lines_and_what_to_do(tmp_path: Path) -> None:
    docker = Docker(tmp_path, "build")

    with pytest.raises(BuildFailed) as error:
        docker.releases().publish("v1.2.0")

    said = str(error.value)
    assert said.startswith("Building ghcr.io/zitian-party/finance-report-backend:v1.2.0 from ")
    assert "  | x: no space left" in said
    assert "Next: " in said
    assert MIRROR.host not in said
    assert not any(line.startswith("push") for line in docker.lines)


def test_an_image_that_is_here_is_not_pulled_and_one_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    here, nowhere = Docker(tmp_path / "a"), Docker(tmp_path / "b", "image inspect", "pull")

    here.releases().copy(DATA_TIER[0])
    with pytest.raises(BuildFailed, match="make docker"):
        nowhere.releases().copy(DATA_TIER[0])

    assert not any(line.startswith("pull") for line in here.lines)
    assert nowhere.said == [f"pulling {DATA_TIER[0]}"]
