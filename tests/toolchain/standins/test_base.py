from pathlib import Path

import pytest

from tests.toolchain.fakes import Programs
from tests.toolchain.standins.fakes import FakeEngine
from toolchain.errors import ToolchainError
from toolchain.standins.base import Base
from toolchain.standins.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    sources, bundle = tmp_path / "debian.sources", tmp_path / "ca.crt"
    sources.write_text("Suites: bookworm\n")
    bundle.write_text("authority\n")
    return Settings(apt_sources=sources, bundle=bundle, pip="https://mirror.example/simple")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("toolchain.docker.debian.codename", lambda: "bookworm")


def test_it_is_made_of_the_machines_release_mirror_and_authorities(
    settings: Settings, programs: Programs, said: list[str]
) -> None:
    programs.add("mmdebstrap")
    engine = FakeEngine()
    base = Base(engine, settings=settings, say=said.append)

    base.provide()

    (call,) = programs.calls("mmdebstrap")
    assert f"upload {settings.bundle} /etc/ssl/certs/ca-certificates.crt" in call
    assert " bookworm " in call
    assert call.endswith(str(settings.apt_sources))
    assert list(engine.images) == [base.image]


def test_one_that_the_engine_has_is_not_made_again(
    settings: Settings, programs: Programs, said: list[str]
) -> None:
    engine = FakeEngine()
    base = Base(engine, settings=settings, say=said.append)
    engine.images[base.image] = {}

    base.provide()

    assert programs.calls("mmdebstrap") == []


def test_another_authority_or_mirror_makes_another_one(settings: Settings, said: list[str]) -> None:
    assert settings.bundle
    before = Base(FakeEngine(), settings=settings, say=said.append).key
    settings.bundle.write_text("another\n")

    assert Base(FakeEngine(), settings=settings, say=said.append).key != before


def test_a_mirror_out_of_reach_is_named(settings: Settings, programs: Programs, said: list[str]) -> None:
    programs.add("mmdebstrap", "echo 'E: cannot resolve' >&2; exit 25\n")

    with pytest.raises(ToolchainError, match="E: cannot resolve") as caught:
        Base(FakeEngine(), settings=settings, say=said.append).provide()

    assert str(settings.apt_sources) in caught.value.todo


@pytest.mark.parametrize("lacks", ["release", "processor", "mmdebstrap"])
def test_a_machine_that_cannot_make_one_is_told_why(
    settings: Settings, programs: Programs, monkeypatch: pytest.MonkeyPatch, said: list[str], lacks: str
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    if lacks == "release":
        settings = Settings(apt_sources=None, bundle=None)
    if lacks == "processor":
        monkeypatch.setattr("platform.machine", lambda: "riscv64")

    with pytest.raises(ToolchainError) as caught:
        Base(FakeEngine(), settings=settings, say=said.append).provide()

    words = {"release": "no Debian source", "processor": "this is riscv64", "mmdebstrap": "no mmdebstrap"}
    assert words[lacks] in caught.value.what
    assert said == []


def test_what_makes_one_is_installed_and_said_before(
    settings: Settings, programs: Programs, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    programs.add(
        "apt-get",
        f"echo '#!/bin/sh' > {programs.folder}/mmdebstrap; /bin/chmod +x {programs.folder}/mmdebstrap\n",
    )

    Base(FakeEngine(), settings=settings, say=said.append).provide()

    assert said == ["`make docker` installs mmdebstrap on this machine: apt-get, as root"]
