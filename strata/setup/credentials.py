"""The steps that give each identity what it comes for: the keys of its deploy path."""

from collections.abc import Mapping
from functools import partial

from model.identity import APP_KEYS, IDENTITIES, PLAN, PREVIEW, PRODUCTION, STAGING, Identity, Kind
from strata.doctor import previews
from strata.doctor.finding import Level
from strata.setup import app
from strata.setup.step import Answer, State, Step, not_seen, ok, to_do
from strata.setup.world import STANDING, World
from strata.setup.writing import write_command
from vault import kv
from vault.errors import Absent

_BUCKET = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})


def required(world: World, identity: Identity) -> frozenset[str]:
    """The keys of an identity's deploy path: the table's, and what the settings and the backend add."""
    keys = identity.required_keys
    if world.env.get("PULUMI_BACKEND_URL", "").startswith("s3://"):
        keys |= _BUCKET
    pulls = any(world.settings(stack).registry_username for stack in identity.stacks)
    return keys | (frozenset({"REGISTRY_PASSWORD"}) if pulls else frozenset()) - identity.refused_keys


def furnished(world: World, identity: Identity) -> Answer:
    """`GET /v1/<mount>/data/<deploy path>`: what has to be there is, what must not be is not."""
    path = identity.deploy_path(world.settings().app)
    where = f"{world.mount}/{path}"
    found = _kept(world, identity)
    if refused := sorted(found.keys() & identity.refused_keys):
        return to_do(
            f"{where} holds {', '.join(refused)}, which {identity.environment} must not be able to use: "
            "take it away and make a new one",
            command=f"bao kv patch -mount={world.mount} -remove-data={refused[0]} {path}",
        )
    there = {key for key, value in found.items() if value.strip()}
    wanted = required(world, identity)
    if lacking := sorted(wanted - there):
        return to_do(
            f"{where} has no {', '.join(lacking)}",
            command=write_command(world.mount, path, lacking[0], first=not found),
        )
    if identity is PLAN and wanted >= _BUCKET and _same_bucket_key(world, found):
        return to_do(
            f"{where} holds the pair of keys that may write staging's state",
            command=write_command(world.mount, path, "AWS_ACCESS_KEY_ID", first=False),
        )
    if shared := _shared_with_production(world, identity, found):
        return to_do(
            f"{where} holds production's own {', '.join(shared)}: make others for it, to be taken back alone",
            command=write_command(world.mount, path, shared[0], first=False),
        )
    if identity.required_keys >= APP_KEYS and (tried := app.usable(world, identity)).state is not State.OK:
        return tried
    return ok(f"{where} has {', '.join(sorted(wanted))}")


def _kept(world: World, identity: Identity) -> dict[str, str]:
    """All that is kept at a deploy path; values are compared and never shown."""
    path = identity.deploy_path(world.settings().app)
    try:
        _, found = kv.values(world.vault, mount=world.mount, path=path)
    except Absent:
        return {}
    return {key: str(value) for key, value in found.items()}


def _same_bucket_key(world: World, found: Mapping[str, str]) -> bool:
    return found["AWS_ACCESS_KEY_ID"] == _kept(world, STAGING).get("AWS_ACCESS_KEY_ID")


def _shared_with_production(world: World, identity: Identity, found: Mapping[str, str]) -> list[str]:
    """Keys that observers and previews have the same as production; empty where production has none yet."""
    if identity.kind not in {Kind.OBSERVE, Kind.PREVIEW}:
        return []
    compared = ["AWS_ACCESS_KEY_ID", "DOKPLOY_API_KEY"]
    if identity is PREVIEW and world.settings().previews_beside_standing:
        compared.remove("DOKPLOY_API_KEY")  # acknowledged: there is one Dokploy, and its key rules all of it
    productions = _kept(world, PRODUCTION)
    return [key for key in compared if found.get(key, "").strip() and found[key] == productions.get(key)]


def apart(world: World) -> Answer:
    """The key of previews is tried: it must not see what stands, unless that is acknowledged."""
    wanted = previews.of(world.settings(), project=world.project.name, stacks=STANDING)
    for found in previews.check(world.vault, wanted):
        if found.level is not Level.OK:
            return to_do(found.text.partition(". Next: ")[0], command=previews.NEXT)
        return ok(found.text)
    return not_seen("the key of previews was not tried")


CREDENTIALS = tuple(
    Step(
        name=f"credentials-{identity.environment}",
        check=partial(furnished, identity=identity),
        after=("mount", "github-app") if identity.required_keys >= APP_KEYS else ("mount",),
        chapter="credentials",
    )
    for identity in IDENTITIES
)
PREVIEW_KEY = Step(name="preview-key", check=apart, after=(f"credentials-{PREVIEW.environment}",))
