"""`Environment` for Pulumi; what it does stands in `dokploy_provider.crud.environment`."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import dynamic

from dokploy_provider.context import Context
from dokploy_provider.crud import environment
from dokploy_provider.crud.base import Made, Seen
from dokploy_provider.models.environment import EnvironmentDesired
from dokploy_provider.resources.shell import Shell


class EnvironmentProvider(Shell):
    """See `Environment`."""

    model = EnvironmentDesired
    parents = frozenset({"project_id"})

    def make(self, here: Context, want: EnvironmentDesired) -> Made:
        """See `crud.environment.create`."""
        return environment.create(here, want)

    def look(self, here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
        """See `crud.environment.read`."""
        return environment.read(here, id_, state)

    def change(self, here: Context, id_: str, state: Mapping[str, Any], want: EnvironmentDesired) -> Made:
        """See `crud.environment.update`."""
        return environment.update(here, id_, state, want)

    def drop(self, here: Context, id_: str, state: Mapping[str, Any]) -> None:
        """See `crud.environment.delete`."""
        environment.delete(here, id_, state)


class Environment(dynamic.Resource, module="dokploy", name="Environment"):
    """One environment of a project.

    The name `production` adopts the project's default environment (Dokploy reserves the name), which a
    destroy clears and leaves.

    Args:
        name: logical name.
        project_id: `Project.project_id`.
        environment_name: its name at Dokploy.
        owner: its ownership marker.
        description: text before the marker.
        env: dotenv text that services may refer to as `${{environment.NAME}}`.
        adopt: id of an existing environment to take over.
        opts: Pulumi's options.

    Attributes:
        environment_id: its id at Dokploy.
    """

    environment_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        project_id: pulumi.Input[str],
        environment_name: pulumi.Input[str],
        owner: pulumi.Input[str],
        description: pulumi.Input[str] = "",
        env: pulumi.Input[str] = "",
        adopt: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "project_id": project_id,
            "environment_name": environment_name,
            "owner": owner,
            "description": description,
            "env": env,
            "adopt": adopt,
            "environment_id": None,
        }
        super().__init__(EnvironmentProvider(), name, props, opts)
