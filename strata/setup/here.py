"""The first steps: what has to be on this machine, and a project that is the team's own."""

from strata import engine
from strata.doctor import tools
from strata.doctor.finding import Level
from strata.setup.step import Answer, Step, ok, to_do
from strata.setup.world import STANDING, World

_LOCAL = ("file://", "file:")


def installed(world: World) -> Answer:
    """The doctor's look at the tools."""
    missing = [found.text for found in tools.check(world.env) if found.level is Level.FAIL]
    if missing:
        text, _, _ = missing[0].partition(" Next: ")
        return to_do(text, command='make toolchain && eval "$(python3 -m toolchain env)"')
    return ok("git, pulumi, its Python host and its plugins are there")


def configured(world: World) -> Answer:
    """Both stacks' settings are valid, and somebody may approve a production deployment."""
    settings = {name: world.settings(name) for name in STANDING}
    production = settings["production"]
    if not production.reviewer_teams and not production.reviewer_users:
        return to_do(
            "nobody is named who may approve a production deployment",
            command="pulumi config set-all --path --stack production --plaintext "
            "'finance-report:reviewerTeams[0]=ID'   # gh api orgs/OWNER/teams/SLUG --jq .id",
        )
    its = settings["staging"]
    return ok(f"{world.project.name}: repository {its.repository}, hosts below {its.domain}")


def backend(world: World) -> Answer:
    """The backend answers, and CI's runners can reach it too."""
    address = world.env.get("PULUMI_BACKEND_URL", "")
    if not address:
        return to_do(
            "PULUMI_BACKEND_URL is not set: it says where all runs of all people keep the state",
            command="export PULUMI_BACKEND_URL='s3://BUCKET?region=REGION'",
        )
    if address.startswith(_LOCAL) and not world.env.get("STRATA_SANDBOX_DIR"):
        return to_do(
            "the state is kept on this machine, where no runner reaches it",
            command="export PULUMI_BACKEND_URL='s3://BUCKET?region=REGION'",
        )
    if not world.env.get("PULUMI_CONFIG_PASSPHRASE"):
        return to_do(
            "PULUMI_CONFIG_PASSPHRASE is not set, which encrypts secret settings",
            command="read -rs PULUMI_CONFIG_PASSPHRASE && export PULUMI_CONFIG_PASSPHRASE",
        )
    there = [entry.name for entry in engine.stacks(world.project, world.env)]
    return ok(f"answers; stacks: {', '.join(there) or 'none yet'}")


def wildcard(world: World) -> Answer:
    """A host that nobody has entered has an address: previews' hosts are made by the hour."""
    names = world.names()
    if target := world.env.get("STRATA_CONNECT_TO"):
        return ok(f"STRATA_CONNECT_TO leads every host below {names.domain} to {target}")
    host = f"{names.host_prefix}-pr-0.{names.domain}"
    if world.resolves(host):
        return ok(f"{host} has an address, so every host below {names.domain} has")
    return to_do(
        f"{host} has no address",
        command=f"make the DNS record `*.{names.domain}` (A, AAAA or CNAME) for Dokploy's host, then: "
        f"getent hosts {host}",
    )


TOOLS = Step(name="tools", check=installed)
PROJECT = Step(name="project", check=configured, after=("tools",))
STATE = Step(name="state", check=backend, after=("project",))
DNS = Step(name="dns", check=wildcard, after=("project",))
