"""Compose: two requests make one, since `compose.create` ignores most settings (measured 2026-11-22).

A crash between them leaves a compose that the next run finds by its marker, which the first request carries.
"""

from collections.abc import Mapping
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud import marker, outlived, revision, service, teardown
from dokploy_provider.crud.base import Made, Seen, differing, kept, once
from dokploy_provider.errors import NotFound, NotOurs
from dokploy_provider.models.compose import ComposeDesired, ComposeRow, ComposeType, SourceType

# Settings that no input names and that must stay as they are: a push must not deploy by itself (D9), `.env`
# must be written, and the others change names or networks under our feet.
HELD: Mapping[str, Any] = {
    "autoDeploy": False,
    "createEnvFile": True,
    "enableSubmodules": False,
    "randomize": False,
    "isolatedDeployment": False,
    "watchPaths": None,
    "serviceNetworks": [],
}
REACHING = frozenset(
    {
        "compose_type",
        "source_type",
        "compose_file",
        "git_url",
        "git_branch",
        "git_ssh_key_id",
        "github_id",
        "github_owner",
        "github_repository",
        "github_branch",
        "compose_path",
        "env",
        "command",
    }
)
"""Inputs that reach a container; the others change Dokploy's own books only."""
QUIET = frozenset({"name", "description", "autoDeploy", "watchPaths"})


def create(here: Context, want: ComposeDesired) -> Made:
    """Find ours, adopt by id, or create; then converge.

    Raises:
        NotOurs: a compose of that name exists in the environment without our marker.
        Ambiguous: several carry our marker.
    """
    id_ = want.adopt or _find(here, want)
    if id_ is None:
        body = {
            "name": want.compose_name,
            "appName": want.compose_name,
            "environmentId": want.environment_id,
            "description": marker.described(want.description, want.owner),
            "composeType": want.compose_type.value,
            "sourceType": want.source_type.value,
            "composeFile": want.compose_file if want.source_type is SourceType.RAW else "",
        }
        id_ = once(
            here,
            lambda: ComposeRow.model_validate(here.client.post("compose.create", body)).compose_id,
            lambda: _find(here, want),
        )
    row = _require(here, id_)
    if row.compose_type != want.compose_type:
        raise NotOurs(
            f"Compose {id_} is of type {row.compose_type}, not {want.compose_type}: changing the type of one "
            "that may have run leaves its containers. Delete it in Dokploy and run again."
        )
    marker.refuse_foreign(row, want.owner, what="Compose", id_=id_)
    _write(here, row, want)
    return _made(row, revision.first(content(want.model_dump(mode="json")), id_=id_))


def read(here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
    """`GET compose.one`. The revision stays: only what this stack sends makes a new one.

    Without its row it is gone once nothing of it stands on the host (S9).
    """
    row = service.row(here, ComposeRow, service.COMPOSE, id_, max_age=here.timing.max_age)
    if row is None:
        return outlived.seen(here, state, "compose_id", "app_name", "revision")
    outs: dict[str, Any] = {**_made(row, str(state.get("revision") or "")).outs}
    columns = _columns_of(row)
    drift = [f"{name} is {columns.get(name)!r}" for name in sorted(differing(HELD, columns))]
    if row.compose_type != state.get("compose_type", ComposeType.DOCKER_COMPOSE):
        drift.append(f"composeType is {row.compose_type!r}")
    if drift:
        outs["drift"] = drift
    return Seen(inputs=_inputs(row, state), outs=outs)


def update(here: Context, id_: str, state: Mapping[str, Any], want: ComposeDesired) -> Made:
    """Converge in place. A new revision when anything that reaches a container changed, here or on a lost way
    here.
    """
    row = _require(here, id_, state)
    marker.refuse_foreign(row, want.owner, what="Compose", id_=id_)
    changed = _write(here, row, want).keys() - QUIET
    now = content(want.model_dump(mode="json"))
    return _made(row, revision.after(state, now, written=bool(changed)))


def delete(here: Context, id_: str, state: Mapping[str, Any]) -> None:
    """Delete it and what it left, see `crud.teardown`.

    Raises:
        NotOurs: another stack has marked it since.
        LeftBehind: something stays on the host.
    """
    row = service.row(here, ComposeRow, service.COMPOSE, id_)
    if row is not None:
        marker.refuse_foreign(row, str(state.get("owner")), what="Compose", id_=id_)
    app_name, volumes = str(state.get("app_name") or ""), bool(state.get("delete_volumes"))
    teardown.service(
        here,
        service.COMPOSE,
        id_,
        options={"deleteVolumes": volumes},
        left=lambda: teardown.leftovers(here, app_name, volumes=volumes) if app_name else [],
    )


def content(inputs: Mapping[str, Any]) -> str:
    """Hash of what reaches a container."""
    return revision.content(ComposeDesired, REACHING, inputs)


def _require(here: Context, id_: str, state: Mapping[str, Any] | None = None) -> ComposeRow:
    row = service.row(here, ComposeRow, service.COMPOSE, id_)
    if row is None:
        outlived.refuse(here, state or {}, what=f"Compose {id_}")
        raise NotFound(
            f"Compose {id_} does not exist. Run `pulumi up --refresh`, or correct `adopt`.",
            procedure="compose.one",
        )
    return row


def _find(here: Context, want: ComposeDesired) -> str | None:
    return service.find(
        here, service.COMPOSE, environment_id=want.environment_id, name=want.compose_name, owner=want.owner
    )


def _columns(want: ComposeDesired, app_name: str) -> dict[str, Any]:
    """The wanted row: of the sources only the chosen one is set, the rest is cleared."""
    git, github = want.source_type is SourceType.GIT, want.source_type is SourceType.GITHUB
    return {
        **HELD,
        "name": want.compose_name,
        "description": marker.described(want.description, want.owner),
        "environmentId": want.environment_id,
        "composeType": want.compose_type.value,
        "sourceType": want.source_type.value,
        "composeFile": want.compose_file if want.source_type is SourceType.RAW else "",
        "composePath": want.compose_path,
        "customGitUrl": (want.git_url or None) if git else None,
        "customGitBranch": (want.git_branch or None) if git else None,
        "customGitSSHKeyId": (want.git_ssh_key_id or None) if git else None,
        "githubId": (want.github_id or None) if github else None,
        "owner": (want.github_owner or None) if github else None,
        "repository": (want.github_repository or None) if github else None,
        "branch": (want.github_branch or None) if github else None,
        "env": want.env,
        "command": want.command.replace("{app_name}", app_name),
    }


def _columns_of(row: ComposeRow) -> dict[str, Any]:
    return row.model_dump(by_alias=True)


def _write(here: Context, row: ComposeRow, want: ComposeDesired) -> dict[str, Any]:
    """`POST compose.update` of what differs, read back equal; returns what differed.

    An update of a missing id answers 200 with an empty body (measured 2026-11-22).
    """
    changes = differing(_columns(want, row.app_name), _columns_of(row))
    if not changes:
        return changes
    id_ = row.compose_id

    def look() -> ComposeRow | None:
        found = service.row(here, ComposeRow, service.COMPOSE, id_)
        return found if found and not differing(changes, _columns_of(found)) else None

    def send() -> object:
        answer = here.client.post("compose.update", {"composeId": id_, **changes})
        if answer is None:
            raise NotFound(f"Compose {id_} is gone. Run `pulumi up --refresh`.", procedure="compose.update")
        return answer

    once(here, send, look)
    kept(f"Compose {want.compose_name} ({id_})", changes, _columns_of(_require(here, id_)))
    return changes


def _inputs(row: ComposeRow, state: Mapping[str, Any]) -> dict[str, Any]:
    """The row as inputs; the command by its template while it still stands for the row's."""
    template = str(state.get("command") or "")
    same = template.replace("{app_name}", row.app_name) == (row.command or "")
    return {
        "environment_id": row.environment_id,
        "compose_name": row.name,
        "owner": marker.owner_of(row) or "",
        "description": marker.plain(row),
        "source_type": row.source_type,
        "compose_file": row.compose_file or "",
        "git_url": row.custom_git_url or "",
        "git_branch": row.custom_git_branch or "",
        "git_ssh_key_id": row.custom_git_ssh_key_id or "",
        "github_id": row.github_id or "",
        "github_owner": row.owner or "",
        "github_repository": row.repository or "",
        "github_branch": row.branch or "",
        "compose_path": row.compose_path or "",
        "env": row.env or "",
        "command": template if same else row.command or "",
    }


def _made(row: ComposeRow, new: str) -> Made:
    outs = {"compose_id": row.compose_id, "app_name": row.app_name, "revision": new}
    return Made(id=row.compose_id, outs=outs)
