import os
import shutil
import sys
from pathlib import Path

from toolchain import lock
from toolchain.docker import compose, debian
from toolchain.docker.client import Docker, Server
from toolchain.docker.daemon import Daemon
from toolchain.errors import ToolchainError, UnavailableError
from toolchain.layout import Layout
from toolchain.progress import Progress
from toolchain.standins.builder import StandIns

_SYSTEMD = Path("/run/systemd/system")


class Host:
    """This machine's Docker Engine with what the project needs of it: Compose, and images.

    Args:
        layout: where things lie.
        progress: shows each step.
    """

    def __init__(self, layout: Layout, *, progress: Progress) -> None:
        self._layout = layout
        self._progress = progress
        self._docker = Docker()
        # not in the checkout: a machine has one Engine, whatever is cloned or removed
        self._daemon = Daemon(layout.cache / "docker", docker=self._docker)
        self._standins = StandIns(self._docker, layout=layout, progress=progress)

    def ready(self) -> str | None:
        """Say in words what there is if nothing is missing, else None.

        Raises:
            ToolchainError: the Engine that answers is too old or refuses this user.
        """
        try:
            server = self._docker.server()
        except UnavailableError:
            return None
        version = self._docker.compose_version()
        if version is None or (server.takes_standins and self._has_to_prepare()):
            return None
        return _words(server, version)

    def install(self) -> str:
        """Provide what is missing, one process at a time on this machine, and say in words what there is.

        Raises:
            ToolchainError: something cannot be had.
        """

        def waiting() -> None:
            self._progress.say("another run is providing Docker: waiting for it")

        with lock.hold(self._layout.cache / "locks" / "docker", on_wait=waiting):
            server = self._engine()
            version = compose.provide(
                self._docker,
                program=self._layout.venv / "bin" / "docker-compose",
                allowed=server.takes_standins,
            )
            if server.takes_standins:
                self._prepare()
        return _words(server, version)

    def stop(self) -> None:
        """End the Engine that was started here by hand, and no other.

        Raises:
            ToolchainError: it does not end.
        """
        if self._daemon.stop():
            self._progress.say(
                "dockerd ended, with its containers; images and volumes stay for the next start"
            )
        else:
            self._progress.say("no Docker Engine was started from here: nothing to stop")

    def _has_to_prepare(self) -> bool:
        return not self._docker.is_in_swarm() or bool(self._standins.missing())

    def _prepare(self) -> None:
        """An Engine of ours is a swarm for good: a sandbox that made it would leave it again, and that ends
        the resolution of names in all containers that run beside it (Engine 20.10, 2026-11-23).
        """
        if not self._docker.is_in_swarm():
            self._docker.run(
                ["swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377"],
                what="make the Engine a swarm of one node",
                todo="see whether port 2377 is free",
            )
        self._standins.provide()

    def _engine(self) -> Server:
        try:
            return self._docker.server()
        except UnavailableError as error:
            _require_permission(error)
        if shutil.which("dockerd") is None or shutil.which("docker") is None:
            with self._progress.step("install Docker from Debian"):
                debian.install("docker.io", target="make docker", say=self._progress.say)
                if shutil.which("docker") is None:
                    # a package of its own from Debian 13 on
                    debian.install("docker-cli", target="make docker", say=self._progress.say)
            try:
                return self._docker.server()  # where systemd starts what is installed
            except UnavailableError:
                pass
        if _SYSTEMD.exists():
            raise ToolchainError("no Docker Engine answers", todo="start it: `systemctl start docker`")
        with self._progress.step("start dockerd"):
            return self._daemon.start()


def _require_permission(error: UnavailableError) -> None:
    if sys.platform != "linux":
        raise ToolchainError(error.what, todo="start Docker Desktop (or colima, OrbStack) and run this again")
    if os.geteuid() != 0:
        raise ToolchainError(
            error.what, todo="have it started (`sudo systemctl start docker`), or run this as root"
        )
    if shutil.which("dockerd") is None and not debian.can_install():
        raise error


def _words(server: Server, compose_version: str) -> str:
    own = ", with stand-ins" if server.takes_standins else ""
    return f"docker {server.version}, compose {compose_version}{own}"
