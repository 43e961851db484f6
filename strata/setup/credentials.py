"""The steps that give each identity what it comes for: the keys of its deploy path, by names only."""

from functools import partial

from model.identity import APP_KEYS, IDENTITIES, PREVIEW, Identity
from strata.doctor import previews
from strata.doctor.finding import Level
from strata.setup import app
from strata.setup.step import Answer, State, Step, not_seen, ok, to_do
from strata.setup.world import STANDING, World
from strata.setup.writing import write_command
from vault.errors import Absent
from vault.kv import latest

_BUCKET = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})


def required(world: World, identity: Identity) -> frozenset[str]:
    """The keys of an identity's deploy path: the table's, and what the settings and the backend add."""
    keys = identity.required_keys
    if world.env.get("PULUMI_BACKEND_URL", "").startswith("s3://"):
        keys |= _BUCKET
    pulls = any(world.settings(stack).registry_username for stack in identity.stacks)
    return keys | (frozenset({"REGISTRY_PASSWORD"}) if pulls else frozenset()) - identity.refused_keys


def furnished(world: World, identity: Identity) -> Answer:
    """`GET /v1/<mount>/subkeys/<deploy path>`: what has to be there is, what must not be is not."""
    path = identity.deploy_path(world.settings().app)
    try:
        there = latest(world.vault, mount=world.mount, path=path).keys
    except Absent:
        there = frozenset()
    where = f"{world.mount}/{path}"
    if refused := sorted(there & identity.refused_keys):
        return to_do(
            f"{where} holds {', '.join(refused)}, which {identity.environment} must not be able to use",
            command=f"bao kv patch -mount={world.mount} -remove-data={refused[0]} {path}",
        )
    if lacking := sorted(required(world, identity) - there):
        return to_do(
            f"{where} has no {', '.join(lacking)}",
            command=write_command(world.mount, path, lacking[0], first=not there),
        )
    if identity.required_keys >= APP_KEYS and (tried := app.usable(world, identity)).state is not State.OK:
        return tried
    return ok(f"{where} has {', '.join(sorted(required(world, identity)))}")


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
