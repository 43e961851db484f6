"""The last steps: images, the first `up` of an administrator, which makes the gates, and a green staging."""

from model.errors import ReleaseError
from model.release import VerifiedRelease
from strata import engine
from strata.audit.declared import declared
from strata.audit.looking import look
from strata.doctor import registry
from strata.doctor.finding import Level
from strata.errors import NotThere
from strata.health import State as Health
from strata.health import probe
from strata.setup.step import Answer, Step, not_seen, ok, to_do
from strata.setup.world import World

STACK = "staging"
_UP = f"RELEASE=sha-$(git rev-parse origin/main) pulumi up --refresh --stack {STACK}"


def pushed(world: World) -> Answer:
    """Each image's repository is asked for its tags, as a pull would log in."""
    images = dict(world.settings().images)
    found = list(registry.check(world.env, images))
    for one in found:
        if one.level is Level.OK:
            continue
        text, _, command = one.text.partition(". Next: ")
        if one.level is Level.WARN and "no image" in text:
            return to_do(text, command="git push origin main   # CI builds and pushes them, gh run watch")
        if "cannot be asked" in text or "helper program" in text:
            return not_seen(text, command=command.rstrip("."))
        return to_do(text, command=command.rstrip("."))
    return ok(f"{', '.join(sorted(images.values()))} can be pulled")


def first_up(world: World) -> Answer:
    """`pulumi stack ls` and `stack history`: the stack is there and its last run succeeded."""
    entries = {entry.name: entry for entry in engine.stacks(world.project, world.env)}
    if STACK not in entries:
        return to_do(f"the backend has no stack {STACK}", command=f"pulumi stack init {STACK} && {_UP}")
    last = engine.last_update(world.project, STACK, world.env)
    if last is None or not entries[STACK].resources:
        return to_do(f"nothing of {STACK} was made yet; an administrator's first `up` makes it", command=_UP)
    if last.result != "succeeded":
        return to_do(f"the last {last.kind} of {STACK}: {last.result}", command=_UP)
    return ok(f"{STACK} was made, {entries[STACK].resources} resources; last {last.kind} {last.result}")


def audited(world: World) -> Answer:
    """What `strata audit` looks at, of the gates that the first stack keeps."""
    report = look(world.github, declared(world.project, [STACK]), repository=True)
    command = f"strata audit --stack {STACK}"
    if report.differences:
        rest = len(report.differences) - 1
        return to_do(f"{report.differences[0]}{f'; and {rest} more' if rest else ''}", command=command)
    if report.unseen:
        return not_seen(str(report.unseen[0]), command=command)
    return ok(f"as declared: {', '.join(report.looked_at)}")


def green(world: World) -> Answer:
    """The release that staging has verified, and its `/health`."""
    try:
        outputs = engine.outputs(world.project, STACK, world.env)
        release = VerifiedRelease.parse(outputs["release"]) if outputs.get("release") else None
    except NotThere as error:
        return to_do(str(error).partition(" Next: ")[0].rstrip("."), command=_UP)
    except ReleaseError as error:
        return not_seen(str(error))
    if release is None:
        return to_do(f"{STACK} has verified no release", command=_UP)
    url = str(outputs.get("url") or "")
    with world.through as through:
        health = probe(url, through)
    if health.state is not Health.HEALTHY:
        return to_do(f"{url}/health: {health}", command=f"strata logs {STACK}")
    if not release.commit or health.commit != release.commit:
        serves, verified = ((commit or "no commit")[:12] for commit in (health.commit, release.commit))
        return to_do(
            f"{url} serves {serves}, verified was {verified} ({release.version})",
            command=f"pulumi up --refresh --stack {STACK}",
        )
    return ok(f"{url} serves {release.version}, verified at {release.time[:16].replace('T', ' ')}")


IMAGES = Step(name="images", check=pushed, after=("project",))
FIRST_UP = Step(
    name="first-up",
    check=first_up,
    after=("state", "repository", "secrets", "connect", "dns", "certificate", "images"),
)
AUDIT = Step(name="audit", check=audited, after=("first-up",))
GREEN = Step(name="green", check=green, after=("first-up",))
