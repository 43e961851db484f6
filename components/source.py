"""Where a PR's software comes from: a tag that Dokploy clones, its commit, the compose file at it.

`strata preview before` reads the compose file at the pinned commit, since it is not in this program's tree:
the program that deploys a PR is main's. What was deployed last is kept in the outputs, so a run without the
variables changes nothing.
"""

import base64
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import pulumi

from components.outputs import Outputs
from model.plan import GitSource
from model.settings import Settings

_VARIABLES = ("PREVIEW_REF", "PREVIEW_COMMIT", "PREVIEW_COMPOSE")


class PreviewSource(TypedDict):
    """Arguments of `model.preview.preview_plan`."""

    git_url: str
    ref: str
    commit: str
    compose_file: str


def preview_source(settings: Settings, *, before: Outputs) -> PreviewSource:
    """What the environment asks for, or what is deployed.

    Raises:
        pulumi.RunError: neither says it, or the environment says half of it.
    """
    given = {name: os.environ.get(name, "").strip() for name in _VARIABLES}
    missing = [name for name, text in given.items() if not text]
    if not missing:
        path = Path(given["PREVIEW_COMPOSE"])
        if not path.is_file():
            raise pulumi.RunError(
                f"PREVIEW_COMPOSE names {path}, which is not a file. "
                "Next: `strata preview before`, which writes it."
            )
        ref, commit, compose_file = (
            given["PREVIEW_REF"],
            given["PREVIEW_COMMIT"],
            path.read_text(encoding="utf-8"),
        )
    elif len(missing) == len(_VARIABLES) and before.preview:
        ref, commit = before.preview["ref"], before.preview["commit"]
        compose_file = _unpacked(before.preview["compose"])
    else:
        raise pulumi.RunError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set, so it is not known "
            "what this PR deploys. Next: `strata preview before`, which sets all three; `destroy` needs none."
        )
    return PreviewSource(git_url=_git_url(settings), ref=ref, commit=commit, compose_file=compose_file)


def as_output(source: GitSource) -> Mapping[str, str]:
    """What a later run without the variables keeps: ref, commit and the compose file, for the guardrails.

    The file is packed: Pulumi shows YAML text in outputs as a tree, which would bury a preview's own lines.
    """
    packed = base64.b64encode(zlib.compress(source.compose_file.encode(), level=9)).decode()
    return {"ref": source.ref, "commit": source.commit, "compose": packed}


def _unpacked(text: str) -> str:
    return zlib.decompress(base64.b64decode(text)).decode()


def _git_url(settings: Settings) -> str:
    owner = os.environ.get("GITHUB_OWNER", "")
    if not owner:
        raise pulumi.RunError(
            f"GITHUB_OWNER is not set, so it is not known whose {settings.repository} Dokploy shall clone. "
            "Next: export GITHUB_OWNER=<organization>."
        )
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
    return f"{server}/{owner}/{settings.repository}.git"
