import io
from pathlib import Path

import pytest

from tests.toolchain.standins.fakes import FakeEngine
from toolchain.errors import ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress
from toolchain.standins.base import Base
from toolchain.standins.builder import StandIns
from toolchain.standins.table import StandIn

ONE, TWO = "docker.io/library/one:1.0", "docker.io/library/two:2.0"


class Flour:
    """An ingredient that is at hand."""

    def __init__(self, folder: Path) -> None:
        self.key = "flour-1"
        self._folder = folder

    def fetch(self, layout: Layout, *, progress: Progress) -> Path:
        self._folder.mkdir(exist_ok=True)
        (self._folder / "program").write_text("x")
        return self._folder


@pytest.fixture
def recipes(tmp_path: Path) -> list[StandIn]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_text("FROM ${BASE}\n")
    return [
        StandIn(ONE, made_of="this and that", folder=tmp_path / "one"),
        StandIn(TWO, made_of="flour", folder=tmp_path / "two", ingredient=Flour(tmp_path / "flour")),
    ]


@pytest.fixture(autouse=True)
def base(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Debian below is there."""
    monkeypatch.setattr(Base, "provide", lambda self: None)


def standins(engine: FakeEngine, recipes: list[StandIn], layout: Layout, progress: Progress) -> StandIns:
    return StandIns(engine, layout=layout, progress=progress, table=recipes)


def test_what_can_be_pulled_is_pulled_and_nothing_is_built(
    recipes: list[StandIn], layout: Layout, progress: Progress
) -> None:
    engine = FakeEngine(registry=[ONE, TWO])

    standins(engine, recipes, layout, progress).provide()

    assert engine.images == {ONE: {}, TWO: {}}
    assert engine.built == {}


def test_what_cannot_be_pulled_is_built_under_the_pinned_name_and_says_what_it_is(
    recipes: list[StandIn], layout: Layout, progress: Progress, said: io.StringIO
) -> None:
    engine = FakeEngine(registry=[ONE])

    standins(engine, recipes, layout, progress).provide()

    assert list(engine.built) == [TWO]
    assert engine.images[TWO]["strata.standin"] == "flour"
    assert engine.contexts[TWO] == {"Dockerfile", "files/program"}
    assert "no registry has two:2.0 for this machine: stand-ins are built" in said.getvalue()


def test_a_second_run_does_nothing(
    recipes: list[StandIn], layout: Layout, progress: Progress, said: io.StringIO
) -> None:
    engine = FakeEngine()
    standins(engine, recipes, layout, progress).provide()
    engine.built.clear()
    said.truncate(0)

    again = standins(engine, recipes, layout, progress)

    assert again.missing() == []
    again.provide()
    assert engine.built == {}
    assert said.getvalue() == ""


def test_an_image_from_a_registry_is_never_replaced(
    recipes: list[StandIn], layout: Layout, progress: Progress
) -> None:
    engine = FakeEngine()
    engine.images[ONE] = {"org.opencontainers.image.title": "one"}

    standins(engine, recipes, layout, progress).provide()

    assert list(engine.built) == [TWO]


@pytest.mark.parametrize("change", ["recipe", "ingredient"])
def test_a_stand_in_of_another_recipe_is_built_anew(
    recipes: list[StandIn], layout: Layout, progress: Progress, change: str
) -> None:
    engine = FakeEngine()
    standins(engine, recipes, layout, progress).provide()
    engine.built.clear()
    if change == "recipe":
        (recipes[1].folder / "Dockerfile").write_text("FROM ${BASE}\nUSER 1\n")
    else:
        assert isinstance(recipes[1].ingredient, Flour)
        recipes[1].ingredient.key = "flour-2"

    standins(engine, recipes, layout, progress).provide()

    assert list(engine.built) == [TWO]


def test_what_is_below_a_stand_in_counts_too(recipes: list[StandIn]) -> None:
    assert recipes[0].key("bookworm") != recipes[0].key("trixie")


def test_a_build_that_fails_is_told_and_the_others_are_kept(
    recipes: list[StandIn], layout: Layout, progress: Progress
) -> None:
    engine = FakeEngine()
    engine.broken = {ONE}

    with pytest.raises(ToolchainError, match=f"building the stand-in for {ONE}"):
        standins(engine, recipes, layout, progress).provide()

    assert list(engine.built) == [TWO]


def test_what_former_stand_ins_were_is_removed_once_there_are_new_ones(
    recipes: list[StandIn], layout: Layout, progress: Progress, said: io.StringIO
) -> None:
    engine = FakeEngine()
    standins(engine, recipes, layout, progress).provide()
    (former,) = engine.names("strata/standin-two")
    engine.images |= {"strata/standin-base:before": {}, "mine:1": {"strata.standin": "inherited"}}
    before = {name for name in engine.images if name not in {former, "strata/standin-base:before"}}
    (recipes[1].folder / "Dockerfile").write_text("FROM ${BASE}\nUSER 1\n")

    standins(engine, recipes, layout, progress).provide()

    (new,) = engine.names("strata/standin-two")
    assert set(engine.images) == {*before, new}
    assert new != former
    assert "removed what former stand-ins were" in said.getvalue()


def test_a_former_stand_in_that_a_container_uses_goes_the_next_time(
    recipes: list[StandIn], layout: Layout, progress: Progress
) -> None:
    engine = FakeEngine()
    standins(engine, recipes, layout, progress).provide()
    (former,) = engine.names("strata/standin-two")
    engine.used = {former}
    for user in (1, 2):
        (recipes[1].folder / "Dockerfile").write_text(f"FROM ${{BASE}}\nUSER {user}\n")
        standins(engine, recipes, layout, progress).provide()
        assert (former in engine.images) == (user == 1)
        engine.used.clear()


def test_nothing_is_removed_while_nothing_is_made(
    recipes: list[StandIn], layout: Layout, progress: Progress
) -> None:
    engine = FakeEngine(registry=[ONE, TWO])
    engine.images["strata/standin-base:of-another-checkout"] = {}

    standins(engine, recipes, layout, progress).provide()

    assert "strata/standin-base:of-another-checkout" in engine.images
