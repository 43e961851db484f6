"""The steps at Dokploy."""

import yaml

from dokploy_provider.client.version import MINIMUM
from dokploy_provider.errors import (
    Forbidden,
    NotFound,
    RateLimited,
    ServerTooOld,
    Unauthorized,
)
from strata.setup.step import Answer, Step, not_seen, ok, to_do
from strata.setup.world import STANDING, World
from vault.errors import Absent
from vault.kv import latest
from vault.token import ACCESSOR

# A key made by script answers five requests a day (measured on 0.30.2, 2026-11-22): the seventh tells.
_REQUESTS = 7
_NEW_KEY = (
    "make a key in Dokploy: Settings, Profile, API/CLI Keys (keys of that page have no limit), then: "
    "read -rs DOKPLOY_API_KEY && export DOKPLOY_API_KEY"
)
_UNSET_MAIL = "test@localhost.com"


def answers(world: World) -> Answer:
    """`GET settings.getDokployVersion`, often enough to meet the limit that a key made by script has."""
    if unset := world.unset(
        {"DOKPLOY_URL": "export DOKPLOY_URL=https://<host of your Dokploy>", "DOKPLOY_API_KEY": _NEW_KEY}
    ):
        return to_do(f"{' and '.join(unset[0])} not set", command=unset[1])
    try:
        version = world.dokploy.version
        for _ in range(_REQUESTS):
            world.dokploy.get("settings.getDokployVersion")
    except ServerTooOld as error:
        return to_do(
            str(error).partition(" Next: ")[0],
            command=f"update Dokploy to {'.'.join(map(str, MINIMUM))} or newer: Settings, Web Server",
        )
    except RateLimited:
        return to_do("this key's requests are limited, a deployment needs hundreds", command=_NEW_KEY)
    except Unauthorized:
        return to_do("Dokploy does not accept this key, or its daily limit is used up", command=_NEW_KEY)
    return ok(f"{version} answers {_REQUESTS} requests in a row: the key has no daily limit")


def reads_vault(world: World) -> Answer:
    """`GET vaultProvider.all`, and the accessor of its token at each deploy path."""
    try:
        there = {str(row["name"]) for row in world.dokploy.get("vaultProvider.all")}
    except Forbidden:
        return to_do("this key may not list vault providers, an owner's or admin's may", command=_NEW_KEY)
    for environment in STANDING:
        names = world.names(environment)
        command = f"strata vault connect {environment}"
        if names.vault_provider not in there:
            return to_do(f"Dokploy has no vault provider {names.vault_provider}", command=command)
        path = names.vault_path("deploy")
        try:
            recorded = ACCESSOR in latest(world.vault, mount=world.mount, path=path).keys
        except Absent:
            recorded = False
        if not recorded:
            return to_do(f"{world.mount}/{path} does not say which token Dokploy holds", command=command)
    return ok(f"Dokploy reads the secrets of {' and '.join(STANDING)}")


def resolver(world: World) -> Answer:
    """`GET settings.readTraefikConfig`: the certificate resolver that the settings name is there."""
    name = world.settings().tls
    if name == "none":
        return ok("`tls` is none: hosts are served without a certificate")
    try:
        text = world.dokploy.get("settings.readTraefikConfig")
    except (Forbidden, NotFound):
        return not_seen("this key may not read Traefik's configuration", command=_NEW_KEY)
    try:
        config = yaml.safe_load(text) if isinstance(text, str) else None
    except yaml.YAMLError:
        config = None
    resolvers = config.get("certificatesResolvers") if isinstance(config, dict) else None
    if not isinstance(resolvers, dict):
        return not_seen("Traefik's configuration names no certificate resolver that can be read")
    if name not in resolvers:
        return to_do(
            f"Traefik has no certificate resolver {name}, it has {', '.join(sorted(resolvers))}",
            command="pulumi config set --stack staging tls NAME   # or add it: Dokploy, Settings, Traefik",
        )
    acme = resolvers[name].get("acme") if isinstance(resolvers[name], dict) else None
    if isinstance(acme, dict) and acme.get("email") == _UNSET_MAIL:
        return to_do(
            f"resolver {name} has Dokploy's placeholder as mail address, which authorities refuse",
            command="Dokploy, Settings, Web Server: enter your address for Let's Encrypt and save",
        )
    return ok(f"Traefik has the certificate resolver {name}")


DOKPLOY = Step(name="dokploy", check=answers, after=("project",))
CONNECTED = Step(name="connect", check=reads_vault, after=("dokploy", "policies", "mount"))
CERTIFICATE = Step(name="certificate", check=resolver, after=("dokploy",))
