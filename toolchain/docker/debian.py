import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from toolchain import process
from toolchain.errors import ToolchainError

_INSTALL = (
    *("install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"),
    # dpkg itself asks about a changed configuration file, whatever debconf was told
    *("-o", "Dpkg::Options::=--force-confold"),
)


def can_install() -> bool:
    """Tell whether packages of Debian or its kin can be installed here: by root, with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str, target: str, say: Callable[[str], None]) -> None:
    """Install Debian packages; the lists are fetched anew only if they are too old for that.

    Args:
        packages: their names.
        target: what needs them, for the line that says so before this machine is changed.
        say: shows a line.

    Raises:
        ToolchainError: apt failed; its last lines are in the message.
    """
    say(f"`{target}` installs {', '.join(packages)} on this machine: apt-get, as root")
    try:
        _apt(*_INSTALL, *packages)
    except ToolchainError:
        # one of several sources that cannot be reached need not be the one that is needed
        with suppress(ToolchainError):
            _apt("update")
        _apt(*_INSTALL, *packages)


def codename() -> str:
    """Return this machine's release, for example `bookworm`, or nothing if it does not say."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    names = [line.partition("=")[2].strip("\"'") for line in lines if line.startswith("VERSION_CODENAME=")]
    return names[0] if names else ""


def _apt(*arguments: str) -> None:
    # no time limit: apt has its own for each mirror, and dpkg must not be killed halfway
    process.run(
        ["apt-get", "-qq", *arguments],
        what=f"installing {arguments[-1]}" if arguments[0] == "install" else "fetching apt's lists",
        todo="read the lines above; `apt-get update` by hand shows which source cannot be reached",
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    )
