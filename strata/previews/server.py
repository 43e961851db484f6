"""What the previews' Dokploy has of a preview: found by our marker (S3), removed as by `destroy` (S9)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud import compose, environment, marker, teardown
from dokploy_provider.errors import DokployError, LeftBehind, Rejected
from dokploy_provider.models.base import Row
from dokploy_provider.models.environment import EnvironmentRow
from model.layers import Layer
from model.naming import Names
from model.naming import marker as owner_text
from strata.previews.stacks import number_of

_STANDING = (Layer.STAGING, Layer.PRODUCTION)


class _Project(Row):
    project_id: str
    environments: tuple[EnvironmentRow, ...] = ()


class _Compose(Row):
    compose_id: str
    name: str
    app_name: str
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Server:
    """The Dokploy that carries the previews.

    Attributes:
        here: client and clock.
        project: Pulumi's project, the first part of our markers.
    """

    here: Context
    project: str

    def numbers(self) -> frozenset[int]:
        """Of the pull requests that have an environment of ours.

        Raises:
            DokployError: Dokploy cannot be asked.
        """
        owners = filter(None, map(marker.owner_of, self._environments()))
        stacks = [self._stack_of(owner) for owner in owners]
        return frozenset(filter(None, (number_of(stack) for stack in stacks if stack)))

    def carries(self) -> list[str]:
        """Which of staging and production of this project it carries too (P10).

        Raises:
            DokployError: Dokploy cannot be asked.
        """
        owners = set(map(marker.owner_of, self._environments()))
        return [stack.value for stack in _STANDING if self._environment_of(stack.value) in owners]

    def clear(self, names: Names) -> list[str]:
        """Remove what carries the preview's marker and look what of its name is left.

        Args:
            names: of the preview's stack.

        Returns:
            What is left, in words; empty: nothing.

        Raises:
            DokployError: Dokploy cannot be asked.
        """
        stack, left = names.stack.name, list[str]()
        prefix = owner_text(project=self.project, stack=stack, logical="")
        rows = list(self._environments())
        for row in (_Compose.model_validate(one) for found in rows for one in found.compose):
            owner = marker.owner_of(row)
            if owner is not None and owner.startswith(prefix):
                left += self._without(row, owner)
        for found in rows:
            if marker.owner_of(found) == self._environment_of(stack):
                left += self._without_environment(found)
        return list(dict.fromkeys([*left, *self._on_host(names)]))

    def _environments(self) -> Iterator[EnvironmentRow]:
        for project in self.here.client.get("project.all") or ():
            whole = self.here.client.get("project.one", projectId=project["projectId"])
            yield from _Project.model_validate(whole).environments

    def _without(self, row: _Compose, owner: str) -> list[str]:
        state: Mapping[str, Any] = {"owner": owner, "app_name": row.app_name, "delete_volumes": True}
        try:
            compose.delete(self.here, row.compose_id, state)
        except LeftBehind as behind:
            return list(behind.left)
        except DokployError as error:
            return [f"compose {row.name}: {error}"]
        return []

    def _without_environment(self, row: EnvironmentRow) -> list[str]:
        try:
            environment.delete(self.here, row.environment_id, {"owner": marker.owner_of(row)})
        except DokployError as error:
            return [f"environment {row.name}: {error}"]
        return []

    def _on_host(self, names: Names) -> list[str]:
        """By name: what is left without a row at Dokploy carries no marker, so it is told and not touched."""
        prefix = f"{names.qualified}-"
        found = teardown.standing(self.here, names.qualified)
        volumes = [str(one.get("Name", "")) for one in self._listed("dockerVolume.getVolumes")]
        images = [str(one.get("Repository", "")) for one in self._listed("dockerImage.getImages")]
        return [
            *found,
            *(f"volume {name}" for name in volumes if name.startswith(prefix)),
            *(f"image {name}" for name in images if name.startswith(prefix)),
        ]

    def _listed(self, procedure: str) -> list[Mapping[str, Any]]:
        """A list that only newer 0.30 releases give."""
        try:
            return list(self.here.client.get(procedure) or ())
        except Rejected as refused:
            if refused.status != HTTPStatus.NOT_FOUND:
                raise
            return []

    def _environment_of(self, stack: str) -> str:
        return owner_text(project=self.project, stack=stack, logical="environment")

    def _stack_of(self, owner: str) -> str | None:
        """The stack in `strata:<our project>/<stack>/environment`."""
        parts = owner.removeprefix("strata:").split("/", 2)
        return parts[1] if parts[0] == self.project and parts[2:] == ["environment"] else None
