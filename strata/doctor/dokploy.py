"""Dokploy: reachable, new enough, a key that works, and an object that reads Vault for each environment."""

from collections.abc import Mapping, Sequence

from packaging.version import InvalidVersion, Version

from dokploy_provider.client import Client
from dokploy_provider.client.version import TESTED
from dokploy_provider.errors import Forbidden
from model.naming import Names
from strata.doctor.finding import Findings, fail, ok, warn


def check(env: Mapping[str, str], names: Sequence[Names], *, client: Client | None = None) -> Findings:
    """Two requests at most: a key made by script may have five a day.

    Args:
        env: DOKPLOY_URL and DOKPLOY_API_KEY.
        names: of the standing stacks; none if there is no project here.
        client: replaces the one of the environment in tests.

    Raises:
        dokploy_provider.errors.DokployError: what is wrong, with the remedy.
    """
    asked = client or Client.from_env(env)
    version = asked.version
    if _newer(version):
        newest = ".".join(map(str, TESTED))
        yield warn(
            "dokploy",
            f"{version} answers; tested up to {newest}.x",
            next_step="go on with staging first and look at its first preview",
        )
    else:
        yield ok("dokploy", f"{version} answers and accepts the key")
    try:
        there = {str(row["name"]) for row in asked.get("vaultProvider.all")}
    except Forbidden:
        yield warn(
            "dokploy",
            "this key may not list vault providers",
            next_step="use an owner's or admin's key for `strata vault connect`",
        )
        return
    for its in names:
        if its.vault_provider in there:
            yield ok("dokploy", f"vault provider {its.vault_provider} is there")
        else:
            yield fail(
                "dokploy",
                f"there is no vault provider {its.vault_provider}, {its.stack} cannot be deployed",
                next_step=f"an administrator runs `strata vault connect {its.stack}`",
            )


def _newer(version: str) -> bool:
    try:
        return Version(version).release[: len(TESTED)] > TESTED
    except InvalidVersion:
        return True
