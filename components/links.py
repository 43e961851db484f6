"""Where a person clicks next."""

import os

import pulumi


def links(
    *,
    project_id: pulumi.Input[str],
    environment_id: pulumi.Input[str],
    compose_ids: dict[str, pulumi.Input[str]],
) -> dict[str, pulumi.Output[str]]:
    """Addresses in Dokploy's dashboard: `environment`, and one for each compose by its tier.

    The paths are those that the server itself puts into `deployment.queueList` (`servicePath`, 0.30.2).
    """
    dokploy = os.environ.get("DOKPLOY_URL", "").rstrip("/")
    environment = pulumi.Output.concat(
        dokploy, "/dashboard/project/", project_id, "/environment/", environment_id
    )
    services = {
        tier: pulumi.Output.concat(environment, "/services/compose/", compose_id)
        for tier, compose_id in compose_ids.items()
    }
    return {"environment": environment, **services}
