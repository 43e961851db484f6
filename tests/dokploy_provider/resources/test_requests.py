"""S7, decision 14: what a refresh costs, and that nothing else costs anything."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from dokploy_provider.client import Client
from dokploy_provider.timing import Timing
from tests.dokploy_provider.engine import Resource
from tests.dokploy_provider.nouns import (
    COMPOSE,
    DEPLOYMENT,
    DOMAIN,
    ENVIRONMENT,
    NETWORK,
    PROJECT,
    REGISTRY,
    VAULT_PROVIDER,
)
from tests.dokploy_provider.server import KEY
from tests.dokploy_provider.stage import OWNER, Stage
from tests.dokploy_provider.tier import STACK_UP

BOUND = 20
DATA = ("postgres", "redis", "minio")
APP = ("backend", "frontend")


def _yaml(images: dict[str, str]) -> str:
    return "services:\n" + "".join(f"  {service}:\n    image: {ref}\n" for service, ref in images.items())


def _tier(
    stage: Stage, name: str, services: tuple[str, ...], **changed: Any
) -> tuple[Resource, dict[str, str]]:
    images = {service: stage.dokploy.publish(f"docker.io/zitian/{service}:v1.0.0") for service in services}
    inputs = {
        **COMPOSE.inputs(stage),
        "compose_name": f"finance-report-staging-{name}",
        "owner": f"{OWNER}/{name}",
        "compose_file": _yaml(images),
        **changed,
    }
    compose = stage.resource(COMPOSE)
    compose.up(inputs)
    return compose, images


def _staging(stage: Stage) -> list[tuple[Resource, dict[str, Any]]]:
    """Every resource of a staging stack, up, with its inputs."""
    stack = [
        (stage.resource(noun), noun.inputs(stage))
        for noun in (PROJECT, ENVIRONMENT, REGISTRY, NETWORK, VAULT_PROVIDER)
    ]
    for resource, props in stack:
        resource.up(props)
    stage.ids["environment"] = str(stack[1][0].id)
    data, data_images = _tier(stage, "data", DATA)
    app, app_images = _tier(stage, "app", APP, compose_type="stack", command=STACK_UP)
    stack += [(data, data.inputs), (app, app.inputs)]
    for path, service in (("/", "frontend"), ("/api", "backend"), ("/health", "backend")):
        props = {
            "compose_id": app.id,
            "host": "report-staging.zitian.party",
            "path": path,
            "port": 80,
            "service_name": service,
        }
        stack.append((stage.resource(DOMAIN), props))
        stack[-1][0].up(props)
    for compose, images in ((data, data_images), (app, app_images)):
        props = stage.deployment_of(compose, images=images)
        stack.append((stage.resource(DEPLOYMENT), props))
        stack[-1][0].up(props)
    return stack


def _refresh(stage: Stage, resources: list[Resource]) -> list[str]:
    """The requests of a refresh by a new process with the SDK's four threads."""
    client = Client(url=stage.dokploy.url, key=KEY)
    here = replace(stage.here, client=client, timing=Timing())
    cursor = stage.dokploy.cursor

    def refresh(resource: Resource) -> set[str]:
        resource.here = here
        return resource.refresh()

    stage.dokploy.calls()
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(refresh, resources)) == [set()] * len(resources)
    client.close()
    return stage.dokploy.calls(cursor)


@pytest.fixture
def staging(stage: Stage) -> list[tuple[Resource, dict[str, Any]]]:
    return _staging(stage)


def test_s7_a_refresh_of_a_staging_stack_takes_at_most_twenty_requests(
    stage: Stage, staging: list[tuple[Resource, dict[str, Any]]]
) -> None:
    calls = _refresh(stage, [resource for resource, _ in staging])

    assert len(calls) <= BOUND, sorted(calls)


def test_s7_a_hundred_previews_on_the_server_make_no_request_more(
    stage: Stage, staging: list[tuple[Resource, dict[str, Any]]]
) -> None:
    resources = [resource for resource, _ in staging]
    few = _refresh(stage, resources)
    for n in range(100):
        row = stage.dokploy.do("environment.create", projectId=stage.project(), name=f"pr-{n}")
        stage.dokploy.do("compose.create", name=f"finance-report-pr-{n}", environmentId=row["environmentId"])

    assert sorted(_refresh(stage, resources)) == sorted(few)


def test_d14_an_up_without_changes_asks_dokploy_nothing(
    stage: Stage, staging: list[tuple[Resource, dict[str, Any]]]
) -> None:
    stage.dokploy.calls()
    cursor = stage.dokploy.cursor

    assert [resource.up(props) for resource, props in staging] == ["same"] * len(staging)
    assert stage.dokploy.calls(cursor) == []
