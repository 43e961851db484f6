"""Where a person clicks next."""

import os
from collections.abc import Mapping

import pulumi


def links(
    *,
    project_id: pulumi.Input[str],
    environment_id: pulumi.Input[str],
    compose_ids: Mapping[str, pulumi.Input[str]],
    before: Mapping[str, str],
) -> Mapping[str, pulumi.Input[str]]:
    """Addresses in Dokploy's dashboard: `environment`, and one for each compose by its tier.

    The paths are those that the server itself puts into `deployment.queueList` (`servicePath`, 0.30.2).

    Args:
        project_id: Dokploy's id of the project.
        environment_id: Dokploy's id of the environment.
        compose_ids: tier to Dokploy's id of its compose.
        before: what the stack put out last; stays where DOKPLOY_URL is not set, as in a plan for a pull
            request, which would else show links that change.
    """
    dokploy = os.environ.get("DOKPLOY_URL", "").rstrip("/")
    if not dokploy:
        return dict(before)
    environment = pulumi.Output.concat(
        dokploy, "/dashboard/project/", project_id, "/environment/", environment_id
    )
    services = {
        tier: pulumi.Output.concat(environment, "/services/compose/", compose_id)
        for tier, compose_id in compose_ids.items()
    }
    return {"environment": environment, **services}
