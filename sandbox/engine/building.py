"""`docker compose … --build`: an image from a folder, without running anything of it."""

import asyncio
import fnmatch
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from docker.utils.build import PatternMatcher

from sandbox.engine import dockerfile
from sandbox.engine.behaviour import ARGUMENTS, LABEL, PRINTS, Behaviour
from sandbox.engine.errors import BuildError
from sandbox.engine.images import Images
from sandbox.engine.project import Build, Project, Service
from sandbox.engine.protocol import Log
from sandbox.engine.state import State
from sandbox.registry.reference import Reference


class Builder:
    """Builds images as BuildKit's log shows it.

    Args:
        state: clock and pace.
        images: where the result goes.
    """

    def __init__(self, state: State, images: Images) -> None:
        self._state = state
        self._images = images

    async def build(self, project: Project, service: Service, *, folder: Path, root: Path, log: Log) -> str:
        """Build a service's image.

        Args:
            project: names the image where the service does not.
            service: what to build.
            folder: of the compose file; the context is relative to it.
            root: nothing outside is read: the sandbox's Docker has no other files.
            log: takes the output.

        Returns:
            The image's id.

        Raises:
            BuildError: context, Dockerfile or a copied file is missing, or the build is meant to fail.
        """
        name = service.image or f"{project.name}-{service.name}"
        build = service.build or Build(context=".")
        log(f" Image {name} Building ")
        context = _context(build.context, folder=folder, root=root)
        text = build.inline if build.inline is not None else _dockerfile(build, context)
        recipe = dockerfile.read(text, build.args)
        await asyncio.sleep(self._state.world.pace.build)
        given = {**recipe.args, **build.args}
        labels = {
            **recipe.labels,
            **{label: given[argument] for argument, label in ARGUMENTS.items() if given.get(argument)},
            **build.labels,
            "com.docker.compose.project": project.name,
            "com.docker.compose.service": service.name,
        }
        files = {path.relative_to(context).as_posix(): path for path in _files(context)}
        self._print(
            recipe,
            service=service.name,
            dockerfile_name=build.dockerfile,
            labels=labels,
            files=files,
            log=log,
        )
        image_id = _digest(text, labels, recipe.env, files)
        self._images.add(
            image_id=image_id,
            tag=_tag(name),
            digest=None,
            labels=labels,
            env=recipe.env,
            healthcheck=recipe.healthcheck,
        )
        log(f" Image {name} Built ")
        return image_id

    def _print(
        self,
        recipe: dockerfile.Recipe,
        *,
        service: str,
        dockerfile_name: str,
        labels: dict[str, str],
        files: dict[str, Path],
        log: Log,
    ) -> None:
        log(f"#1 [{service} internal] load build definition from {dockerfile_name}")
        log("#1 DONE 0.0s")
        shown = [s for s in recipe.steps if s.name in ("FROM", "RUN", "COPY", "ADD", "WORKDIR")]
        says = labels.get(PRINTS)
        fails = labels.get(LABEL) == Behaviour.FAILS_BUILD
        for number, step in enumerate(shown, start=2):
            place = f"[{service} {number - 1}/{len(shown)}] {step.name} {step.text}"
            log(f"#{number} {place}")
            if step.name in ("COPY", "ADD"):
                _check_sources(step, service=service, files=files)
            last = number == len(shown) + 1
            if last and says:
                log(f"#{number} 0.100 {says}")
            if last and fails:
                raise _failure(step, place, number, says, service=service, log=log)
            log(f"#{number} DONE 0.1s")
        if fails and not shown:
            raise BuildError(f"target {service}: failed to solve: the build is meant to fail")
        log(f"#{len(shown) + 2} [{service}] exporting to image")
        log(f"#{len(shown) + 2} DONE 0.0s")


def _context(context: str, *, folder: Path, root: Path) -> Path:
    if "://" in context or context.startswith("git@"):
        raise BuildError(f"unable to prepare context: the sandbox's Docker fetches no URL: {context}")
    path = (folder / context).resolve()
    if not path.is_relative_to(root.resolve()):
        raise BuildError(f'unable to prepare context: path "{context}" lies outside of the deployed folder')
    if not path.is_dir():
        raise BuildError(f'unable to prepare context: path "{path}" not found')
    return path


def _dockerfile(build: Build, context: Path) -> str:
    path = context / build.dockerfile
    if not path.is_file():
        raise BuildError(
            f"failed to solve: failed to read dockerfile: open {build.dockerfile}: no such file or directory"
        )
    return path.read_text()


def _check_sources(step: dockerfile.Step, *, service: str, files: dict[str, Path]) -> None:
    for source in dockerfile.sources_of(step):
        wanted = source.removeprefix("./").strip("/")
        if wanted in ("", "."):
            continue
        if not any(fnmatch.fnmatch(f, wanted) or f.startswith(f"{wanted}/") for f in files):
            raise BuildError(
                f"target {service}: failed to solve: failed to compute cache key: failed to calculate"
                f' checksum of ref: "/{wanted}": not found'
            )


def _failure(
    step: dockerfile.Step, place: str, number: int, says: str | None, *, service: str, log: Log
) -> BuildError:
    text = f'process "/bin/sh -c {step.text}" did not complete successfully: exit code: 1'
    log(f"#{number} ERROR: {text}")
    log("------")
    log(f" > {place}:")
    if says:
        log(f"0.100 {says}")
    log("------")
    return BuildError(f"target {service}: failed to solve: {text}")


def _files(context: Path) -> Iterator[Path]:
    file = context / ".dockerignore"
    lines = file.read_text().splitlines() if file.is_file() else []
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    for name in sorted(PatternMatcher(patterns).walk(str(context))):
        if (context / name).is_file() and not name.startswith(".git/"):
            yield context / name


def _digest(text: str, labels: dict[str, str], env: dict[str, str], files: dict[str, Path]) -> str:
    """The image's id: what is built from the same things is the same image, as with a build cache."""
    seen = hashlib.sha256(json.dumps([text, sorted(labels.items()), sorted(env.items())]).encode())
    for name, path in files.items():
        seen.update(f"\0{name}\0".encode() + path.read_bytes())
    return f"sha256:{seen.hexdigest()}"


def _tag(name: str) -> str:
    reference = Reference.parse(name)
    return f"{reference.repository}:{reference.tag}"
