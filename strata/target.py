"""Whom smoke checks and monitoring ask: a stack's address, who should answer there, and the way to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from model.layers import Layer, Stack
from model.release import VerifiedRelease
from strata import engine
from strata.errors import NotThere, UsageError
from strata.health import tls, transport
from strata.project import Project
from strata.smoke import Expected

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True)
class Target:
    """One stack.

    Attributes:
        url: without a trailing slash.
        expected: who should answer.
        release: that the stack says it runs; `None` for those that build from source.
    """

    stack: Stack
    url: str
    expected: Expected
    release: VerifiedRelease | None = None

    @classmethod
    def of(
        cls, project: Project, stack: Stack, *, commit: str | None, url: str | None, env: Mapping[str, str]
    ) -> "Target":
        """From the stack's outputs, or from `url` and `commit` alone, which asks no state.

        Args:
            project: of the stack.
            stack: any of the layers.
            commit: that must answer; without it the one that the stack's outputs name.
            url: in place of the outputs' address.
            env: of `pulumi`.

        Raises:
            UsageError: the commit is none.
            NotThere: there is no such stack, it has no address, or it runs another commit.
        """
        if commit is not None and not _COMMIT.fullmatch(commit):
            raise UsageError("--commit is no full commit", next_step="give its 40 hexadecimal digits")
        built_here = not stack.on_dokploy
        outputs = {} if url else engine.outputs(project, stack.name, env)
        named, release = runs(outputs)
        address = url or str(outputs.get("url") or "")
        if not address:
            raise NotThere(
                f"{stack} has no address: nothing was deployed there yet",
                next_step=f"pulumi up --stack {stack}",
            )
        if commit and named and commit != named:
            raise NotThere(
                f"{stack} runs commit {named} and not {commit}",
                next_step=f"deploy it: `strata releases {stack}`",
            )
        expected = Expected(
            commit=commit or named,
            environment=None if built_here else stack.name,
            may_be_unknown=built_here,
        )
        return cls(stack=stack, url=address.rstrip("/"), expected=expected, release=release)

    def through(self, env: Mapping[str, str]) -> httpx.BaseTransport:
        """The way there; STRATA_CONNECT_TO is for Dokploy's host and not for this machine's containers."""
        if self.stack.layer in {Layer.LOCAL, Layer.CI}:
            return httpx.HTTPTransport(verify=tls(env))
        return transport(env)


def runs(outputs: Mapping[str, Any]) -> tuple[str | None, VerifiedRelease | None]:
    """The commit that a stack's outputs say it runs, and its release; each `None` where they name none.

    Raises:
        ReleaseError: the release is not readable.
    """
    if outputs.get("release"):
        release = VerifiedRelease.parse(outputs["release"])
        return release.commit, release
    given = outputs.get("commit")
    return (given if isinstance(given, str) and given else None), None
