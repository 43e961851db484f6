"""The credentials of a run, missed before it changes anything.

Each of them is read by the provider or the plugin that needs it, and that happens half-way: without
REGISTRY_PASSWORD the first `up` of production made twelve resources before it failed (measured 2026-11-23).
"""

from collections.abc import Mapping

import pulumi

from model.layers import Stack
from model.settings import Settings

_DOKPLOY = {
    "DOKPLOY_URL": "Dokploy's address",
    "DOKPLOY_API_KEY": "a key of Dokploy's API",
}
_GITHUB = {
    "GITHUB_TOKEN": "manages the repository's environments",
    "GITHUB_OWNER": "the organization or user that owns the repository",
}
_REGISTRY = {"REGISTRY_PASSWORD": "with which Dokploy pulls as {user} from {registry}"}


def require_credentials(settings: Settings, stack: Stack, *, env: Mapping[str, str], dry_run: bool) -> None:
    """Refuse a run that would fail half-way for want of a variable.

    Args:
        settings: of the stack.
        stack: which one; the standing ones have a gate on GitHub and a login to the registry.
        env: the environment of the program, which is that of the providers.
        dry_run: a preview, which asks GitHub and neither Dokploy nor the registry's password.

    Raises:
        pulumi.RunError: names all that are not set and what each is for; never a value.
    """
    needed: dict[str, str] = {}
    if not dry_run:
        needed |= _DOKPLOY
    if stack.standing:
        needed |= _GITHUB
        if settings.registry_username and not dry_run:
            needed |= _REGISTRY
    missing = {name: purpose for name, purpose in needed.items() if not env.get(name, "").strip()}
    if not missing:
        return
    listed = ", ".join(f"{name} ({purpose})" for name, purpose in missing.items()).format(
        user=settings.registry_username, registry=settings.registry_url
    )
    raise pulumi.RunError(
        f"{stack} needs what is not set in the environment, nothing was changed: {listed}. "
        f"Next: export {'it' if len(missing) == 1 else 'them'} and run `strata doctor`, which checks what "
        "credentials reach; in the sandbox put `strata sandbox exec` in front of the command."
    )
