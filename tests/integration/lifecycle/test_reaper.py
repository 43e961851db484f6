import signal
from pathlib import Path

from tests.integration.lifecycle.tiny import Run, Tiny, run_of
from tests.throwaway.engine import Engine, sweep
from tests.throwaway.waiting import eventually


def nothing_is_left(engine: Engine, run: Run) -> None:
    def look() -> None:
        assert engine.remains(run.mark) == []
        assert processes_of(run) == []

    eventually(look, within=30)


def processes_of(run: Run) -> list[str]:
    """Programs that have the project's name among their arguments: its Compose command, its reaper."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if run.mark.project.encode() in line:
            found.append(line.replace(b"\0", b" ").decode())
    return found


def test_a_run_that_is_killed_leaves_nothing(engine: Engine, tiny: Tiny) -> None:
    with run_of(tiny.written()) as run:
        run.started()
        run.kill()

        nothing_is_left(engine, run)

    assert (tiny.folder / "reaper.log").read_text() == (
        f"removed {run.mark.project}: the run that owned it ended without doing so\n"
    )


def test_a_run_that_is_killed_while_compose_starts_its_services_leaves_nothing(
    engine: Engine, tiny: Tiny
) -> None:
    check = {"test": ["CMD", "redis-cli", "-p", "1", "ping"], "interval": "1s", "start_period": "1h"}
    with run_of(tiny.written(healthcheck=check)) as run:

        def compose_waits() -> None:
            assert any(what.startswith("container") for what in engine.remains(run.mark))

        eventually(compose_waits, within=240)
        assert len(processes_of(run)) == 2
        run.kill()

        nothing_is_left(engine, run)


def test_a_run_that_is_interrupted_cleans_up_itself(engine: Engine, tiny: Tiny) -> None:
    with run_of(tiny.written()) as run:
        run.started()
        run.process.send_signal(signal.SIGINT)
        run.process.wait(timeout=240)

        assert engine.remains(run.mark) == []

    assert (tiny.folder / "reaper.log").read_text() == ""


def test_what_a_run_left_that_was_killed_with_its_reaper_goes_at_the_next_start(
    engine: Engine, tiny: Tiny
) -> None:
    with run_of(tiny.written()) as run:
        run.started()
        run.kill_with_reaper()
        assert len(engine.remains(run.mark)) == 4

        swept = sweep(engine)

    assert run.mark.project in swept
    assert engine.remains(run.mark) == []
