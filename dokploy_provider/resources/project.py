"""`Project` for Pulumi; what it does stands in `dokploy_provider.crud.project`."""

from typing import Any, ClassVar

import pulumi
from pulumi import dynamic

from dokploy_provider.crud import project
from dokploy_provider.models.project import ProjectDesired
from dokploy_provider.resources.shell import Noun, Shell


class ProjectProvider(Shell):
    """See `Project`."""

    model = ProjectDesired
    noun: ClassVar[Noun] = project
    ignored = frozenset(ProjectDesired.model_fields)


class Project(dynamic.Resource, module="dokploy", name="Project"):
    """A Dokploy project, shared by all stacks of one Pulumi project.

    Found by its marker or created; only its existence is managed, and no stack deletes it.

    Args:
        name: logical name.
        project_name: its name at Dokploy.
        owner: the marker that its description ends with, e.g. `strata:finance-report/shared/project`.
        description: text before the marker, used when it is created.
        adopt: id of an existing project to take over (its description gets the marker).
        opts: Pulumi's options.

    Attributes:
        project_id: its id at Dokploy.
        default_environment_id: of the environment that Dokploy makes with it.
    """

    project_id: pulumi.Output[str]
    default_environment_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        project_name: pulumi.Input[str],
        owner: pulumi.Input[str],
        description: pulumi.Input[str] = "",
        adopt: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "project_name": project_name,
            "owner": owner,
            "description": description,
            "adopt": adopt,
            "project_id": None,
            "default_environment_id": None,
        }
        super().__init__(ProjectProvider(), name, props, opts)
