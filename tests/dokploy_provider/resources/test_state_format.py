"""S11: what a stack's state keeps of a provider. A changed line here breaks every existing stack: keep the
old name as a shim for a release instead.
"""

import pytest

import dokploy_provider.resources as exported
from tests.dokploy_provider.nouns import NOUNS
from tests.dokploy_provider.seam import blob
from tests.dokploy_provider.stage import Stage
from tests.dokploy_provider.tier import Tier

PINNED = {
    "application": "dokploy_provider.resources.application ApplicationProvider",
    "compose": "dokploy_provider.resources.compose ComposeProvider",
    "deployment": "dokploy_provider.resources.deployment DeploymentProvider",
    "domain": "dokploy_provider.resources.domain DomainProvider",
    "environment": "dokploy_provider.resources.environment EnvironmentProvider",
    "network": "dokploy_provider.resources.network NetworkProvider",
    "project": "dokploy_provider.resources.project ProjectProvider",
    "registry": "dokploy_provider.resources.registry RegistryProvider",
    "vault_provider": "dokploy_provider.resources.vault_provider VaultProviderProvider",
}
BLOBS = {
    "application": (
        "gASVRQAAAAAAAACMJmRva3Bsb3lfcHJvdmlkZXIucmVzb3VyY2VzLmFwcGxp"
        "Y2F0aW9ulIwTQXBwbGljYXRpb25Qcm92aWRlcpSTlCmBlC4="
    ),
    "compose": (
        "gASVPQAAAAAAAACMImRva3Bsb3lfcHJvdmlkZXIucmVzb3VyY2VzLmNvbXBvc2WUjA9Db21wb3NlUHJvdmlkZXKUk5QpgZQu"
    ),
    "deployment": (
        "gASVQwAAAAAAAACMJWRva3Bsb3lfcHJvdmlkZXIucmVzb3VyY2VzLmRlcGxv"
        "eW1lbnSUjBJEZXBsb3ltZW50UHJvdmlkZXKUk5QpgZQu"
    ),
    "domain": (
        "gASVOwAAAAAAAACMIWRva3Bsb3lfcHJvdmlkZXIucmVzb3VyY2VzLmRvbWFpbpSMDkRvbWFpblByb3ZpZGVylJOUKYGULg=="
    ),
    "environment": (
        "gASVRQAAAAAAAACMJmRva3Bsb3lfcHJvdmlkZXIucmVzb3VyY2VzLmVudmly"
        "b25tZW50lIwTRW52aXJvbm1lbnRQcm92aWRlcpSTlCmBlC4="
    ),
    "network": (
        "gASVPQAAAAAAAACMImRva3Bsb3lfcHJvdmlkZXIucmVzb3VyY2VzLm5ldHdvcmuUjA9OZXR3b3JrUHJvdmlkZXKUk5QpgZQu"
    ),
    "project": (
        "gASVPQAAAAAAAACMImRva3Bsb3lfcHJvdmlkZXIucmVzb3VyY2VzLnByb2plY3SUjA9Qcm9qZWN0UHJvdmlkZXKUk5QpgZQu"
    ),
    "registry": (
        "gASVPwAAAAAAAACMI2Rva3Bsb3lfcHJvdmlkZXIucmVzb3VyY2VzLnJlZ2lzdHJ5lIwQUmVnaXN0cnlQcm92aWRlcpSTlCmBlC4="
    ),
    "vault_provider": (
        "gASVSgAAAAAAAACMKWRva3Bsb3lfcHJvdmlkZXIucmVzb3VyY2VzLnZhdWx0"
        "X3Byb3ZpZGVylIwVVmF1bHRQcm92aWRlclByb3ZpZGVylJOUKYGULg=="
    ),
}


@pytest.mark.parametrize("name", NOUNS)
def test_s11_the_blob_is_a_reference_of_less_than_120_bytes(name: str) -> None:
    text, secret = blob(NOUNS[name].provider())

    assert text == BLOBS[name]
    assert len(text) < 120
    assert not secret


@pytest.mark.parametrize("name", PINNED)
def test_s11_a_pinned_provider_is_where_it_was(name: str) -> None:
    provider = NOUNS[name].provider

    assert f"{provider.__module__} {provider.__name__}" == PINNED[name]


@pytest.mark.parametrize("name", NOUNS)
def test_s11_a_provider_has_no_attributes_that_a_blob_would_carry(name: str) -> None:
    assert vars(NOUNS[name].provider()) == {}


@pytest.mark.parametrize("name", exported.__all__)
def test_s11_the_type_token_is_part_of_every_urn(name: str) -> None:
    assert getattr(exported, name)._resource_type_name == f"dynamic/dokploy:{name}"


def _of_the_former_release(tier: Tier) -> Tier:
    """As if the state had been written when the app name was an input of the deployment."""
    app_name = tier.compose.outs["app_name"]
    for properties in (tier.deployment.inputs, tier.deployment.outs):
        properties["app_name"] = app_name
    return tier


def test_s11_a_deployment_of_the_former_release_is_refreshed_without_a_difference(stage: Stage) -> None:
    tier = Tier(stage)
    tier.up("v1.0.0")
    _of_the_former_release(tier)

    assert tier.refresh() == set()
    assert tier.up("v1.0.0") == "same"


def test_s11_a_deployment_of_the_former_release_is_updated_once_and_destroyed(stage: Stage) -> None:
    tier = Tier(stage)
    tier.up("v1.0.0")
    _of_the_former_release(tier)

    assert tier.up("v1.0.1") == "update"
    assert (len(tier.records()), tier.refresh(), tier.up("v1.0.1")) == (2, set(), "same")
    _of_the_former_release(tier).deployment.destroy()
    tier.compose.destroy()
