import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from toolchain.docker.client import ASK_SECONDS, STANDINS, Docker, Server
from toolchain.errors import SilentError, ToolchainError, UnavailableError

_TAIL = 12
_BEAT = 0.2


class Daemon:
    """A dockerd that was started by hand: detached, known by its pid file, with data and a log of its own.

    Args:
        folder: where its data, log and pid file lie.
        docker: the command line, which tells when it answers.
        wait: passes some seconds; a test's does not sleep.
        patience: seconds it may take to answer, and to end.
    """

    def __init__(
        self,
        folder: Path,
        *,
        docker: Docker,
        wait: Callable[[float], None] = time.sleep,
        patience: float = 60.0,
    ) -> None:
        self._folder = folder
        self._docker = docker
        self._wait = wait
        self._beats = round(patience / _BEAT)
        self._pid_file = folder / "dockerd.pid"
        self._log = folder / "dockerd.log"

    def start(self) -> Server:
        """Start it and return it once it answers.

        Raises:
            ToolchainError: it ends at once or does not answer in time; its log's last lines are in the
                message, and nothing of it is left running.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._pid() is None:
            self._pid_file.unlink(missing_ok=True)  # of one that was killed; dockerd would refuse to start
        command: list[str | Path] = [
            "dockerd",
            "--label",
            STANDINS,
            "--data-root",
            self._folder / "data",
            "--pidfile",
            self._pid_file,
        ]
        with self._log.open("wb") as log:
            # a session of its own: it outlives this command and its terminal
            started = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        left = self._beats
        while left > 0:
            if started.poll() is not None:
                raise self._failure(f"dockerd ended with code {started.returncode}")
            try:
                server = self._docker.server()
            except UnavailableError:
                self._wait(_BEAT)
                left -= 1
                continue
            except SilentError:  # it listens first and then takes up its containers
                left -= round(ASK_SECONDS / _BEAT)
                continue
            except ToolchainError:
                started.terminate()
                started.wait()
                raise
            started.returncode = 0  # nobody waits for it any more: its object would warn that it still runs
            return server
        started.terminate()
        started.wait()
        raise self._failure(f"dockerd did not answer within {self._beats * _BEAT:.0f} s and was ended")

    def stop(self) -> bool:
        """End the one that was started here, with its containers; its images stay. False if none runs.

        Raises:
            ToolchainError: it does not end.
        """
        pid = self._pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        for _ in range(self._beats):
            if self._pid() is None:
                return True
            self._wait(_BEAT)
        raise self._failure(f"dockerd (pid {pid}) does not end")

    def _pid(self) -> int | None:
        """Its pid, or None if it does not run: a pid file outlives its process, and pids come again."""
        try:
            pid = int(self._pid_file.read_text(encoding="utf-8"))
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return pid if os.fsencode(self._pid_file) in command.split(b"\0") else None

    def _failure(self, what: str) -> ToolchainError:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:]
        tail = "".join(f"\n  | {line}" for line in lines)
        return ToolchainError(
            f"{what}{tail}\n  all of it: {self._log}",
            todo="read the lines above: a container that may not mount or change iptables cannot run one",
        )
