import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolchain import process, versions
from toolchain.errors import SilentError, ToolchainError, UnavailableError

LEAST_API = (1, 41, 0)
"""Docker 20.10 (December 2020): what stacks and Compose are measured with here."""

STANDINS = "strata.standins=yes"
"""The Engine's own label that allows images of this project's making under the names of pinned ones."""

ASK_SECONDS = 30.0
"""How long the Engine may take for an answer that it has at hand."""

_PULL_SECONDS = 600.0
_RUN_SECONDS = 900.0

_INSTALL = "install Docker (https://docs.docker.com/engine/install/) so that `docker version` shows a server"


@dataclass(frozen=True)
class Server:
    """A Docker Engine that answers.

    Attributes:
        version: as it states it, for example `20.10.24+dfsg1`.
        labels: its own, `name=value`.
    """

    version: str
    labels: frozenset[str]

    @property
    def takes_standins(self) -> bool:
        """Whether images of this project's making may stand there for pinned ones."""
        return STANDINS in self.labels


class Docker:
    """The docker command line, with whatever Engine it is set up for."""

    def server(self) -> Server:
        """Return the Engine that answers.

        Raises:
            UnavailableError: none does, or there is no command line; the reason in Docker's words.
            SilentError: something listens there and does not answer.
            ToolchainError: it is too old, or this user may not speak to it.
        """
        answer = self._ask("version", "--format", "{{json .Server}}")
        try:
            server = json.loads(answer.stdout or "null")
        except ValueError:
            server = None
        if not server:
            raise _no_server(answer.stderr.strip())
        version, api = str(server["Version"]), str(server["ApiVersion"])
        if (versions.parse(api) or (0, 0, 0)) < LEAST_API:
            raise ToolchainError(
                f"the Docker Engine here is {version} (API {api}), too old: API 1.41 is needed",
                todo="upgrade it to Docker 20.10 or newer",
            )
        return Server(version, labels=frozenset(self._labels()))

    def compose_version(self) -> str | None:
        """Return the version of the Compose plugin, or None if `docker compose` is unknown."""
        try:
            answer = self._ask("compose", "version", "--short")
        except UnavailableError:
            return None
        return answer.stdout.strip().removeprefix("v") if answer.returncode == 0 else None

    def is_in_swarm(self) -> bool:
        """Whether the Engine belongs to a swarm, which stacks need."""
        answer = self._ask("info", "--format", "{{.Swarm.LocalNodeState}}")
        return answer.stdout.strip() == "active"

    def labels_of(self, image: str) -> Mapping[str, str] | None:
        """Return an image's labels, or None if the Engine does not have it.

        Args:
            image: its whole name with tag.
        """
        answer = self._ask("image", "inspect", "--format", "{{json .Config.Labels}}", image)
        return json.loads(answer.stdout) or {} if answer.returncode == 0 else None

    def names(self, pattern: str) -> Sequence[str]:
        """Return the names with tag that images have here.

        Args:
            pattern: of the name without tag, `*` standing for all but a slash.
        """
        answer = self._ask(
            "image", "ls", "--filter", f"reference={pattern}", "--format", "{{.Repository}}:{{.Tag}}"
        )
        return answer.stdout.split()

    def remove(self, image: str) -> bool:
        """Take a name off its image, which goes too unless something else is made of it.

        Args:
            image: its whole name with tag.

        Returns:
            False if it stays: a container uses it.
        """
        return self._ask("image", "rm", image, seconds=_RUN_SECONDS).returncode == 0

    def pull(self, image: str) -> None:
        """Get an image from its registry.

        Raises:
            UnavailableError: it cannot be had, in Docker's words.
        """
        try:
            answer = self._ask("pull", "--quiet", image, seconds=_PULL_SECONDS)
        except SilentError as error:
            raise UnavailableError(
                f"{image} cannot be pulled: {error.what}", todo="check how fast its registry can be reached"
            ) from None
        if answer.returncode:
            raise UnavailableError(
                f"{image} cannot be pulled: {answer.stderr.strip()}",
                todo="check that its registry can be reached",
            )

    def run(self, arguments: Sequence[str | Path], *, what: str, todo: str) -> str:
        """Run a docker command to its end and return what it wrote to stdout.

        Args:
            arguments: without the program's name.
            what: what is being done, for the message of a failure.
            todo: what to do if it fails.

        Raises:
            ToolchainError: it failed; its last lines are in the message.
        """
        return process.run(["docker", *arguments], what=what, todo=todo, timeout=_RUN_SECONDS)

    def _labels(self) -> Sequence[str]:
        answer = self._ask("info", "--format", "{{json .Labels}}")
        return json.loads(answer.stdout or "null") or ()

    def _ask(self, *arguments: str, seconds: float | None = None) -> subprocess.CompletedProcess[str]:
        seconds = seconds or ASK_SECONDS
        try:
            return subprocess.run(
                ["docker", *arguments],
                stdin=subprocess.DEVNULL,
                timeout=seconds,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise UnavailableError("there is no `docker` command on PATH", todo=_INSTALL) from None
        except subprocess.TimeoutExpired:
            raise SilentError(
                f"`docker {arguments[0]}` did not end within {seconds:g} s",
                todo="see whether `docker info` answers by hand; if not, start the Docker Engine anew",
            ) from None


def _no_server(reason: str) -> ToolchainError:
    if "permission denied" in reason.lower():
        return ToolchainError(
            f"this user may not speak to the Docker Engine: {reason}",
            todo="add the user to the group `docker` and log in again, or run this as root",
        )
    where = os.environ.get("DOCKER_HOST")
    if where:
        return ToolchainError(
            f"no Docker Engine answers at DOCKER_HOST={where}: {reason}",
            todo="start that one, or unset DOCKER_HOST",
        )
    return UnavailableError(f"no Docker Engine answers: {reason}", todo=_INSTALL)
