"""`Application` for Pulumi; what it does stands in `dokploy_provider.crud.application`."""

from typing import Any, ClassVar

import pulumi
from pulumi import dynamic

from dokploy_provider.crud import application
from dokploy_provider.models.application import ApplicationDesired
from dokploy_provider.resources.shell import RevisedNoun, RevisedShell


class ApplicationProvider(RevisedShell):
    """See `Application`."""

    model = ApplicationDesired
    noun: ClassVar[RevisedNoun] = application
    parents = frozenset({"environment_id"})


class Application(dynamic.Resource, module="dokploy", name="Application"):
    """A Swarm service from a Docker image. Deploying it is a `Deployment`.

    Args:
        name: logical name.
        environment_id: `Environment.environment_id`; a change moves it.
        application_name: its name at Dokploy and the prefix of its app name.
        owner: its ownership marker.
        docker_image: `repo:tag@sha256:…`.
        description: text before the marker.
        env: dotenv text.
        replicas: tasks to run.
        adopt: id of an existing application to take over.
        opts: Pulumi's options.

    Attributes:
        application_id: its id at Dokploy.
        app_name: the name that Dokploy made of `application_name`.
        revision: new after every change that reaches a container.
    """

    application_id: pulumi.Output[str]
    app_name: pulumi.Output[str]
    revision: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        environment_id: pulumi.Input[str],
        application_name: pulumi.Input[str],
        owner: pulumi.Input[str],
        docker_image: pulumi.Input[str],
        description: pulumi.Input[str] = "",
        env: pulumi.Input[str] = "",
        replicas: pulumi.Input[int] = 1,
        adopt: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "environment_id": environment_id,
            "application_name": application_name,
            "owner": owner,
            "docker_image": docker_image,
            "description": description,
            "env": env,
            "replicas": replicas,
            "adopt": adopt,
            "application_id": None,
            "app_name": None,
            "revision": None,
        }
        super().__init__(ApplicationProvider(), name, props, opts)
