"""Staging and production: one body, so that what staging proves is what production is.

The gate comes first and everything waits for it: a change that CI's read-only token may not make stops
there, before Dokploy is touched. Data before application: a release never meets a database that failed to
start.
"""

from collections.abc import Sequence
from typing import Any

import pulumi

from components.branch_gate import RepositoryGate
from components.gate import GithubGate
from components.links import links
from components.planning import Planned
from components.steps_back import tell_when_back
from components.tier import Tier
from dokploy_provider.resources import Environment, Network, Project, Registry, VaultProvider
from model.layers import Layer
from model.naming import marker
from model.plan import Plan, TierPlan
from model.services import Tier as TierName


class StandingEnvironment(pulumi.ComponentResource):
    """A long-lived environment: gate, Dokploy environment, data tier, app tier.

    Args:
        kind: the last part of the type token, `Staging` or `Production`.
        planned: all that a reviewer should see, and what the stack was before.

    Attributes:
        exports: the stack's outputs by name.
    """

    exports: dict[str, pulumi.Input[Any]]

    def __init__(self, kind: str, *, planned: Planned) -> None:
        plan = planned.plan
        name = plan.stack.name
        super().__init__(f"strata:layers:{kind}", name, {"url": plan.url})
        gate: list[pulumi.Resource] = [
            GithubGate(
                f"{one.environment}-gate",
                plan=one,
                found=planned.found.gates.get(one.environment),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for one in plan.gates
        ]
        if plan.ruleset:
            gate.append(
                RepositoryGate(
                    "main-gate",
                    plan=plan.ruleset,
                    found=planned.found.ruleset,
                    opts=pulumi.ResourceOptions(parent=self),
                )
            )
        behind_gate = pulumi.ResourceOptions(parent=self, depends_on=gate)
        project = Project(
            f"{name}-project",
            project_name=plan.project_name,
            owner=marker(project=pulumi.get_project(), stack="shared", logical="project"),
            adopt=planned.adopt.project or None,
            opts=behind_gate,
        )
        environment = Environment(
            f"{name}-environment",
            project_id=project.project_id,
            environment_name=plan.names.environment,
            owner=marker(project=pulumi.get_project(), stack=name, logical="environment"),
            adopt=planned.adopt.environment or None,
            opts=behind_gate,
        )
        # The project is what Dokploy is asked about first: what it refuses (the key, its version, a project
        # of our name that is not ours) is said once and before anything is made.
        behind_project = pulumi.ResourceOptions(parent=self, depends_on=[*gate, project])
        ground = [*gate, *_ground(plan, project=project, environment=environment, opts=behind_project)]
        tiers: dict[str, Tier] = {}
        for tier in plan.tiers:
            tiers[tier.tier] = _tier(
                planned, tier, parent=self, environment=environment, after=[*ground, *tiers.values()]
            )
        app = tiers[TierName.APP]
        self.exports = {
            "url": plan.url,
            "healthUrl": f"{plan.url}/health",
            "release": app.deployment.release_record,
            "verifiedReleases": app.deployment.verified_releases,
            "dataImages": {
                service: image
                for tier in plan.tiers
                if tier.tier == TierName.DATA
                for service, image in tier.images.items()
            },
            "vaultVersions": {
                path: version for tier in plan.tiers for path, version in tier.secret_versions.items()
            },
            "links": links(
                project_id=project.project_id,
                environment_id=environment.environment_id,
                compose_ids={name: tier.compose.id for name, tier in tiers.items()},
                before=planned.before.links,
            ),
        }
        self.register_outputs({"url": plan.url})


def _ground(
    plan: Plan, *, project: Project, environment: Environment, opts: pulumi.ResourceOptions
) -> Sequence[pulumi.Resource]:
    """What tiers stand on: the login to the registry, the network, the way to Vault."""
    name = plan.stack.name
    made: list[pulumi.Resource] = []
    if plan.registry:
        made.append(
            Registry(
                f"{name}-registry",
                registry_name=plan.registry.name,
                registry_url=plan.registry.url,
                username=plan.registry.username,
                credential_version=plan.registry.credential_version,
                opts=opts,
            )
        )
    if plan.network:
        made.append(Network(f"{name}-network", network_name=plan.network, opts=opts))
    if plan.vault_provider:
        made.append(
            VaultProvider(
                f"{name}-vault",
                provider_name=plan.vault_provider.name,
                url=plan.vault_provider.url,
                mount=plan.vault_provider.mount,
                project_id=project.project_id,
                environment_id=environment.environment_id,
                opts=opts,
            )
        )
    return made


def _tier(
    planned: Planned,
    tier: TierPlan,
    *,
    parent: pulumi.Resource,
    environment: Environment,
    after: Sequence[pulumi.Resource],
) -> Tier:
    plan = planned.plan
    released = tier.tier == TierName.APP
    opts = pulumi.ResourceOptions(parent=parent, protect=tier.protect or None)
    if released and planned.kept and plan.release:
        opts = pulumi.ResourceOptions.merge(opts, tell_when_back(stack=plan.stack.name, release=plan.release))
    return Tier(
        f"{plan.stack.name}-{tier.tier}",
        plan=plan,
        tier=tier,
        environment_id=environment.environment_id,
        adopt=(planned.adopt.app if released else planned.adopt.data) or None,
        release=plan.release if released else None,
        history=planned.before.verified if released else (),
        # Everything else is deleted after the app's deployment: where that is protected, a `destroy` takes
        # nothing away. Protecting the data tier alone, it first took the application off the air (measured).
        last_to_go=released and plan.stack.layer is Layer.PRODUCTION,
        after=after,
        opts=opts,
    )
