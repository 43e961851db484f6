"""What the commands of a release work on: the checkout, GitHub, the registry, and the runner."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strata.actions import Runner

if TYPE_CHECKING:
    from model.settings import Settings
    from strata.github import Client
    from strata.project import Project
    from strata.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the commands work on."""

    project: "Project"
    settings: "Settings"
    client: "Client"
    registry: "Registry"
    runner: Runner


@contextmanager
def at(stack: str) -> Iterator[Place]:
    """The place of a stack's commands, for as long as they last.

    Args:
        stack: whose settings.

    Raises:
        CommandError: this is no checkout, the settings are not readable, or GitHub is not configured.
    """
    from model.layers import Stack
    from strata.github import Client
    from strata.project import Project
    from strata.registry import Registry

    project = Project.here()
    settings = project.settings(Stack.parse(stack))
    with (
        Client.from_env(os.environ, repository=settings.repository) as client,
        Registry(os.environ) as registry,
    ):
        yield Place(
            project=project, settings=settings, client=client, registry=registry, runner=Runner.here()
        )
