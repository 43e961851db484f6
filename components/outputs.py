"""What stacks put out after their last successful run, without a resource.

The invoke `readStackOutputs`: a StackReference resource shows as drift after each release and fails on a
stack that does not exist (measured with engine 3.250 on 2026-11-23). A run that fails keeps the outputs of
the run before.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_fixed

from model.release import Release, VerifiedRelease

LOOKS = 8
PAUSE = 0.25  # seconds


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """The outputs that later runs build on.

    Attributes:
        running: what the stack runs and verified, `None` if nothing yet.
        verified: all that it verified, newest first.
        data_images: service to `repo:tag@sha256:…` of the data tier.
        links: into Dokploy's dashboard.
        preview: of a PR stack: `ref`, `commit` and the compose file at it, `compose`.
    """

    running: Release | None = None
    verified: tuple[VerifiedRelease, ...] = ()
    data_images: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    preview: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, outputs: Mapping[str, Any]) -> "Outputs":
        """From a stack's outputs, of which each may be missing.

        Raises:
            model.errors.ReleaseError: one is there and is not what it must be.
        """
        release = outputs.get("release")
        record = VerifiedRelease.parse(release) if release else None
        return cls(
            running=Release(version=record.version, images=record.images) if record else None,
            verified=VerifiedRelease.parse_all(outputs.get("verifiedReleases")),
            data_images=dict(outputs.get("dataImages") or {}),
            links=dict(outputs.get("links") or {}),
            preview=dict(outputs.get("preview") or {}),
        )


def _half_written(error: BaseException) -> bool:
    """A file backend's checkpoint, looked at while an engine (also this run's own) writes it anew: `failed to
    load checkpoint: EOF` (measured with engine 3.250 on 2026-11-23, about once in fifty runs under load).
    """
    return any(text in str(error) for text in ("EOF", "unexpected end of JSON"))


def read_outputs(stack: str, *, sleep: Callable[[float], None] = time.sleep) -> Outputs | None:
    """The outputs of a stack of this project.

    Args:
        stack: its name; may be the running one, which gives what its previous run put out.
        sleep: waits that many seconds.

    Returns:
        `None` if there is no such stack; empty outputs if it never finished a run.

    Raises:
        pulumi.RunError: the backend cannot be asked.
    """
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack}"
    patiently = Retrying(
        retry=retry_if_exception(_half_written),
        stop=stop_after_attempt(LOOKS),
        wait=wait_fixed(PAUSE),
        sleep=sleep,
        reraise=True,
    )
    try:
        answer = patiently(pulumi.runtime.invoke, "pulumi:pulumi:readStackOutputs", {"name": name})
    except Exception as error:  # noqa: BLE001 - a failed invoke is a plain Exception
        # The only text that means "there is none"; anything else is a failure to look.
        if "unknown stack" in str(error):
            return None
        raise pulumi.RunError(
            f"The outputs of stack {name} cannot be read: {str(error).strip().splitlines()[-1]}. "
            "Next: `pulumi stack ls` and `pulumi stack output`, which ask the same backend."
        ) from None
    return Outputs.parse(answer.value["outputs"])
