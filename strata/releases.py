"""The releases that a stack has verified, from its outputs."""

import os
from collections.abc import Mapping

from model.layers import Stack
from model.release import VerifiedRelease
from strata import engine, show
from strata.project import Project

COLUMNS = ("", "VERSION", "COMMIT", "VERIFIED", "IMAGES")
_SHORT = 12


def print_releases(
    project: Project, stack: Stack, *, json: bool, env: Mapping[str, str] = os.environ
) -> None:
    """Newest first; the one that runs is marked.

    Raises:
        NotThere: there is no such stack.
        model.errors.ReleaseError: its outputs are not readable.
    """
    outputs = engine.outputs(project, stack.name, env)
    verified = VerifiedRelease.parse_all(outputs.get("verifiedReleases"))
    running = VerifiedRelease.parse(outputs["release"]) if outputs.get("release") else None
    if json:
        show.as_json(
            [
                {
                    "version": one.version,
                    "commit": one.commit,
                    "time": one.time,
                    "images": dict(one.images),
                    "running": _same(one, running),
                }
                for one in verified
            ]
        )
        return
    rows = [
        (
            "*" if _same(one, running) else "",
            one.version,
            (one.commit or "unknown")[:_SHORT],
            one.time[:16].replace("T", " "),
            ", ".join(f"{service} {_digest(image)}" for service, image in sorted(one.images.items())),
        )
        for one in verified
    ]
    show.table(COLUMNS, rows)
    if not rows:
        show.note(
            f"{stack} has verified no release yet. Next: RELEASE=v1.0.0 pulumi up --refresh --stack {stack}"
        )


def _same(one: VerifiedRelease, running: VerifiedRelease | None) -> bool:
    return running is not None and (one.version, one.time) == (running.version, running.time)


def _digest(image: str) -> str:
    return image.rpartition("@sha256:")[2][:_SHORT]
