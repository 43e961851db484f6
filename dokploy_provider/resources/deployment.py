"""`Deployment` for Pulumi; what it does stands in `dokploy_provider.crud.deployment`."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pulumi
from pulumi import dynamic

from dokploy_provider.crud import deployment
from dokploy_provider.models.deployment import DeploymentDesired
from dokploy_provider.resources.shell import Noun, Shell


class DeploymentProvider(Shell):
    """See `Deployment`."""

    model = DeploymentDesired
    noun: ClassVar[Noun] = deployment
    ignored = frozenset({"history", "deploy_timeout", "queue_timeout", "healthy_timeout"})
    parents = frozenset({"compose_id", "application_id"})


class Deployment(dynamic.Resource, module="dokploy", name="Deployment"):
    """The event that brings a compose's or an application's configuration to its containers.

    Every change of an input but `history` and the timeouts deploys once, in place. It succeeds when its own
    record is done, the containers run on the digests asked for, and the probes answer with the right
    identity. It fails with a report; `read` never drops it while Dokploy answers.

    Args:
        name: logical name.
        compose_id: `Compose.compose_id`; this or `application_id`.
        application_id: `Application.application_id`.
        stack: the Pulumi stack's name, part of the record's title.
        compose_type: `docker-compose` or `stack`; none for an application.
        revisions: `revision` of the Compose (or Application) and of its Domains.
        images: service to `repo:tag@sha256:…`; empty where images are built.
        release: `{version, images}`, or none where nothing is released (data tier, previews).
        secret_versions: Vault path to version.
        commit: git commit that must be running, for sources that are built; or that the images must carry.
        probes: list of `{url, content_type, keys, identity}`.
        history: this stack's own previous `verified_releases`; never a difference.
        deploy_timeout: seconds for the record to end, from its start.
        queue_timeout: seconds to wait behind other deployments.
        healthy_timeout: seconds for containers and probes after the record's end.
        opts: Pulumi's options.

    Attributes:
        deployment_id: its record at Dokploy.
        release_record: `{version, commit, images, time}` of what was verified, or none.
        verified_releases: the last 20 of those, newest first.
        drift: what `read` found different; absent when nothing is.
    """

    deployment_id: pulumi.Output[str]
    release_record: pulumi.Output[dict[str, Any] | None]
    verified_releases: pulumi.Output[list[dict[str, Any]]]

    def __init__(
        self,
        name: str,
        *,
        stack: pulumi.Input[str],
        compose_id: pulumi.Input[str] | None = None,
        application_id: pulumi.Input[str] | None = None,
        compose_type: pulumi.Input[str] | None = None,
        revisions: pulumi.Input[Sequence[pulumi.Input[str]]] = (),
        images: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        release: pulumi.Input[Mapping[str, Any]] | None = None,
        secret_versions: pulumi.Input[Mapping[str, pulumi.Input[int]]] | None = None,
        commit: pulumi.Input[str] | None = None,
        probes: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] = (),
        history: pulumi.Input[Sequence[Mapping[str, Any]]] = (),
        deploy_timeout: pulumi.Input[float] = 900,
        queue_timeout: pulumi.Input[float] = 1800,
        healthy_timeout: pulumi.Input[float] = 300,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "stack": stack,
            "compose_id": compose_id,
            "application_id": application_id,
            "compose_type": compose_type,
            "revisions": revisions,
            "images": images,
            "release": release,
            "secret_versions": secret_versions,
            "commit": commit,
            "probes": probes,
            "history": history,
            "deploy_timeout": deploy_timeout,
            "queue_timeout": queue_timeout,
            "healthy_timeout": healthy_timeout,
            "deployment_id": None,
            "release_record": None,
            "verified_releases": None,
        }
        # What is no difference is not to be shown as one beside those that are.
        unseen = pulumi.ResourceOptions(ignore_changes=["history"])
        super().__init__(DeploymentProvider(), name, props, pulumi.ResourceOptions.merge(unseen, opts))
