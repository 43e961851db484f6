"""What actions/checkout does, from the sandbox's Git server; and the job's address for OIDC tokens.

The tools are those of the checkout that the tests run in: stamps say that `make toolchain` has been run here.
"""

import os
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Clone, link the tools, and say where this job gets its tokens."""
    env = os.environ
    here, checkout = Path.cwd(), Path(env["HARNESS_CHECKOUT"])
    url = f"{env['GITHUB_SERVER_URL']}/{env['GITHUB_REPOSITORY']}.git"
    wanted = env.get("HARNESS_REF") or env["GITHUB_SHA"]
    _git("init", "--quiet", "--initial-branch", "main")
    _git("fetch", "--quiet", "--depth", "1", url, wanted)
    _git("checkout", "--quiet", "--force", "FETCH_HEAD")
    _link_virtualenv(here, checkout)
    _link_engine(here, checkout, stub=env["GITHUB_JOB"] in env["HARNESS_WITHOUT_ENGINE"].split())
    _check(here)
    if env["GITHUB_JOB"] in env["HARNESS_MAY_ASK"].split():
        # GitHub's own runner masks it before the first step
        sys.stdout.write(f"::add-mask::{env['HARNESS_ISSUER_TOKEN']}\n")
        with Path(env["GITHUB_ENV"]).open("a", encoding="utf-8") as variables:
            variables.write(f"ACTIONS_ID_TOKEN_REQUEST_URL={env['HARNESS_ISSUER']}&job={env['GITHUB_JOB']}\n")
            variables.write(f"ACTIONS_ID_TOKEN_REQUEST_TOKEN={env['HARNESS_ISSUER_TOKEN']}\n")


def _git(*words: str) -> None:
    subprocess.run(["git", *words], check=True)


def _link_virtualenv(here: Path, checkout: Path) -> None:
    place = here / ".venv"
    place.mkdir()
    for entry in (checkout / ".venv").iterdir():
        if entry.name != "strata-stamp.json":
            (place / entry.name).symlink_to(entry)
    sys.path.insert(0, str(here))
    from toolchain import stamp
    from toolchain.layout import Layout
    from toolchain.progress import Progress
    from toolchain.virtualenv import Virtualenv

    key = Virtualenv(Layout.of_checkout(here), progress=Progress())._key()
    stamp.write(place / "strata-stamp.json", {"key": key})


def _link_engine(here: Path, checkout: Path, *, stub: bool) -> None:
    place = here / ".toolchain"
    place.mkdir()
    for entry in (checkout / ".toolchain").iterdir():
        if entry.name != "bin" or not stub:
            (place / entry.name).symlink_to(entry)
    if stub:
        (place / "bin").symlink_to(os.environ["HARNESS_BIN"])


def _check(here: Path) -> None:
    """`make toolchain` finds everything and installs nothing: it would do so into the linked folders."""
    from toolchain.engine import Engine
    from toolchain.layout import Layout
    from toolchain.progress import Progress
    from toolchain.sources import Source
    from toolchain.virtualenv import Virtualenv

    layout, progress = Layout.of_checkout(here), Progress()
    tools = (Virtualenv(layout, progress=progress), Engine(layout, chosen=Source.chosen(), progress=progress))
    if not all(tool.ready() for tool in tools):
        sys.exit("the checkout's own tools are not ready: run `make toolchain` there")


if __name__ == "__main__":
    main()
