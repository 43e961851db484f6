"""A pull request's environment: one compose with everything in it, gone with the pull request."""

from typing import Any

import pulumi

from components.links import links
from components.planning import Planned
from components.settings import load_settings
from components.source import as_output
from components.tier import Tier
from dokploy_provider.resources import Environment, Project
from model.layers import Layer
from model.naming import marker
from model.plan import GitSource

STANDING = (Layer.STAGING, Layer.PRODUCTION)


class PreviewEnvironment(pulumi.ComponentResource):
    """Dokploy environment → one tier, built by the host from the PR's commit.

    It has no gate, no Vault and no network of its own: it holds nothing that is worth guarding, and nothing
    of staging or production.

    Args:
        planned: all that a reviewer should see, and what the stack was before.

    Attributes:
        exports: the stack's outputs by name.
    """

    exports: dict[str, pulumi.Input[Any]]

    def __init__(self, *, planned: Planned) -> None:
        plan = planned.plan
        name = plan.stack.name
        super().__init__("strata:layers:Preview", name, {"url": plan.url})
        child = pulumi.ResourceOptions(parent=self)
        project = Project(
            f"{name}-project",
            project_name=plan.project_name,
            owner=marker(project=pulumi.get_project(), stack="shared", logical="project"),
            opts=child,
        )
        beside = load_settings().previews_beside_standing
        environment = Environment(
            f"{name}-environment",
            project_id=project.project_id,
            environment_name=plan.names.environment,
            owner=_environment_of(name),
            apart_from=() if beside else [_environment_of(stack) for stack in STANDING],
            opts=child,
        )
        (everything,) = plan.tiers
        tier = Tier(
            f"{name}-{everything.tier}",
            plan=plan,
            tier=everything,
            environment_id=environment.environment_id,
            opts=child,
        )
        self.exports = {
            "url": plan.url,
            "healthUrl": f"{plan.url}/health",
            "links": links(
                project_id=project.project_id,
                environment_id=environment.environment_id,
                compose_ids={everything.tier: tier.compose.id},
                before=planned.before.links,
            ),
        }
        if isinstance(everything.source, GitSource):
            kept = as_output(everything.source)
            self.exports["commit"] = everything.source.commit
            # Behind the deployment: if that fails, none of the outputs is saved, so that they name the commit
            # that was verified last and a run without PREVIEW_* keeps that one.
            self.exports["preview"] = tier.deployment.deployment_id.apply(lambda _: kept)
        self.register_outputs({"url": plan.url})


def _environment_of(stack: str) -> str:
    return marker(project=pulumi.get_project(), stack=stack, logical="environment")
