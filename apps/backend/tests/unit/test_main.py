import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from backend.__main__ import main
from unit.test_settings import GUARDED


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What a program sets for its whole process does not outlive a test."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "S3_ENDPOINT", "SECRET_KEY", "ENV"):
        monkeypatch.delenv(name, raising=False)
    # the test process keeps its own
    monkeypatch.setattr("signal.signal", lambda *_: None)


@pytest.mark.parametrize("arguments", [[], ["start"], ["serve", "now"], ["migrate", "--reload"]])
def test_what_it_does_not_know_is_answered_with_what_it_does(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == "usage: python -m backend serve [--reload] | migrate | check\n"


@pytest.mark.parametrize("arguments", [["serve"], ["serve", "--reload"], ["migrate"]])
def test_settings_that_do_not_do_end_it_with_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1

    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert (logged["event"], logged["level"]) == ("cannot_start", "error")
    assert "DATABASE_URL is missing" in logged["reason"]


def test_a_protected_environment_is_not_served_from_changing_source(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in GUARDED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ENV", "staging")

    assert main(["serve", "--reload"]) == 1
    assert "--reload is for ENV local, ci and pr-<number> only" in capsys.readouterr().out


@pytest.fixture
def without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """A local environment whose database, at port 1 of this machine, nobody has started."""
    local = {**GUARDED, "ENV": "local", "MIGRATION_WAIT_SECONDS": "0"}
    for name, value in (local | {"DATABASE_URL": "postgresql://u:canary-41bd@127.0.0.1:1/x"}).items():
        monkeypatch.setenv(name, value)


NO_DATABASE = "no migration: the database did not let us in within 0 s (unreachable)"


@pytest.mark.parametrize("arguments", [["serve"], ["serve", "--reload"], ["migrate"]])
@pytest.mark.slow  # loads all that serving needs
@pytest.mark.usefixtures("without_a_database")
def test_no_migration_ends_it_with_one_line(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # what would go on for ever
    monkeypatch.setattr("backend.development.uvicorn.run", lambda *_, **__: None)

    assert main(arguments) == 1

    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert (logged["event"], logged["level"]) == ("cannot_start", "error")
    assert logged["reason"] == NO_DATABASE


@pytest.mark.slow  # loads all that serving needs
@pytest.mark.usefixtures("without_a_database")
def test_a_save_that_cannot_be_served_is_one_line_and_the_next_one_is_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from backend import development

    with pytest.raises(SystemExit):  # of the one save's process: the one that watches for saves goes on
        development.application()

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["event"] == "cannot_start"
    assert json.loads(line)["reason"] == NO_DATABASE


# The signal comes while Python collects garbage, as it does now and then in a start of a second.
COLLECTING = """
import os, signal, weakref
from backend import settings
from backend.__main__ import main

class Garbage: pass

def read():
    thing = Garbage()
    watched = weakref.ref(thing, lambda _: [os.kill(os.getpid(), signal.SIGTERM), list(map(str, range(9)))])
    del thing
    raise settings.SettingsRefused("still running")

settings.read = read
raise SystemExit(main(["migrate"]))
"""


@pytest.mark.slow
def test_a_stop_at_any_moment_of_the_start_ends_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COLLECTING],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")
