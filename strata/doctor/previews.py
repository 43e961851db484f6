"""The key of previews: what it can reach is what a pull request's author could reach (P10)."""

from collections.abc import Sequence
from dataclasses import dataclass

import hvac

from dokploy_provider.client import Client
from model.identity import PREVIEW
from model.naming import marker
from model.settings import Settings
from strata.doctor.finding import Findings, fail, ok, warn
from vault import kv
from vault.errors import Absent, Forbidden

NEXT = (
    "give previews a Dokploy of their own and write its DOKPLOY_URL and DOKPLOY_API_KEY there; or "
    "acknowledge it: `previewsBesideStanding: true` in Pulumi.yaml"
)
_NAMES = ("DOKPLOY_URL", "DOKPLOY_API_KEY")


@dataclass(frozen=True, kw_only=True)
class Previews:
    """Where the key of previews is kept, and what it must not see.

    Attributes:
        mount: of the KV engine.
        app: the first part of the path.
        project: the Pulumi project, part of the markers.
        stacks: the standing stacks.
        acknowledged: whether the settings say that previews run beside them.
    """

    mount: str
    app: str
    project: str
    stacks: Sequence[str]
    acknowledged: bool

    @property
    def path(self) -> str:
        """Of the key, below the mount."""
        return PREVIEW.deploy_path(self.app)


def of(settings: Settings, *, project: str, stacks: Sequence[str]) -> Previews:
    """What a project's settings say."""
    return Previews(
        mount=settings.vault_mount,
        app=settings.app,
        project=project,
        stacks=stacks,
        acknowledged=settings.previews_beside_standing,
    )


def check(vault: hvac.Client, previews: Previews) -> Findings:
    """Read the key as an administrator may, and list with it what it sees.

    Args:
        vault: logged in.
        previews: where to look.

    Raises:
        dokploy_provider.errors.DokployError: the previews' Dokploy refuses the key or does not answer.
    """
    where = f"{previews.mount}/{previews.path}"
    try:
        _, keys = kv.values(vault, mount=previews.mount, path=previews.path)
    except Forbidden:
        yield ok("previews", f"this token may not read {where}: what its key sees was not tried")
        return
    except Absent:
        keys = {}
    if lacking := [name for name in _NAMES if not keys.get(name, "").strip()]:
        yield warn(
            "previews",
            f"{where} has no {' and '.join(lacking)}",
            next_step="`strata doctor --setup` shows how to write it",
        )
        return
    client = Client.from_env({name: keys[name].strip() for name in _NAMES})
    try:
        seen = standing(client, previews)
    finally:
        client.close()
    if not seen:
        yield ok("previews", f"the key at {where} sees neither {' nor '.join(previews.stacks)}")
    elif previews.acknowledged:
        yield ok(
            "previews",
            f"the key at {where} sees {' and '.join(seen)}, which previewsBesideStanding acknowledges",
        )
    else:
        yield fail("previews", f"the key at {where} sees {' and '.join(seen)}", next_step=NEXT)


def standing(client: Client, previews: Previews) -> list[str]:
    """`GET project.all`, `GET project.one`: the standing stacks whose marked environments a key sees.

    By marker and not by name: every project has an environment `production` from its first moment on.
    """
    wanted = {
        marker(project=previews.project, stack=stack, logical="environment"): stack
        for stack in previews.stacks
    }
    found: set[str] = set()
    for row in client.get("project.all"):
        project = client.get("project.one", projectId=str(row["projectId"]))
        for environment in project.get("environments") or ():
            words = str(environment.get("description") or "").split()
            if words and words[-1] in wanted:
                found.add(wanted[words[-1]])
    return sorted(found)
