"""Domains as Traefik's labels, measured on the real server on 2026-11-23."""

from typing import Any

import pytest

from sandbox.dokploy import yaml12
from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def converted(rig: Rig, *domains: dict[str, Any], **settings: Any) -> tuple[dict[str, Any], str]:
    """The service `web` after conversion, and the prefix of its first domain's names."""
    compose = await rig.compose(**settings)
    key = compose["composeId"]
    rows = [
        await rig.ok(
            "domain.create",
            **{"host": "a.test", "port": 80, "serviceName": "web", "domainType": "compose", **domain},
            composeId=key,
        )
        for domain in domains
    ]
    document = yaml12.load(await rig.ok("compose.getConvertedCompose", composeId=key))
    prefix = f"{compose['appName']}-{rows[0]['uniqueConfigKey']}" if rows else ""
    return document, prefix


async def test_a_plain_domain_is_one_router_on_the_entry_point_web(rig: Rig) -> None:
    document, name = await converted(rig, {})

    web = document["services"]["web"]
    assert web["labels"] == [
        "traefik.enable=true",
        "traefik.docker.network=dokploy-network",
        f"traefik.http.routers.{name}-web.rule=Host(`a.test`)",
        f"traefik.http.routers.{name}-web.entrypoints=web",
        f"traefik.http.services.{name}-web.loadbalancer.server.port=80",
        f"traefik.http.routers.{name}-web.service={name}-web",
    ]
    assert web["networks"] == ["dokploy-network", "default"]
    assert document["networks"] == {"dokploy-network": {"external": True}}


async def test_a_path_is_part_of_the_rule_and_gets_no_priority(rig: Rig) -> None:
    document, name = await converted(rig, {"path": "/api"})

    labels = document["services"]["web"]["labels"]
    assert f"traefik.http.routers.{name}-web.rule=Host(`a.test`) && PathPrefix(`/api`)" in labels
    assert not any("priority" in label for label in labels)


@pytest.mark.parametrize(
    ("settings", "tls"),
    [
        ({}, "tls=true"),
        ({"certificateType": "letsencrypt"}, "tls.certresolver=letsencrypt"),
        ({"certificateType": "custom", "customCertResolver": "dns"}, "tls.certresolver=dns"),
    ],
)
async def test_https_redirects_web_and_serves_websecure(rig: Rig, settings: dict[str, Any], tls: str) -> None:
    document, name = await converted(rig, {"https": True, "middlewares": ["compress@file"], **settings})

    labels = document["services"]["web"]["labels"]
    assert f"traefik.http.routers.{name}-web.middlewares=redirect-to-https@file" in labels
    assert f"traefik.http.routers.{name}-websecure.middlewares=compress@file" in labels
    assert f"traefik.http.routers.{name}-websecure.{tls}" in labels


async def test_strip_and_add_prefix_come_before_own_middlewares(rig: Rig) -> None:
    domain = {"path": "/p", "stripPath": True, "internalPath": "/in", "middlewares": ["mine@file"]}
    document, name = await converted(rig, domain)

    labels = document["services"]["web"]["labels"]
    assert f"traefik.http.middlewares.stripprefix-{name}.stripprefix.prefixes=/p" in labels
    assert f"traefik.http.middlewares.addprefix-{name}.addprefix.prefix=/in" in labels
    listed = f"stripprefix-{name},addprefix-{name},mine@file"
    assert f"traefik.http.routers.{name}-web.middlewares={listed}" in labels


async def test_a_custom_entry_point_is_the_only_router(rig: Rig) -> None:
    document, name = await converted(rig, {"https": True, "customEntrypoint": "internal"})

    routers = {label.split(".")[3] for label in document["services"]["web"]["labels"] if ".routers." in label}
    assert routers == {f"{name}-internal"}


async def test_a_stack_has_its_labels_below_deploy(rig: Rig) -> None:
    document, _ = await converted(rig, {}, composeType="stack")

    web = document["services"]["web"]
    assert "traefik.swarm.network=dokploy-network" in web["deploy"]["labels"]
    assert "labels" not in web


async def test_labels_and_networks_keep_the_form_the_file_gave_them(rig: Rig) -> None:
    text = (
        "services:\n  web:\n    image: x\n    labels: {own: label}\n    networks: {env: {aliases: [db]}}\n"
        "  other:\n    image: y\nnetworks:\n  env: {external: true}\n"
    )
    document, _ = await converted(rig, {}, composeFile=text)

    web = document["services"]["web"]
    assert web["labels"]["own"] == "label"
    assert web["labels"]["traefik.enable"] == "true"
    assert web["networks"] == {"env": {"aliases": ["db"]}, "dokploy-network": None, "default": None}
    assert document["services"]["other"] == {"image": "y"}


async def test_a_disabled_domain_is_left_out(rig: Rig) -> None:
    compose = await rig.compose()
    row = await rig.ok("domain.create", host="a.test", composeId=compose["composeId"], serviceName="web")
    toggled = await rig.ok("domain.toggleEnable", domainId=row["domainId"])

    assert (toggled["enabled"], toggled["requiresRedeploy"]) == (False, True)
    assert "a.test" not in await rig.ok("compose.getConvertedCompose", composeId=compose["composeId"])


async def test_an_attached_network_is_external_and_unknown_ones_are_ignored(rig: Rig) -> None:
    network = await rig.ok("network.create", name="finance-report-staging", driver="overlay", attachable=True)
    attached = [{"serviceName": "web", "networkIds": [network["networkId"], "nope"]}]

    document, _ = await converted(
        rig, serviceNetworks=[*attached, {"serviceName": "ghost", "networkIds": ["x"]}]
    )

    assert document["services"]["web"]["networks"] == ["finance-report-staging", "default"]
    assert document["networks"] == {"finance-report-staging": {"external": True}}


async def test_a_file_is_read_as_yaml_of_today(rig: Rig) -> None:
    document, _ = await converted(rig, composeFile="services:\n  web: {image: x, ports: [22:22], init: on}\n")

    assert document["services"]["web"] == {"image": "x", "ports": ["22:22"], "init": "on"}
