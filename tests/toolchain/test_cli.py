import io
import threading
from collections.abc import Callable

import pytest

from toolchain import cli, lock
from toolchain.engine import Engine
from toolchain.errors import ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress


class Thing(Engine):
    """Stands for something to provide."""

    def __init__(self, *, ready: bool, install: Callable[[], None] = lambda: None) -> None:
        self.is_ready = ready
        self.installed = 0
        self._install = install

    def ready(self) -> str | None:
        return "a thing" if self.is_ready else None

    def install(self) -> str:
        self._install()
        self.installed += 1
        self.is_ready = True
        return "a thing"


def test_what_is_ready_is_not_installed_and_one_line_says_so(
    layout: Layout, progress: Progress, said: io.StringIO
) -> None:
    thing = Thing(ready=True)

    cli.provide([thing], layout=layout, progress=progress)

    assert thing.installed == 0
    assert said.getvalue() == "toolchain: ready in 0.0 s: a thing\n"


def test_only_what_is_not_ready_is_installed(layout: Layout, progress: Progress) -> None:
    there, missing = Thing(ready=True), Thing(ready=False)

    cli.provide([there, missing], layout=layout, progress=progress)

    assert [there.installed, missing.installed] == [0, 1]


def test_two_runs_in_one_checkout_install_once(layout: Layout, progress: Progress) -> None:
    waits = threading.Event()
    thing = Thing(ready=False)

    class Told(Progress):
        def say(self, text: str) -> None:
            if "another run is at work in this checkout" in text:
                waits.set()

    second = threading.Thread(
        target=cli.provide, args=([thing],), kwargs={"layout": layout, "progress": Told(terminal=False)}
    )
    with lock.hold(layout.home / "lock", on_wait=lambda: None):
        second.start()
        assert waits.wait(5)
        thing.install()
    second.join(5)

    assert thing.installed == 1


def test_a_failure_is_a_message_with_what_to_do_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ToolchainError("there is no `go` on PATH", todo="install Go 1.26")

    monkeypatch.setattr(cli, "_run", fail)

    assert cli.main([]) == 1
    assert capsys.readouterr().err == "toolchain: there is no `go` on PATH\n  → install Go 1.26\n"


def test_an_interrupted_run_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", interrupt)

    assert cli.main([]) == 130


def test_env_prints_lines_for_a_shell_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["env"]) == 0

    assert capsys.readouterr().out.startswith("export PATH=")


@pytest.mark.parametrize("arguments", [["brew"], ["all", "--upgrade"]])
def test_misuse_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)

    assert caught.value.code == 2


def test_an_old_python_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.version_info", (3, 10, 4))

    assert cli.main([]) == 1
    assert "run this with Python 3.11 or newer" in capsys.readouterr().err
