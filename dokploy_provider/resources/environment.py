"""`Environment` for Pulumi; what it does stands in `dokploy_provider.crud.environment`."""

from collections.abc import Sequence
from typing import Any, ClassVar

import pulumi
from pulumi import dynamic

from dokploy_provider.crud import environment
from dokploy_provider.models.environment import EnvironmentDesired
from dokploy_provider.resources.shell import Noun, Shell


class EnvironmentProvider(Shell):
    """See `Environment`."""

    model = EnvironmentDesired
    noun: ClassVar[Noun] = environment
    parents = frozenset({"project_id"})
    ignored = frozenset({"adopt", "apart_from"})


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
        apart_from: markers of environments beside which it is not made.
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
        apart_from: Sequence[pulumi.Input[str]] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "project_id": project_id,
            "environment_name": environment_name,
            "owner": owner,
            "description": description,
            "env": env,
            "adopt": adopt,
            "apart_from": list(apart_from) or None,
            "environment_id": None,
        }
        super().__init__(EnvironmentProvider(), name, props, opts)
