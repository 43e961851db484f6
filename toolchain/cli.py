import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from toolchain import exports, lock
from toolchain.browser import Browser
from toolchain.docker.host import Host
from toolchain.engine import Engine
from toolchain.errors import ToolchainError
from toolchain.layout import Layout
from toolchain.npm import NpmPackages
from toolchain.progress import Progress
from toolchain.sources import Source
from toolchain.virtualenv import Virtualenv

_LEAST_PYTHON = (3, 11)
_NPM_FOLDERS = (Path(), Path("apps/frontend"))

_HELP = """\
what to do:
  all     (default) python and pulumi
  python  .venv with everything requirements.txt lists, and the project itself
  pulumi  the engine and its plugins in .toolchain
  apps    python, and what the checkout and apps/frontend list for npm
  env     print the lines for a shell: eval "$(python3 -m toolchain env)"
  runner  tell the same to the later steps of a job of GitHub Actions
  docker  a Docker Engine, `docker compose`, and stand-ins for images that cannot be pulled
          (--stop ends an Engine that was started here by hand)
  browser Chromium, in which tests look at the page
  lock    write requirements.txt anew; more options go to `uv pip compile` (--upgrade)

environment:
  STRATA_ENGINE        auto, path, release or go: where the engine may come from
  STRATA_RELEASES_URL  a mirror of GitHub's release downloads, with the same paths
  STRATA_CACHE_DIR     what all clones share (default: ~/.cache/strata)
"""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: 0 done, 1 something to act on, 2 misuse, 130 interrupted.

    Args:
        arguments: without the program's name.
    """
    parser = argparse.ArgumentParser(
        prog="python3 -m toolchain",
        description="Provide what the project runs with. Running it again takes no time.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=["all", "python", "pulumi", "apps", "env", "runner", "docker", "browser", "lock"],
        default="all",
    )
    parser.add_argument("--stop", action="store_true", help="with docker: end what was started by hand")
    options, extra = parser.parse_known_args(arguments)
    if options.stop and options.what != "docker":
        parser.error("--stop is for docker")
    if extra and options.what != "lock":
        parser.error(f"unknown: {' '.join(extra)}")
    progress = Progress()
    try:
        if options.stop:
            Host(Layout.of_checkout(), progress=progress).stop()
        else:
            _run(options.what, extra=extra, progress=progress)
    except ToolchainError as error:
        progress.say(str(error))
        return 1
    except KeyboardInterrupt:
        progress.say("interrupted; running it again goes on where it stopped")
        return 130
    return 0


def _run(what: str, *, extra: Sequence[str], progress: Progress) -> None:
    if sys.version_info < _LEAST_PYTHON:
        raise ToolchainError(
            f"{sys.executable} is Python {sys.version.split()[0]}, too old",
            todo="run this with Python 3.11 or newer: make PYTHON=python3.12 …",
        )
    layout = Layout.of_checkout()
    if what == "env":
        sys.stdout.write(exports.shell(layout))
        return
    if what == "runner":
        exports.runner(layout, os.environ)
        return
    if what == "docker":
        provide([Host(layout, progress=progress)], layout=layout, progress=progress)
        return
    if what == "browser":
        provide([Browser(progress=progress)], layout=layout, progress=progress)
        return
    virtualenv = Virtualenv(layout, progress=progress)
    if what == "lock":
        virtualenv.lock(extra)
        return
    engine = Engine(layout, chosen=Source.chosen(), progress=progress)
    packages = [NpmPackages(layout, folder, progress=progress) for folder in _NPM_FOLDERS]
    wanted: list[Virtualenv | Engine | NpmPackages | Host | Browser] = [
        *([virtualenv] if what in {"all", "python", "apps"} else []),
        *([engine] if what in {"all", "pulumi"} else []),
        *(packages if what == "apps" else []),
    ]
    provide(wanted, layout=layout, progress=progress)


def provide(
    wanted: Sequence[Virtualenv | Engine | NpmPackages | Host | Browser],
    *,
    layout: Layout,
    progress: Progress,
) -> None:
    """Install what is not ready, one process at a time for each checkout, and say what there is.

    Args:
        wanted: what is to be ready afterwards.
        layout: where things lie.
        progress: shows each step, and one line at the end.

    Raises:
        ToolchainError: something cannot be had.
    """
    ready = [thing.ready() for thing in wanted]
    if not all(ready):
        with lock.hold(layout.home / "lock", on_wait=_waiting(progress)):
            # another run may have done it in the meantime
            ready = [thing.ready() or thing.install() for thing in wanted]
    progress.say(f"ready in {progress.elapsed()}: {', '.join(words for words in ready if words)}")


def _waiting(progress: Progress) -> Callable[[], None]:
    return lambda: progress.say("another run is at work in this checkout: waiting for it")
