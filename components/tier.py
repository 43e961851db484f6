"""One Dokploy compose, the way to it, and the event that brings it to run.

`Compose` is configuration and quick, `Deployment` is the slow event that may fail: it takes what the others
put out as `revision`, so whatever reached the server is deployed, also after a failed attempt (ADR "compose
is configuration, deployment is an event").
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pulumi

from dokploy_provider.resources import Compose, Deployment, Domain
from model.naming import marker
from model.plan import DomainPlan, GitSource, Plan, RawSource, TierPlan
from model.release import Release, VerifiedRelease


class Tier(pulumi.ComponentResource):
    """Compose → Domains → Deployment.

    Args:
        name: of the component, `<stack>-<tier>`; its children's names begin with it.
        plan: the stack, for its names and timeouts.
        tier: what this one is.
        environment_id: Dokploy's id of the environment.
        adopt: Dokploy's id of a compose that is taken over instead of made.
        release: what the tier is a release of; `None` where it carries no version (data, PR).
        history: releases that this stack had verified before, newest first; seeds a Deployment that is made
            anew.
        last_to_go: protects the deployment, so that `destroy` stops at it before anything is deleted.
        after: what has to stand before the first of the children is touched.

    Attributes:
        compose: the configuration at Dokploy.
        deployment: the last event, with what it verified.
    """

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        tier: TierPlan,
        environment_id: pulumi.Input[str],
        adopt: str | None = None,
        release: Release | None = None,
        history: Sequence[VerifiedRelease] = (),
        last_to_go: bool = False,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        # The version stands among the component's own inputs because they are saved even when a child
        # fails: the next run learns from them what was declared last (components/steps_back.py).
        super().__init__(
            "strata:layers:Tier",
            name,
            {"tier": tier.tier, "release": release.version if release else None},
            opts,
        )
        behind = pulumi.ResourceOptions(parent=self, depends_on=list(after))
        # Children take `compose.id`, not its output `compose_id`: only the id stays known in an update's
        # preview, so that a release shows what it changes and no more (measured 2026-11-23).
        self.compose = Compose(
            f"{name}-compose",
            environment_id=environment_id,
            compose_name=tier.compose_name,
            owner=marker(project=pulumi.get_project(), stack=plan.stack.name, logical=f"{tier.tier}/compose"),
            compose_type=tier.compose_type.value,
            env=tier.env,
            command=tier.command,
            delete_volumes=tier.delete_volumes,
            adopt=adopt,
            opts=behind,
            **_source(tier.source),
        )
        domains = [
            Domain(
                f"{name}-domain-{_slug(domain)}",
                compose_id=self.compose.id,
                host=domain.host,
                path=domain.path,
                port=domain.port,
                service_name=domain.service,
                https=domain.https,
                certificate_type=domain.certificate_type,
                cert_resolver=domain.cert_resolver,
                opts=pulumi.ResourceOptions.merge(behind, pulumi.ResourceOptions(deleted_with=self.compose)),
            )
            for domain in tier.domains
        ]
        self.deployment = Deployment(
            f"{name}-deployment",
            compose_id=self.compose.id,
            stack=plan.stack.name,
            compose_type=tier.compose_type.value,
            revisions=[self.compose.revision, *(domain.revision for domain in domains)],
            images=dict(tier.images),
            release=release.as_input() if release else None,
            secret_versions=dict(tier.secret_versions),
            commit=tier.source.commit if isinstance(tier.source, GitSource) else None,
            probes=[_probe(asdict(probe)) for probe in tier.probes],
            history=[asdict(verified) for verified in history],
            deploy_timeout=plan.timeouts.deploy,
            queue_timeout=plan.timeouts.queue,
            healthy_timeout=plan.timeouts.healthy,
            opts=pulumi.ResourceOptions.merge(
                behind, pulumi.ResourceOptions(depends_on=list(domains), protect=last_to_go or None)
            ),
        )
        self.register_outputs({})


def _source(source: RawSource | GitSource) -> Mapping[str, Any]:
    """The Compose inputs for one kind of source; GitHub's App takes the place of a clone URL."""
    if isinstance(source, RawSource):
        return {"source_type": "raw", "compose_file": source.compose_file}
    if source.github_id is not None:
        return {
            "source_type": "github",
            "github_id": source.github_id,
            "github_owner": source.github_owner,
            "github_repository": source.github_repository,
            "github_branch": source.ref,
            "compose_path": source.compose_path,
        }
    return {
        "source_type": "git",
        "git_url": source.url,
        "git_branch": source.ref,
        "git_ssh_key_id": source.ssh_key_id,
        "compose_path": source.compose_path,
    }


def _probe(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {**fields, "keys": list(fields["keys"])}


def _slug(domain: DomainPlan) -> str:
    """`frontend` for `/`, `backend-health` for `/health`; the host would only repeat the stack."""
    return "-".join([domain.service, *domain.path.strip("/").split("/")]).strip("-")
