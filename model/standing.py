"""The plan of staging and production: two tiers, a gate, secrets by reference."""

from collections.abc import Mapping

from model.envtext import references, render
from model.gates import gates_of, ruleset_of
from model.layers import Layer, Stack
from model.naming import Names
from model.plan import Plan, RawSource, RegistryPlan, TierPlan, Timeouts, VaultProviderPlan
from model.release import Release
from model.routing import domains, probes
from model.services import COMPOSE_TYPES, SERVICES, ComposeType, Tier, in_tier
from model.settings import Settings
from model.variables import app_variables, data_variables

# Dokploy's own commands end before anything runs. These end when all is healthy or has failed (measured
# 2026-11-23); a rollback of a stack still ends well and only its log tells.
# Without a limit `--wait` never ends for a container that restarts for ever, and the job would hold Dokploy's
# queue. The limit is fixed: a setting here would make a changed timeout a changed configuration.
COMPOSE_COMMAND = (
    "compose -p {app_name} -f docker-compose.yml up -d --build --remove-orphans --wait --wait-timeout 300"
)
STACK_COMMAND = "stack deploy -c docker-compose.yml {app_name} --prune --with-registry-auth --detach=false"
COMMANDS = {ComposeType.DOCKER_COMPOSE: COMPOSE_COMMAND, ComposeType.STACK: STACK_COMMAND}


def names_of(settings: Settings, stack: Stack) -> Names:
    """The names of a stack under these settings."""
    return Names.of(stack, domain=settings.domain, host_prefix=settings.host_prefix, app=settings.app)


def timeouts_of(settings: Settings) -> Timeouts:
    """The limits of a deployment under these settings."""
    return Timeouts(
        deploy=settings.deploy_timeout_seconds,
        queue=settings.queue_timeout_seconds,
        healthy=settings.healthy_timeout_seconds,
    )


def standing_plan(
    *,
    settings: Settings,
    stack: Stack,
    release: Release,
    data_images: Mapping[str, str],
    secret_versions: Mapping[str, int],
    vault_addr: str,
    templates: Mapping[str, str],
) -> Plan:
    """What staging or production is going to be.

    Args:
        settings: of the stack.
        stack: staging or production.
        release: images of the app tier, by digest.
        data_images: service to `repo:tag@sha256:…` of the data tier.
        secret_versions: Vault path to version, of all required paths.
        vault_addr: address at which Dokploy's host reaches Vault.
        templates: tier (`data`, `app`) to the text of its compose template.

    Raises:
        GuardrailError: the gate cannot be (G1).
        EnvTextError: a variable would not arrive as it is.
    """
    names = names_of(settings, stack)
    url = names.url(https=settings.https)
    gate, *more_gates = gates_of(settings, names)
    data_env = render(data_variables(names, images=data_images), compose_type=COMPOSE_TYPES[Tier.DATA])
    app_env = render(
        app_variables(names, images=release.images, version=release.version, url=url),
        compose_type=COMPOSE_TYPES[Tier.APP],
    )
    data = TierPlan(
        tier=Tier.DATA,
        compose_name=names.compose(Tier.DATA),
        compose_type=COMPOSE_TYPES[Tier.DATA],
        source=RawSource(compose_file=templates[Tier.DATA]),
        env=data_env,
        command=COMMANDS[COMPOSE_TYPES[Tier.DATA]],
        images={str(service): image for service, image in data_images.items()},
        secret_versions=_consumed(data_env, secret_versions),
        volumes=tuple(names.volume(service) for service in in_tier(Tier.DATA) if SERVICES[service].volume),
        # A destroy that meets a protected resource stops half-way, so only production is (measured).
        protect=stack.layer is Layer.PRODUCTION,
    )
    app = TierPlan(
        tier=Tier.APP,
        compose_name=names.compose(Tier.APP),
        compose_type=COMPOSE_TYPES[Tier.APP],
        source=RawSource(compose_file=templates[Tier.APP]),
        env=app_env,
        command=COMMANDS[COMPOSE_TYPES[Tier.APP]],
        images={str(service): image for service, image in release.images.items()},
        domains=domains(names, tls=settings.tls),
        probes=probes(url),
        secret_versions=_consumed(app_env, secret_versions),
    )
    return Plan(
        stack=stack,
        names=names,
        project_name=names.project,
        url=url,
        tiers=(data, app),
        release=release,
        gate=gate,
        more_gates=tuple(more_gates),
        ruleset=ruleset_of(settings, stack),
        network=names.network,
        vault_provider=VaultProviderPlan(
            name=names.vault_provider, url=vault_addr, mount=settings.vault_mount
        ),
        registry=_registry(settings),
        timeouts=timeouts_of(settings),
    )


def _consumed(env: str, secret_versions: Mapping[str, int]) -> dict[str, int]:
    """The versions of the paths that a text refers to: a rotation redeploys its own consumers only."""
    return {path: secret_versions[path] for path in sorted({reference.path for reference in references(env)})}


def _registry(settings: Settings) -> RegistryPlan | None:
    """Without a user name the registry is public or Dokploy logs in some other way."""
    if not settings.registry_username:
        return None
    return RegistryPlan(
        name=settings.registry_url,
        url=settings.registry_url,
        username=settings.registry_username,
        credential_version=settings.registry_credential_version,
    )
