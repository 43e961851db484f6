"""Registry: shared, its password from the environment only."""

import dataclasses

import pytest

from dokploy_provider.context import Context
from dokploy_provider.crud import registry
from dokploy_provider.errors import NotConfigured, NotOurs, Rejected
from dokploy_provider.models.registry import RegistryDesired
from tests.dokploy_provider.nouns import REGISTRY
from tests.dokploy_provider.scripted import Scripted, refusal
from tests.dokploy_provider.stage import Stage

WANT = RegistryDesired(
    registry_name="finance-report", registry_url="ghcr.io", username="zitian-party", credential_version="1"
)
ROW = {
    "registryId": "r1",
    "registryName": "finance-report",
    "registryUrl": "ghcr.io",
    "username": "zitian-party",
}


def _server() -> Scripted:
    return Scripted().on("registry.all", [ROW]).on("registry.one", ROW).on("registry.update", True)


def test_v1_its_password_is_sent_and_never_put_out(stage: Stage) -> None:
    resource = stage.resource(REGISTRY)
    resource.up(REGISTRY.inputs(stage))

    assert stage.dokploy.ask("registry.all")[0]["password"] == "registry-password"
    assert "registry-password" not in str(resource.outs)


def test_a_second_stack_uses_the_same_one_and_logs_in_again() -> None:
    server = _server()
    made = registry.create(server.here(registry_password="pw"), WANT)

    assert made.id == "r1"
    assert [body["password"] for body in server.asked("registry.update")] == ["pw"]


def test_a_new_credential_version_sends_the_password(stage: Stage) -> None:
    resource, props = stage.resource(REGISTRY), REGISTRY.inputs(stage)
    resource.up(props)
    resource.here = dataclasses.replace(stage.here, registry_password="the-new-one")
    resource.up({**props, "credential_version": "2"})

    assert stage.dokploy.ask("registry.all")[0]["password"] == "the-new-one"


def test_a_missing_password_is_named_before_anything_is_sent() -> None:
    server = _server()
    with pytest.raises(NotConfigured, match="REGISTRY_PASSWORD"):
        registry.create(server.here(), WANT)

    assert not server.requests


def test_s3_one_of_its_name_for_another_registry_stops_with_its_id() -> None:
    server = Scripted().on("registry.all", [{**ROW, "registryUrl": "quay.io"}])
    with pytest.raises(NotOurs, match="r1"):
        registry.create(server.here(registry_password="pw"), WANT)


def test_s14_of_two_equal_ones_all_use_the_oldest() -> None:
    rows = [{**ROW, "registryId": "young", "createdAt": "2"}, {**ROW, "registryId": "old", "createdAt": "1"}]
    server = _server().on("registry.all", rows)

    assert registry.create(server.here(registry_password="pw"), WANT).id == "old"


def test_v6_a_refused_login_does_not_show_the_password(here: Context) -> None:
    refused = refusal(
        "registry.create", 400, "docker login -u zitian-party -p secret-pw failed: 401 Unauthorized"
    )
    server = Scripted().on("registry.all", []).on("registry.create", refused)
    context = server.here(registry_password="secret-pw")
    context.client.hide("secret-pw")
    with pytest.raises(Rejected) as caught:
        registry.create(context, WANT)

    assert "secret-pw" not in str(caught.value)
