"""The steps at Vault: its engine, policies, secrets, and the roles as which GitHub's jobs come."""

from typing import Any

from model.identity import IDENTITIES
from model.services import required_secrets
from strata.setup.step import Answer, Step, ok, to_do
from strata.setup.world import STANDING, World
from strata.vault_roles import Doors
from vault import policies, roles
from vault.ask import read
from vault.errors import DeletedVersion, Forbidden, MissingPath
from vault.kv import latest
from vault.policies import Difference, Reads, State

_LOG_IN = "bao login && export VAULT_TOKEN=$(bao print token)"
APPLY = "strata vault policies --apply"


def administrator(world: World) -> Answer:
    """`POST /v1/sys/capabilities-self`: unsealed, and this token may write policies and make mounts."""
    if unset := world.unset(
        {"VAULT_ADDR": "export VAULT_ADDR=https://<host of your Vault>", "VAULT_TOKEN": _LOG_IN}
    ):
        return to_do(f"{' and '.join(unset[0])} not set", command=unset[1])
    paths = [f"sys/policies/acl/strata-{world.slug}-plan", "sys/mounts/strata", "sys/auth/strata"]
    try:
        answer: Any = read(
            world.vault, lambda: world.vault.sys.get_capabilities(paths=paths), where="sys/capabilities-self"
        )
        held = answer["data"]
    except Forbidden:  # a token that may not even ask what it may: the policies of ours are such
        held = {}
    lacking = [path for path in paths if not set(held.get(path, ())) & {"root", "create", "update"}]
    if lacking:
        return to_do(
            f"this token is no administrator's: it may not write {', '.join(lacking)}",
            command=_LOG_IN,
        )
    return ok(f"{world.vault.url} is unsealed and you administer it")


def asked_by_jobs(world: World) -> Answer:
    """The address that is reviewed with the code is the Vault that is set up, to the letter: an audience."""
    own, wanted = str(world.vault.url), {name: world.settings(name).vault_addr for name in STANDING}
    other = sorted({address for address in wanted.values() if address != own})
    if other:
        return to_do(
            f"jobs ask Vault at {' and '.join(other)}, you at {own}",
            command=f"git grep -n vaultAddr -- 'Pulumi*.yaml'   # write {own} there, have it reviewed",
        )
    return ok(f"jobs ask Vault at {own}")


def engine(world: World) -> Answer:
    """`GET /v1/sys/mounts`: version 2 of the KV engine at the configured mount."""
    answer: Any = read(world.vault, world.vault.sys.list_mounted_secrets_engines, where="sys/mounts")
    there = answer["data"].get(f"{world.mount}/")
    if there is None:
        return to_do(
            f"nothing is mounted at {world.mount}/",
            command=f"bao secrets enable -path={world.mount} -version=2 kv",
        )
    if there.get("type") != "kv" or (there.get("options") or {}).get("version") != "2":
        return to_do(
            f"what is mounted at {world.mount}/ is no KV version 2",
            command="pulumi config set --stack staging vaultMount NAME   # of a mount that is one",
        )
    return ok(f"KV version 2 is mounted at {world.mount}/")


def documents(world: World) -> dict[str, str]:
    """The policies by name, as they are generated for this project."""
    reads = [
        Reads(
            environment=name,
            mount=world.settings(name).vault_mount,
            service_paths=tuple(required_secrets(world.names(name))),
        )
        for name in STANDING
    ]
    return policies.documents(slug=world.slug, app=world.settings().app, environments=reads)


def written(world: World) -> Answer:
    """`GET /v1/sys/policies/acl/<name>` of each policy."""
    wanted = documents(world)
    found = _ours(policies.differences(world.vault, wanted, slug=world.slug))
    if found:
        return to_do(_told(found), command=APPLY)
    return ok(f"{len(wanted)} policies are as generated")


def let_in(world: World) -> Answer:
    """`GET /v1/auth/jwt/config` and each role: GitHub's jobs are let in behind their gates, and no others."""
    found = _ours(Doors.of(world.env, world.project, slug=world.slug).differences(world.vault))
    # Production's own gate is made by its first `up`, which takes what staging has verified: not yet.
    productions = [one.role(world.slug) for one in IDENTITIES if one.stacks == ("production",)]
    later = {roles.named(name) for name in productions}
    if now := [one for one in found if one.name not in later]:
        return to_do(_told(now), command=APPLY)
    rest = "; production's come after its first `up`" if found else ""
    return ok(f"jobs are let in whose tokens {world.issuer} signed{rest}")


def seeded(world: World) -> Answer:
    """Names and versions of each service's secrets, of both standing environments."""
    for environment in STANDING:
        names = world.names(environment)
        for path, keys in required_secrets(names).items():
            command = f"strata vault seed {environment}"
            try:
                there = latest(world.vault, mount=world.settings(environment).vault_mount, path=path).keys
            except (MissingPath, DeletedVersion) as error:
                return to_do(error.what, command=command)
            if lacking := sorted(keys - there):
                return to_do(f"{path} has no {', '.join(lacking)}", command=command)
    return ok(f"{' and '.join(STANDING)} have all required keys")


def _ours(found: list[Difference]) -> list[Difference]:
    """What `--apply` writes; an unknown one is somebody's to look at."""
    return [one for one in found if one.state is not State.UNKNOWN]


def _told(found: list[Difference]) -> str:
    return ", ".join(f"{one.name} is {one.state}" for one in found)


VAULT = Step(name="vault", check=administrator, after=("project",))
VAULT_ADDRESS = Step(name="vault-address", check=asked_by_jobs, after=("vault",))
KV = Step(name="mount", check=engine, after=("vault",))
POLICIES = Step(name="policies", check=written, after=("mount",))
SECRETS = Step(name="secrets", check=seeded, after=("mount",))
ROLES = Step(name="roles", check=let_in, after=("policies", "vault-address", "audit"))
