"""Building the application's images once, on main, and pushing them under their commit's tag.

A commit's images are built by one run only: two builds of one source are two digests. What is there already
is looked at and kept; what is there with another commit in it is refused.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from model.images import ImageRef
from model.settings import Images as Repositories
from strata import dockerlogin, registrylogin
from strata.errors import CommandError, UsageError
from strata.registry import Registry

REVISION = "org.opencontainers.image.revision"
SOURCE = "org.opencontainers.image.source"
_APPS = "apps"
_MINUTES = 30
_LAST_LINES = 25


class BuildFailed(CommandError):
    """Docker, or git, refused."""


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """One image that is in the registry now.

    Attributes:
        image: tag and digest.
        built: whether by this run.
    """

    image: ImageRef
    built: bool


@dataclass(frozen=True, kw_only=True)
class Builder:
    """Builds from a checkout.

    Attributes:
        checkout: its folder, with `apps/<service>/Dockerfile`.
        repositories: the setting `images`.
        registry: looked at before and after.
        env: of docker: DOCKER_CONFIG, DOCKER_HOST; STRATA_REGISTRY_MIRROR for the sandbox's registry.
        source: address of the repository, for the label by which GHCR links them; may be empty.
    """

    checkout: Path
    repositories: Repositories
    registry: Registry
    env: Mapping[str, str]
    source: str = ""

    def push(self, commit: str) -> dict[str, Pushed]:
        """Have both images of a commit in the registry.

        Args:
            commit: 40 hexadecimal digits; the checkout stands on it, without changes.

        Raises:
            UsageError: the checkout is not that commit.
            BuildFailed: an image cannot be built or pushed, or the tag is another build's.
            RegistryError: the registry refused.
        """
        self._is_checked_out(commit)
        tag = f"sha-{commit}"
        wanted = {
            service: ImageRef.parse(repository).at(tag=tag)
            for service, repository in sorted(self.repositories.model_dump().items())
        }
        # All are looked at before the first is built: a refusal leaves nothing half pushed.
        there = {service: self._there(image, commit) for service, image in wanted.items()}
        with self._logged_in(wanted.values()) as docker:
            return {
                service: Pushed(image=found, built=False)
                if (found := there[service])
                else Pushed(image=docker.build(service, image, commit), built=True)
                for service, image in wanted.items()
            }

    @contextmanager
    def _logged_in(self, images: Iterable[ImageRef]) -> Iterator["Builder"]:
        """With the login that the registry is looked at with; a `docker login` that is there stays in use."""
        mirror = self.env.get("STRATA_REGISTRY_MIRROR")
        hosts = {mirror or image.registry for image in images}
        env = dict(self.env)
        with ExitStack() as made:
            for host in sorted(hosts):
                auth = self.registry.login(host) if registrylogin.credentials(env, host) == "" else ""
                if auth:
                    env[dockerlogin.VARIABLE] = str(dockerlogin.keep(env, host=host, auth=auth))
                    made.callback(dockerlogin.drop, dict(env))
            yield replace(self, env=env)

    def _there(self, image: ImageRef, commit: str) -> ImageRef | None:
        digest = self.registry.digest(image)
        if digest is None:
            return None
        pinned = image.pin(digest)
        carries = self.registry.labels(pinned).get(REVISION)
        if carries != commit:
            raise BuildFailed(
                f"{image} is in the registry with commit {carries or 'none'} in it; it was left alone",
                next_step="find out who pushed it; a commit's tag is never moved",
            )
        return pinned

    def build(self, service: str, image: ImageRef, commit: str) -> ImageRef:
        """Build and push one image, and look whether the registry has it.

        Raises:
            BuildFailed: Docker refused, or the registry has something else.
            RegistryError: the registry refused.
        """
        name = image.lookup_name(mirror=self.env.get("STRATA_REGISTRY_MIRROR") or None)
        labels = {REVISION: commit, **({SOURCE: self.source} if self.source else {})}
        self._docker(
            "build",
            "--quiet",
            *(word for k, v in labels.items() for word in ("--label", f"{k}={v}")),
            *("--build-arg", f"GIT_COMMIT={commit}", "--build-arg", f"VERSION={image.tag}"),
            *("--tag", name, str(self.checkout / _APPS / service)),
        )
        self._docker("push", "--quiet", name)
        pushed = self._pushed_digest(name)
        # The registry is asked and not Docker believed: a push that was not kept looked like one that was.
        now = self.registry.digest(image)
        if now != pushed:
            raise BuildFailed(
                f"{image} was pushed as {pushed} and the registry has {now or 'nothing'}",
                next_step="another run may have pushed it at the same moment: run it again",
            )
        found = image.pin(pushed)
        if self.registry.labels(found).get(REVISION) != commit:
            raise BuildFailed(
                f"{image} was pushed without its commit in the label {REVISION}",
                next_step=f"give apps/{service}/Dockerfile back its label",
            )
        return found

    def _pushed_digest(self, name: str) -> str:
        """The digest under which Docker pushed a name."""
        shown = self._docker("image", "inspect", "--format", '{{join .RepoDigests "\\n"}}', name)
        repository = name.rpartition(":")[0]
        for line in shown.splitlines():
            pushed, _, digest = line.partition("@")
            if pushed == repository and digest:
                return digest
        raise BuildFailed(
            f"Docker does not know under which digest it pushed {name}",
            next_step=f"`docker image inspect {name}`",
        )

    def _is_checked_out(self, commit: str) -> None:
        head = self._run("git", "rev-parse", "HEAD").strip()
        if head != commit:
            raise UsageError(
                f"the checkout stands on {head}, not on {commit}", next_step=f"`git checkout {commit}`"
            )
        if changed := self._run("git", "status", "--porcelain", "--", _APPS).strip():
            raise UsageError(
                f"{len(changed.splitlines())} files below {_APPS}/ are not as committed",
                next_step="commit or remove them: an image's commit has to be what it was built from",
            )

    def _docker(self, *words: str) -> str:
        return self._run("docker", *words)

    def _run(self, *words: str) -> str:
        # A provenance beside the image makes an index of it that old Engines cannot pull.
        env = {**os.environ, **self.env, "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
        shown = " ".join(words[:2])
        try:
            done = subprocess.run(
                words,
                cwd=self.checkout,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_MINUTES * 60,
                check=False,
            )
        except FileNotFoundError:
            raise BuildFailed(f"{words[0]} is not on PATH", next_step=f"install {words[0]}") from None
        except subprocess.TimeoutExpired:
            raise BuildFailed(
                f"`{shown}` did not end within {_MINUTES} minutes",
                next_step="look at the network, run it again",
            ) from None
        if done.returncode:
            last = "\n".join((done.stdout + done.stderr).splitlines()[-_LAST_LINES:])
            raise BuildFailed(
                f"`{shown}` of {words[-1]} ended with exit code {done.returncode}:\n{last}",
                next_step="repair what it says; an image that is in the registry already is kept",
            )
        return done.stdout
