"""Who holds a stack: a run of GitHub Actions, or a person's terminal.

A terminal is known by the process that leads its session, and not by the one that called us: between the two
may stand `make`, `timeout` or `strata sandbox exec`, which end before the `pulumi up` that follows.
"""

import getpass
import hashlib
import os
import socket
import subprocess
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from strata.status import age

_MACHINE_IDS = ("/etc/machine-id", "/var/lib/dbus/machine-id")
_PRINTED = 60


class Owner(BaseModel):
    """What a marker says.

    Attributes:
        id: of this marker, to name it in a command.
        time: when it was written, before the run's first change.
        host: name of the machine.
        machine: tells two machines of one name apart.
        pid: of the job's step or of the terminal's session.
        started: when that process began, so that its number can be used again by another one.
        actor: login at GitHub or on the machine.
        repository: `owner/name`, of a run.
        run: id of a run of GitHub Actions, `None` of a terminal.
        attempt: which try of it.
    """

    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern="^[0-9a-f]{8,32}$")
    time: AwareDatetime
    host: str
    machine: str = ""
    pid: int
    started: str = ""
    actor: str
    repository: str = ""
    run: int | None = None
    attempt: int = 1

    @classmethod
    def here(cls, env: Mapping[str, str], *, now: datetime, pid: int | None = None) -> "Owner":
        """Who runs this command.

        Args:
            env: of the command; a runner sets GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_REPOSITORY,
                GITHUB_ACTOR.
            now: the time, with its zone.
            pid: of the process that is to hold it; without one it is found.
        """
        run = env.get("GITHUB_RUN_ID", "") if env.get("GITHUB_ACTIONS") == "true" else ""
        attempt = env.get("GITHUB_RUN_ATTEMPT", "")
        holder = pid or _holder()
        return cls(
            id=uuid.uuid4().hex[:12],
            time=now,
            host=socket.gethostname(),
            machine=_machine(),
            pid=holder,
            started=started(holder),
            actor=(env.get("GITHUB_ACTOR", "") if run else "") or user(),
            repository=env.get("GITHUB_REPOSITORY", "") if run else "",
            run=int(run) if run.isdigit() else None,
            attempt=int(attempt) if attempt.isdigit() else 1,
        )

    def is_same_as(self, other: "Owner") -> bool:
        """Whether this is the other one earlier: an attempt of the same run, the same session."""
        if self.run is not None or other.run is not None:
            same = (self.repository, self.run) == (other.repository, other.run)
            return same and self.attempt <= other.attempt
        return self.is_of_machine(other) and (self.pid, self.started) == (other.pid, other.started)

    def is_of_machine(self, other: "Owner") -> bool:
        """Whether both are of one machine."""
        return (self.host, self.machine) == (other.host, other.machine)

    def shares_processes_with(self, other: "Owner") -> bool:
        """Whether a process of the one has its number at the other too. GitHub's machines share names."""
        return self.is_of_machine(other) and (self.run, self.attempt) == (other.run, other.attempt)

    def told(self, now: datetime) -> str:
        """Who it is and since when, in words that a marker's content cannot break out of."""
        since = f"since {self.time.isoformat(timespec='seconds')}, {age(self.time.isoformat(), now)}"
        if self.run is not None:
            return (
                f"run {self.run}, attempt {self.attempt}, of {plain(self.repository)} "
                f"(started by {plain(self.actor)}, {since})"
            )
        return f"{plain(self.actor)} on {plain(self.host)} (process {self.pid}, {since})"


def plain(text: str) -> str:
    """Other people's words on one line, without control characters, not for ever."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:_PRINTED]


def user() -> str:
    """The login on this machine; a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs on this machine."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError, ValueError):
        return False
    return True


def started(pid: int) -> str:
    """When a process began, in the system's own words; empty where nothing tells it."""
    record = Path(f"/proc/{pid}/stat")
    if record.exists():
        # fields after the name, which may hold anything: the 22nd of all is ticks since the machine started
        return record.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    try:
        told = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)],
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return told.stdout.strip()


def _holder() -> int:
    leader = os.getsid(0)
    return leader if leader and is_alive(leader) else os.getppid()


def _machine() -> str:
    for name in _MACHINE_IDS:
        if (file := Path(name)).is_file() and (text := file.read_text(encoding="ascii", errors="replace")):
            return hashlib.sha256(text.encode()).hexdigest()[:12]
    return hashlib.sha256(str(uuid.getnode()).encode()).hexdigest()[:12]
