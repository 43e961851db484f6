"""The registry's content for a real Engine: the application built from source, the data tier's pins."""

import os
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox.docker.mirror import Mirror
from sandbox.errors import BuildFailed
from sandbox.folder import CHECKOUT
from sandbox.registry.seeds import DATA_TIER, REPOSITORIES, VERSIONS, commit_of

Say = Callable[[str], None]
SOURCES: Mapping[str, Path] = {
    repository: CHECKOUT / "apps" / repository.rpartition("-")[2] for repository in REPOSITORIES
}
"""What each repository's images are built from."""

_LAST_LINES = 25
_BUILDX = {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
"""The same source gives the same digest: a provenance tells the time of the build."""
_NO_STANDINS = "`make docker` makes stand-ins on an Engine of its own where no registry can be reached"


class Releases:
    """Builds images and brings them into the sandbox's registry.

    Args:
        mirror: the registry.
        environment: of the `docker` commands.
        say: tells what takes its time.
        docker: the command, another one in tests.
    """

    def __init__(
        self, mirror: Mirror, environment: Mapping[str, str], *, say: Say, docker: str = "docker"
    ) -> None:
        self._mirror = mirror
        self._environment = {**os.environ, **_BUILDX, **environment}
        self._say = say
        self._docker = docker

    def seed(self) -> None:
        """Bring the releases and the pins of a fresh registry.

        Raises:
            BuildFailed: with the lines that matter.
        """
        for name in DATA_TIER:
            self.copy(name)
        for version in VERSIONS:
            self.publish(version)

    def publish(
        self, version: str, *, sources: Mapping[str, Path] = SOURCES, commit: str | None = None
    ) -> str:
        """Build one release and push it under its version and `sha-<12 hex>`; returns its commit.

        Args:
            version: the tag, e.g. `v1.2.0`.
            sources: repository to the folder with its Dockerfile; those that are not named are left out.
            commit: 40 hex digits that the images carry; by default those that belong to the version.

        Raises:
            BuildFailed: with the lines that matter.
        """
        known = commit or commit_of(version)
        for repository, source in sources.items():
            self._say(f"building {repository.rpartition('/')[2]} {version}")
            tags = [self._mirror.name(f"{repository}:{tag}") for tag in (version, f"sha-{known[:12]}")]
            arguments = [f"GIT_COMMIT={known}", f"VERSION={version}"]
            self._run(
                "build",
                *(word for argument in arguments for word in ("--build-arg", argument)),
                *(word for tag in tags for word in ("--tag", tag)),
                str(source),
                what=f"building {repository}:{version} from {source}",
            )
            for tag in tags:
                self._push(tag)
        return known

    def copy(self, name: str) -> None:
        """Bring an image of another registry, or one that this Engine has under that name.

        Raises:
            BuildFailed: it is not there and cannot be pulled.
        """
        if self._quietly("image", "inspect", name).returncode:
            self._say(f"pulling {name}")
            self._run("pull", name, what=f"pulling {name}", hint=_NO_STANDINS)
        self._say(f"bringing {name} into the sandbox's registry")
        tag = self._mirror.name(name)
        self._run("tag", name, tag, what=f"tagging {name}")
        self._push(tag)

    def _push(self, tag: str) -> None:
        self._run("push", "--quiet", tag, what=f"pushing {tag} into the sandbox's registry")

    def _run(self, *words: str, what: str, hint: str = "") -> None:
        done = self._quietly(*words)
        if done.returncode:
            lines = deque((line for line in done.stdout.splitlines() if line.strip()), maxlen=_LAST_LINES)
            shown = "\n".join(f"  | {self._mirror.real(line)}" for line in lines)
            remedy = hint or "repair what it names"
            raise BuildFailed(
                f"{what[0].upper()}{self._mirror.real(what[1:])} failed:\n{shown}\n"
                f"Next: {remedy}; then the same command again."
            )

    def _quietly(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._docker, *words],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
