"""Whose a project is: a process, told apart from a later one that got the same id."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")


@dataclass(frozen=True)
class Owner:
    """A process of some machine."""

    host: str
    boot: str
    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self:
        """The process that has this id now.

        Raises:
            ProcessLookupError: there is none, or it has ended and nobody asked for its exit code yet.
        """
        # the same engine may be used from inside a container, whose processes have other ids
        space = str(_NAMESPACE.readlink()) if _NAMESPACE.exists() else ""
        boot = _BOOT.read_text(encoding="ascii").strip() if _BOOT.exists() else ""
        return cls(host=platform.node() + space, boot=boot, pid=pid, started=_started(pid))

    @classmethod
    def parse(cls, label: str) -> Self:
        """The owner that a text names.

        Raises:
            ValueError: it names none.
        """
        host, boot, pid, started = label.split("|")
        return cls(host=host, boot=boot, pid=int(pid), started=started)

    def __str__(self) -> str:
        return f"{self.host}|{self.boot}|{self.pid}|{self.started}"

    def gone(self) -> bool:
        """Whether it certainly does not run any more: what another host runs cannot be seen from here."""
        here = type(self).of(os.getpid())
        if self.host != here.host:
            return False
        if self.boot != here.boot:
            return True
        try:
            return type(self).of(self.pid) != self
        except ProcessLookupError:
            return True


@dataclass(frozen=True)
class Mark:
    """Which project something is of, and whose that is: as text the one label of all that it has.

    One label and not two: the classic builder makes an image for each label on the way, and the one
    with half of them would be nobody's (Docker 20.10, 2026-11-23).
    """

    project: str
    owner: Owner

    @classmethod
    def parse(cls, label: str) -> Self:
        """What a label's value says.

        Raises:
            ValueError: it is none of ours.
        """
        project, _, owner = label.partition("|")
        return cls(project=project, owner=Owner.parse(owner))

    def __str__(self) -> str:
        return f"{self.project}|{self.owner}"


def _started(pid: int) -> str:
    if not _BOOT.exists():  # no Linux: `ps` tells the time with its date
        told = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout.strip()
        if not told:
            raise ProcessLookupError(pid)
        return told
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        raise ProcessLookupError(pid) from None
    # after the program's name in brackets, which may hold anything: state is field 3, start time 22
    fields = told.rpartition(")")[2].split()
    if fields[0] in {"Z", "X"}:
        raise ProcessLookupError(pid)
    return fields[19]
