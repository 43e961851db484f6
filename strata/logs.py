"""What a stack's last deployment and its containers have said, masked (D5)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dokploy_provider.client import Client, scrub
from dokploy_provider.errors import ApiError
from model.naming import Names
from model.services import Tier
from strata.errors import NotThere

# Masking looks at whole credentials, which may begin before the lines that are shown.
_ASKED_FOR_EACH_SHOWN = 3
_MOST = 10_000
# Colours and whatever else would speak to the reader's terminal; out before masking, which they could split.
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One log.

    Attributes:
        title: what it is of.
        lines: its last lines, masked; empty if there are none.
    """

    title: str
    lines: tuple[str, ...]


def sections(client: Client, names: Names, *, tail: int, only: str | None = None) -> Iterator[Section]:
    """Each compose's newest deployment log, then the log of each of its containers.

    Args:
        client: of the stack's Dokploy.
        names: of the stack.
        tail: lines of each log.
        only: the service whose containers are shown; deployment logs are left out then.

    Raises:
        NotThere: Dokploy has no compose of this stack.
        dokploy_provider.errors.DokployError: Dokploy cannot be asked.
    """
    composes = list(_composes(client, names))
    if not composes:
        raise NotThere(
            f"Dokploy has no compose of stack {names.stack}", next_step="`strata status`, and DOKPLOY_URL"
        )
    for compose in composes:
        if not only:
            yield _deployment(client, compose, tail)
        yield from _containers(client, compose, tail, only)


def _composes(client: Client, names: Names) -> Iterator[dict[str, str]]:
    """Id, name, appName and type of the stack's composes. `compose.one` holds more, credentials among it."""
    ours = {names.compose(tier) for tier in Tier}
    for project in client.get("project.all"):
        for environment in project["environments"]:
            for row in environment["compose"]:
                if row["name"] in ours and environment["name"] == names.environment:
                    whole = client.get("compose.one", composeId=row["composeId"])
                    yield {key: str(whole[key]) for key in ("composeId", "name", "appName", "composeType")}


def _deployment(client: Client, compose: dict[str, str], tail: int) -> Section:
    records = client.get("deployment.allByCompose", composeId=compose["composeId"])
    newest = max(records, key=lambda record: str(record["createdAt"]), default=None)
    if newest is None:
        return Section(title=f"{compose['name']}: never deployed", lines=())
    title = f"{compose['name']}: deployment of {newest['createdAt']}, {newest['status']}"
    return _read(client, title, tail, "deployment.readLogs", deploymentId=str(newest["deploymentId"]))


def _containers(client: Client, compose: dict[str, str], tail: int, only: str | None) -> Iterator[Section]:
    rows = client.get(
        "docker.getContainersByAppNameMatch", appName=compose["appName"], appType=compose["composeType"]
    )
    for row in sorted(rows, key=lambda row: str(row["name"])):
        name = str(row["name"])
        if only and not _is_of(name, compose["appName"], only):
            continue
        title = f"{compose['name']}: container {name}, {row['state']} ({row['status']})"
        yield _read(
            client,
            title,
            tail,
            "compose.readLogs",
            composeId=compose["composeId"],
            containerId=str(row["containerId"]),
        )


def _is_of(container: str, app_name: str, service: str) -> bool:
    """`<app>-<service>-1` of docker-compose, `<app>_<service>.1.<task>` of a stack."""
    rest = container.removeprefix(app_name)[1:]
    return rest == service or rest.startswith((f"{service}-", f"{service}."))


def _read(client: Client, title: str, tail: int, procedure: str, **params: str) -> Section:
    """One log; that a single one cannot be had does not hide the others."""
    try:
        asked: dict[str, Any] = {**params, "tail": min(tail * _ASKED_FOR_EACH_SHOWN, _MOST)}
        text: Any = client.get(procedure, **asked)
    except ApiError as error:
        return Section(title=f"{title}: not readable ({error})", lines=())
    plain = _CONTROL.sub("", text) if isinstance(text, str) else ""
    lines = scrub.log(plain, client.hidden, lines=tail)
    return Section(title=title, lines=tuple(lines))
