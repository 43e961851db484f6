"""The steps at Vault that come before anybody logs in by a job's token."""

from typing import Any

import hvac

from model.identity import MOUNT as JWT
from model.services import required_secrets
from strata.setup.step import Answer, Step, ok, to_do
from strata.setup.world import STANDING, World
from vault.ask import read
from vault.errors import DeletedVersion, MissingPath
from vault.kv import latest


def administrator(world: World) -> Answer:
    """`POST /v1/sys/capabilities-self`: unsealed, and this token may write policies and make mounts."""
    paths = [f"sys/policies/acl/strata-{world.slug}-plan", "sys/mounts/strata", "sys/auth/strata"]
    answer: Any = read(
        world.vault, lambda: world.vault.sys.get_capabilities(paths=paths), where="sys/capabilities-self"
    )
    lacking = [path for path in paths if not set(answer["data"].get(path, ())) & {"root", "create", "update"}]
    if lacking:
        return to_do(
            f"this token is no administrator's: it may not write {', '.join(lacking)}",
            command="bao login && export VAULT_TOKEN=$(bao print token)",
        )
    return ok(f"{world.vault.url} is unsealed and you administer it")


def engine(world: World) -> Answer:
    """`GET /v1/sys/mounts`: version 2 of the KV engine at the configured mount."""
    mounts = _listed(world.vault, "sys/mounts")
    there = mounts.get(f"{world.mount}/")
    if there is None:
        return to_do(
            f"nothing is mounted at {world.mount}/",
            command=f"bao secrets enable -path={world.mount} -version=2 kv",
        )
    if there.get("type") != "kv" or (there.get("options") or {}).get("version") != "2":
        return to_do(
            f"what is mounted at {world.mount}/ is no KV version 2",
            command=f"bao kv enable-versioning {world.mount}   # or name another mount: `vaultMount`",
        )
    return ok(f"KV version 2 is mounted at {world.mount}/")


def trusts_github(world: World) -> Answer:
    """`GET /v1/sys/auth`, `GET /v1/auth/jwt/config`: tokens of GitHub's jobs are checked by its keys."""
    issuer = world.issuer
    configure = (
        f"bao write auth/{JWT}/config oidc_discovery_url={issuer} bound_issuer={issuer}"
        if issuer
        else f"bao read auth/{JWT}/config"
    )
    there = _listed(world.vault, "sys/auth").get(f"{JWT}/")
    if there is None:
        return to_do(
            f"there is no login by JWT at auth/{JWT}/",
            command=f"bao auth enable -path={JWT} jwt && {configure}",
        )
    if there.get("type") not in ("jwt", "oidc"):
        return to_do(
            f"auth/{JWT}/ is of type {there.get('type')}",
            command=f"bao auth list   # it is another team's: `auth/{JWT}/` has to be free for jobs' logins",
        )
    config = _listed(world.vault, f"auth/{JWT}/config")
    trusted = {str(config.get(name) or "").rstrip("/") for name in ("oidc_discovery_url", "bound_issuer")}
    if not config or not str(config.get("bound_issuer") or ""):
        return to_do(f"auth/{JWT}/ is not told whose tokens it trusts", command=configure)
    if issuer and issuer not in trusted:
        return to_do(f"auth/{JWT}/ trusts {config['bound_issuer']}, not {issuer}", command=configure)
    return ok(f"auth/{JWT}/ trusts {config['bound_issuer']}")


def seeded(world: World) -> Answer:
    """Names and versions of each service's secrets, of both standing environments."""
    for environment in STANDING:
        names = world.names(environment)
        for path, keys in required_secrets(names).items():
            command = f"strata vault seed {environment}"
            try:
                there = latest(world.vault, mount=world.mount, path=path).keys
            except (MissingPath, DeletedVersion) as error:
                return to_do(error.what, command=command)
            if lacking := sorted(set(keys) - there):
                return to_do(f"{world.mount}/{path} has no {', '.join(lacking)}", command=command)
    return ok(f"{' and '.join(STANDING)} have all required keys")


def _listed(client: hvac.Client, where: str) -> dict[str, Any]:
    """A read's `data`, empty if the path answers with nothing."""
    answer: Any = read(client, lambda: client.read(where), where=where)
    data = answer.get("data") if isinstance(answer, dict) else None
    return dict(data or {})


VAULT = Step(name="vault", check=administrator, after=("project",))
MOUNT = Step(name="mount", check=engine, after=("vault",))
LOGIN = Step(name="jwt", check=trusts_github, after=("vault",))
SECRETS = Step(name="secrets", check=seeded, after=("mount",))
