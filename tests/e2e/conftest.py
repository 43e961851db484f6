"""One sandbox for each test worker, one reset and one state folder for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import cloud as running
from tests.e2e.cloud import Cloud, Sandbox

_SELECTED = pytest.StashKey[int]()
_COUNTED = pytest.StashKey[int]()
_SKIPPED: list[str] = []


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of this worker; `STRATA_E2E_SANDBOX` names one that runs already."""
    given = os.environ.get("STRATA_E2E_SANDBOX")
    if given:
        yield running.use_sandbox(Path(given))
        return
    started = running.start_sandbox(tmp_path_factory.mktemp("sandbox") / "s")
    yield started
    running.stop_sandbox(started)


@pytest.fixture
def cloud(sandbox: Sandbox, tmp_path: Path) -> Iterator[Cloud]:
    """A sandbox that is as new, and a state folder of the test's own."""
    made = Cloud(sandbox=sandbox, place=tmp_path)
    made.control.post("/reset").raise_for_status()
    yield made
    made.close()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Remember how many tests are meant to run the engine."""
    selected = [item for item in session.items if item.get_closest_marker("e2e")]
    session.config.stash[_SELECTED] = len(selected)


def pytest_testnodedown(node: object) -> None:
    """Take over a worker's count (pytest-xdist)."""
    output = getattr(node, "workeroutput", {})
    config = node.config  # type: ignore[attr-defined]  # xdist has no types
    config.stash[_COUNTED] = config.stash.get(_COUNTED, 0) + output.get("engine_runs", 0)
    config.stash[_SELECTED] = max(config.stash.get(_SELECTED, 0), output.get("e2e_selected", 0))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a skipped test of the engine."""
    if report.skipped and "e2e" in report.keywords:
        _SKIPPED.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End red when tests of the engine were selected and the engine never ran, or one was skipped."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["engine_runs"] = running.engine_runs
        config.workeroutput["e2e_selected"] = config.stash.get(_SELECTED, 0)
        return
    config.stash[_COUNTED] = config.stash.get(_COUNTED, 0) + running.engine_runs
    idle = config.stash.get(_SELECTED, 0) and not config.stash[_COUNTED]
    if (idle or _SKIPPED) and not config.getoption("collectonly"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how often the engine ran; nothing at all or a skipped test is a failure."""
    if not config.stash.get(_SELECTED, 0):
        return
    terminalreporter.write_line(f"the Pulumi engine ran {config.stash.get(_COUNTED, 0)} times")
    for nodeid in _SKIPPED:
        terminalreporter.write_line(f"skipped, which counts as failed here: {nodeid}", red=True)
