"""Official releases, from GitHub or a mirror with the same paths.

File names as of CLI 3.250 and the plugins in use (2026-11-23): the CLI says `x64` where its
plugins say `amd64`, and their checksums files are named differently too.
"""

import os
import platform
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from toolchain import archive, checksums, fetch
from toolchain.errors import RefusedError, UnavailableError

URL_VARIABLE = "STRATA_RELEASES_URL"
_URL = "https://github.com"
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_SYSTEMS = ("linux", "darwin")

ENGINE_PROGRAMS = (
    "pulumi",
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-resource-pulumi-python",
)
"""What a Python program needs of the CLI's archive, which holds every language."""

ENGINE_NEEDED = frozenset({"pulumi", "pulumi-language-python"})
"""Without these there is no engine; the others are inside the host in some versions."""


@dataclass(frozen=True)
class Release:
    """A release's archive.

    Attributes:
        name: what the cache calls it.
        key: the machine it is for.
        base: the release's address, its files lie directly below.
        file: the archive.
        sums: the checksums file.
        programs: what is taken out of it.
        needed: what must be in it.
    """

    name: str
    key: str
    base: str
    file: str
    sums: str
    programs: tuple[str, ...]
    needed: frozenset[str]

    def fill(self, folder: Path) -> None:
        """Download, check and unpack into a folder.

        Raises:
            UnavailableError: it cannot be had from here.
            RefusedError: it is not what the checksums file says.
        """
        sums, where = f"{self.base}/{self.sums}", f"{self.base}/{self.file}"
        expected = checksums.find(fetch.text(sums), name=self.file, where=sums)
        with tempfile.TemporaryDirectory(dir=folder) as half:
            path = Path(half) / self.file
            fetch.file(where, to=path)
            checksums.verify(path, expected=expected, where=where)
            _require(archive.take(path, names=self.programs, into=folder, where=where), self.needed, where)


def engine(version: str) -> Release:
    """Describe the archive with the CLI and the language hosts.

    Raises:
        UnavailableError: there is no release for this machine.
    """
    system, machine = _platform()
    return Release(
        name=f"release-pulumi-{version}",
        key=f"{system}-{machine}",
        base=f"{_base()}/pulumi/pulumi/releases/download/v{version}",
        file=f"pulumi-v{version}-{system}-{'x64' if machine == 'amd64' else machine}.tar.gz",
        sums=f"pulumi-{version}-checksums.txt",
        programs=ENGINE_PROGRAMS,
        needed=ENGINE_NEEDED,
    )


def plugin(name: str, *, version: str) -> Release:
    """Describe a resource plugin's archive.

    Raises:
        UnavailableError: there is no release for this machine.
    """
    system, machine = _platform()
    program = f"pulumi-resource-{name}"
    return Release(
        name=f"release-{name}-{version}",
        key=f"{system}-{machine}",
        base=f"{_base()}/pulumi/pulumi-{name}/releases/download/v{version}",
        file=f"{program}-v{version}-{system}-{machine}.tar.gz",
        sums=f"pulumi-{name}_{version}_checksums.txt",
        programs=(program,),
        needed=frozenset({program}),
    )


def _base() -> str:
    return (os.environ.get(URL_VARIABLE) or _URL).rstrip("/")


def _platform() -> tuple[str, str]:
    machine = _MACHINES.get(platform.machine().lower())
    if sys.platform not in _SYSTEMS or machine is None:
        raise UnavailableError(
            f"no release is used for {sys.platform} on {platform.machine()}",
            todo="use Linux or macOS on amd64 or arm64",
        )
    return sys.platform, machine


def _require(found: Collection[str], needed: Collection[str], where: str) -> None:
    missing = sorted(set(needed) - set(found))
    if missing:
        raise RefusedError(
            f"{where} has no {', '.join(missing)} in it",
            todo="set STRATA_ENGINE=go to build from source instead",
        )
