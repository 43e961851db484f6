"""Deployment records and the queue, and how one of ours is recognised.

`compose.deploy` answers without an id (measured 2026-11-22), and a git source's title is overwritten at the
end by the commit message. So our title holds a nonce; at first sight it is bound to the record's id, which
alone counts from then.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from dokploy_provider.context import Context
from dokploy_provider.crud import service
from dokploy_provider.crud.revision import content_of, digest
from dokploy_provider.crud.service import APPLICATION, COMPOSE, Kind
from dokploy_provider.models.base import Row
from dokploy_provider.models.compose import DeploymentRow
from dokploy_provider.models.deployment import DeploymentDesired

DONE, ERROR, CANCELLED, RUNNING = "done", "error", "cancelled", "running"
_TITLE = re.compile(
    r"strata (?P<stack>\S+) (?P<content>[0-9a-f]{12})-(?P<whole>[0-9a-f]{12}) (?P<nonce>[0-9a-f]+)"
)
_COMMIT = re.compile(r"Commit:\s*([0-9a-f]{7,64})")


@dataclass(frozen=True, kw_only=True)
class Title:
    """`strata <stack> <inputs-hash> <nonce>`.

    The inputs-hash has two halves: what is deployed, and the same with the revisions' counters. Counters
    start anew when a state was lost, so then only the first half can be compared.
    """

    stack: str
    content: str
    whole: str
    nonce: str

    @classmethod
    def of(cls, want: DeploymentDesired) -> Self:
        """A new title for these inputs."""
        what = {"images": want.images, "secrets": want.secret_versions, "commit": want.commit}
        contents = sorted(map(content_of, want.revisions))
        return cls(
            stack=want.stack,
            content=digest({**what, "revisions": contents}),
            whole=digest({**what, "revisions": sorted(want.revisions)}),
            nonce=secrets.token_hex(4),
        )

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """The title that this text is, if it is one of ours."""
        match = _TITLE.fullmatch(text or "")
        return cls(**match.groupdict()) if match else None

    @property
    def inputs_hash(self) -> str:
        """The title without stack and nonce."""
        return f"{self.content}-{self.whole}"

    def __str__(self) -> str:
        return f"strata {self.stack} {self.inputs_hash} {self.nonce}"

    def same_inputs(self, other: "Title | None") -> bool:
        """Whether the other deploys exactly this."""
        return other is not None and (other.stack, other.whole) == (self.stack, self.whole)

    def same_content(self, other: "Title | None") -> bool:
        """Whether the other deploys the same, as far as can be told without a state."""
        return other is not None and (other.stack, other.content) == (self.stack, self.content)


@dataclass(frozen=True, kw_only=True)
class Service:
    """The service that is deployed, as a deployment's inputs name it."""

    kind: Kind
    id: str
    compose_type: str
    stack: str

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> "Service":
        """The one that these inputs, or a state's outputs, name."""
        return Service(
            kind=COMPOSE if inputs.get("compose_id") else APPLICATION,
            id=str(inputs.get("compose_id") or inputs.get("application_id")),
            compose_type=str(inputs.get("compose_type") or ""),
            stack=str(inputs.get("stack")),
        )

    def __str__(self) -> str:
        return f"{self.kind.noun} {self.id}"

    def named(self, app_name: str) -> "Target":
        """It, with the name that its row has."""
        return Target(**vars(self), app_name=app_name)


@dataclass(frozen=True, kw_only=True)
class Target(Service):
    """A service whose row was read: the name that its containers begin with is known.

    No input has it: an output of a Compose that changes is unknown to the preview of a release, which would
    show a change that is none (measured 2026-11-23).
    """

    app_name: str

    def __str__(self) -> str:
        return self.app_name


class _ServiceRow(Row):
    app_name: str
    compose_status: str | None = None
    application_status: str | None = None
    deployments: tuple[DeploymentRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A service's name and status, and its records, newest first."""

    app_name: str
    status: str
    records: tuple[DeploymentRow, ...]

    def by_id(self, id_: str) -> DeploymentRow | None:
        """The record with this id."""
        return next((r for r in self.records if r.deployment_id == id_), None)


def snapshot(here: Context, of: Service, *, max_age: float = 0.0) -> Snapshot | None:
    """One request for all; `None` when the service is gone."""
    row = service.row(here, _ServiceRow, of.kind, of.id, max_age=max_age)
    if row is None:
        return None
    newest_first = sorted(row.deployments, key=lambda r: (r.created_at, r.deployment_id), reverse=True)
    return Snapshot(
        app_name=row.app_name,
        status=row.compose_status or row.application_status or "",
        records=tuple(newest_first),
    )


@dataclass(frozen=True, kw_only=True)
class Job:
    """An entry of the queue."""

    title: str
    service_id: str
    state: str


def queue(here: Context) -> Sequence[Job]:
    """`GET deployment.queueList`, first to run first; waiting and active jobs of the whole organization."""
    return [_job(entry) for entry in reversed(here.client.get("deployment.queueList") or ())]


def _job(entry: dict[str, Any]) -> Job:
    data = entry.get("data") or {}
    return Job(
        title=str(data.get("titleLog") or ""),
        service_id=str(data.get("composeId") or data.get("applicationId") or ""),
        state=str(entry.get("state") or ""),
    )


def commit_of(record: DeploymentRow) -> str | None:
    """The commit that Dokploy wrote into a git source's record."""
    match = _COMMIT.search(record.description or "")
    return match.group(1) if match else None
