"""The GitHub App: its key is at each deploy path that needs it, GitHub takes it, it may read and no more."""

from model.app_permissions import READ, excessive, lacking
from model.identity import APP_KEYS, STAGING, Identity
from strata.github import installations
from strata.github.installations import App, AppRefused
from strata.setup.step import Answer, Step, ok, to_do
from strata.setup.world import World
from strata.setup.writing import write_command
from vault import kv
from vault.errors import Absent

_FIELDS = {
    "app_id": "GITHUB_APP_ID",
    "installation_id": "GITHUB_APP_INSTALLATION_ID",
    "private_key": "GITHUB_APP_PRIVATE_KEY",
}


def usable(world: World, identity: Identity = STAGING) -> Answer:
    """Sign with the key that Vault holds and ask GitHub what the App was given; nothing is made."""
    path = identity.deploy_path(world.settings().app)
    where = f"{world.mount}/{path}"
    try:
        _, there = kv.values(world.vault, mount=world.mount, path=path)
    except Absent:
        there = {}
    if missing := sorted(key for key in APP_KEYS if not there.get(key, "").strip()):
        return to_do(
            f"{where} has no {', '.join(missing)}",
            command=write_command(world.mount, path, missing[0], first=not there),
        )
    app = App(**{field: there[key].strip() for field, key in _FIELDS.items()})
    return _granted(world, app, where, path)


def _granted(world: World, app: App, where: str, path: str) -> Answer:
    again = write_command(world.mount, path, "GITHUB_APP_PRIVATE_KEY", first=False)
    repository = world.github.repository
    try:
        found = installations.granted(world.env, app, repository=repository)
    except AppRefused as error:
        text, _, command = str(error).partition(". Next: ")
        # GitHub tells what is wrong with the App; a key that cannot sign or is another's is written anew
        unsigned = "sign" in text or "GITHUB_APP_PRIVATE_KEY" in text
        return to_do(f"{where}: {text}", command=again if unsigned else command.rstrip("."))
    owner = repository.partition("/")[0]
    page = f"https://github.com/organizations/{owner}/settings/installations/{found.id}"
    if str(found.id) != app.installation_id:
        return to_do(
            f"{where} names installation {app.installation_id}, {repository} has {found.id}",
            command=f"bao kv patch -mount={world.mount} {path} GITHUB_APP_INSTALLATION_ID={found.id}",
        )
    if missing := lacking(found.permissions):
        wanted = ", ".join(f"{one.shown}: Read-only" for one in missing)
        return to_do(
            f"the App may not read {', '.join(one.name for one in missing)}",
            command=f"on the App's page, Permissions: {wanted}; accept it at {page}",
        )
    if more := excessive(found.permissions):
        return to_do(
            f"the App may change {', '.join(more)}: a job could change its own gate",
            command=f"on the App's page, Permissions: Read-only for {', '.join(more)}; accept it at {page}",
        )
    return ok(f"App {app.app_id} is installed in {repository} and may {READ} what gates are made of")


GITHUB_APP = Step(name="github-app", check=usable, after=("repository", "mount"))
