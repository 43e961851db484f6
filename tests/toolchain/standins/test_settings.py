from pathlib import Path

import pytest

from toolchain.standins import settings
from toolchain.standins.settings import Settings


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and an /etc/apt of its own; Debian bookworm."""
    for name in ("PIP_INDEX_URL", "pip_index_url", "NPM_CONFIG_REGISTRY", "npm_config_registry"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(settings, "_APT", tmp_path / "apt")
    monkeypatch.setattr(settings, "_PIP_CONF", tmp_path / "pip.conf")
    monkeypatch.setattr("toolchain.docker.debian.codename", lambda: "bookworm")
    (tmp_path / "apt/sources.list.d").mkdir(parents=True)
    return tmp_path


def test_an_index_that_pip_is_told_is_passed_on(machine: Path) -> None:
    (machine / "pip.conf").write_text("[global]\nindex-url = https://mirror.example/simple%40x\n")

    assert "index-url = https://mirror.example/simple%40x\n" in Settings.of_machine().pip_conf()


def test_a_variable_counts_before_a_file(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (machine / "pip.conf").write_text("[global]\nindex-url = https://mirror.example/simple\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.example/simple")

    assert Settings.of_machine().pip == "https://other.example/simple"


@pytest.mark.parametrize("name", ["npm_config_registry", "NPM_CONFIG_REGISTRY"])
def test_a_registry_that_npm_is_told_is_passed_on(
    machine: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (machine / ".npmrc").write_text(
        "fund=false\nregistry = https://npm.example/\n//npm.example/:_authToken=canary\n"
    )

    assert Settings.of_machine().npmrc().endswith("registry=https://npm.example/\n")

    monkeypatch.setenv(name, "https://other.example/")

    assert Settings.of_machine().npm == "https://other.example/"


def test_no_credential_goes_into_an_image(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://user:canary@mirror.example/simple")
    (machine / ".npmrc").write_text(
        "registry=https://canary@npm.example/\n//npm.example/:_authToken=canary\n"
    )

    found = Settings.of_machine()

    assert "canary" not in found.pip_conf() + found.npmrc()


def test_a_machine_with_the_usual_registries_names_none(machine: Path) -> None:
    found = Settings.of_machine()

    assert "index-url" not in found.pip_conf()
    assert "registry" not in found.npmrc()


def test_the_sources_of_this_release_are_found_among_others(machine: Path) -> None:
    folder = machine / "apt/sources.list.d"
    (folder / "a-cloud.sources").write_text("Types: deb\nSuites: cloud-sdk-bookworm\n")
    (folder / "b-debian.sources").write_text("Types: deb\nSuites: bookworm bookworm-updates\n")

    assert Settings.of_machine().apt_sources == folder / "b-debian.sources"


def test_an_older_machine_has_one_list(machine: Path) -> None:
    (machine / "apt/sources.list").write_text("deb http://mirror.example/debian bookworm main\n")

    assert Settings.of_machine().apt_sources == machine / "apt/sources.list"


def test_without_a_debian_source_there_is_none(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.of_machine().apt_sources is None

    monkeypatch.setattr("toolchain.docker.debian.codename", lambda: "")

    assert Settings.of_machine().apt_sources is None
