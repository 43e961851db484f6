import os
import shutil
from pathlib import Path

from toolchain import pins, process, release, versions
from toolchain.errors import ToolchainError
from toolchain.progress import Say


def find(*, own: Path, say: Say) -> dict[str, Path] | None:
    """Return the programs of a Pulumi that is installed on this machine, by name, or None.

    It is taken if its version is in range and it has a Python language host beside it or on PATH.

    Args:
        own: the folder this toolchain installs into; often on PATH, and not what is looked for.
        say: shows why one that is there is not taken.
    """
    path = _others(os.environ.get("PATH", ""), own=own)
    found = shutil.which("pulumi", path=path)
    if found is None:
        return None
    version = _version(found)
    least, below = pins.PULUMI_LEAST, pins.PULUMI_BELOW
    if not versions.within(version, least=least, below=below):
        shown = versions.show(version) if version else "of unknown version"
        say(
            f"{found} is {shown}, not in >={versions.show(least)},<{versions.show(below)}: "
            "left alone, the project gets its own"
        )
        return None
    # a package manager links `pulumi` into a common folder and keeps the rest where it really lies
    around = os.pathsep.join([str(Path(found).resolve().parent), path])
    programs = {
        name: Path(program)
        for name in release.ENGINE_PROGRAMS
        if (program := shutil.which(name, path=around)) is not None
    } | {"pulumi": Path(found)}
    missing = release.ENGINE_NEEDED - programs.keys()
    if missing:
        say(f"{found} comes without {', '.join(sorted(missing))}: left alone, the project gets its own")
        return None
    return programs


def _others(path: str, *, own: Path) -> str:
    return os.pathsep.join(
        folder for folder in path.split(os.pathsep) if folder and Path(folder).resolve() != own.resolve()
    )


def _version(program: str) -> versions.Version | None:
    try:
        answer = process.run(
            [program, "version"],
            what="asking the installed pulumi for its version",
            todo="",
            env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"},
            timeout=20,
        )
    except ToolchainError:
        return None
    return versions.parse(answer.strip())
