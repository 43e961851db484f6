import threading
from pathlib import Path

import pytest

from toolchain.cache import Cache


def fill(folder: Path) -> None:
    (folder / "pulumi").write_text("program")


def never(folder: Path) -> None:
    raise AssertionError("it was made although the cache has it")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", say=lambda text: None)


def test_what_was_made_is_found_and_not_made_again(cache: Cache) -> None:
    made = cache.make("pulumi", key="k1", fill=fill)

    assert cache.make("pulumi", key="k1", fill=never) == made
    assert cache.find("pulumi", key="k1") == made
    assert (made / "pulumi").read_text() == "program"


def test_another_key_is_another_result(cache: Cache) -> None:
    cache.make("pulumi", key="k1", fill=fill)

    assert cache.find("pulumi", key="k2") is None


def test_a_failure_leaves_nothing_to_be_found(cache: Cache) -> None:
    def fail(folder: Path) -> None:
        fill(folder)
        raise RuntimeError("the build broke")

    with pytest.raises(RuntimeError):
        cache.make("pulumi", key="k1", fill=fail)

    assert cache.find("pulumi", key="k1") is None
    assert [path.name for path in cache.root.iterdir()] == ["locks"]


def test_a_folder_that_was_never_finished_is_made_anew(cache: Cache) -> None:
    half = cache.root / "pulumi-k1"
    half.mkdir(parents=True)
    (half / "pulumi").write_text("prog")

    made = cache.make("pulumi", key="k1", fill=fill)

    assert (made / "pulumi").read_text() == "program"


def test_a_result_whose_file_was_cut_short_is_made_anew(cache: Cache) -> None:
    made = cache.make("pulumi", key="k1", fill=fill)
    (made / "pulumi").write_text("")

    assert cache.find("pulumi", key="k1") is None
    assert (cache.make("pulumi", key="k1", fill=fill) / "pulumi").read_text() == "program"


def test_what_a_killed_run_left_is_removed(cache: Cache) -> None:
    left = cache.root / ".pulumi-k1.abc"
    left.mkdir(parents=True)

    cache.make("pulumi", key="k1", fill=fill)

    assert not left.exists()


def test_two_runs_at_once_make_it_once_and_the_second_says_that_it_waits(tmp_path: Path) -> None:
    filling, waiting = threading.Event(), threading.Event()
    said: list[str] = []
    results: list[Path] = []

    def note(text: str) -> None:
        said.append(text)
        waiting.set()

    def slow(folder: Path) -> None:
        filling.set()
        assert waiting.wait(5)
        fill(folder)

    def first() -> None:
        results.append(Cache(tmp_path / "cache", say=never_said).make("pulumi", key="k1", fill=slow))

    def never_said(text: str) -> None:
        raise AssertionError(text)

    thread = threading.Thread(target=first)
    thread.start()
    assert filling.wait(5)
    results.append(Cache(tmp_path / "cache", say=note).make("pulumi", key="k1", fill=never))
    thread.join(5)

    assert said == ["another run is making pulumi: waiting for it"]
    assert results == [tmp_path / "cache" / "pulumi-k1"] * 2
