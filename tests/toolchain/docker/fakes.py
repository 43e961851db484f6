"""A docker command and a dockerd that keep what they know in files."""

import json
import sys
from pathlib import Path

from tests.toolchain.fakes import Programs

_DOCKER = """\
state='{state}'
case "$1 $2" in
"version --format")
    if [ -e "$state/server" ]; then /bin/cat "$state/server"; exit 0; fi
    /bin/cat "$state/reason" >&2; echo null; exit 1 ;;
"info --format")
    case "$3" in
    *Swarm*) if [ -e "$state/swarm" ]; then echo active; else echo inactive; fi ;;
    *) /bin/cat "$state/labels" ;;
    esac ;;
"swarm init") echo "$*" >> "$state/swarm" ;;
"compose version")
    if [ -e "$state/compose" ] || [ -e "$HOME/.docker/cli-plugins/docker-compose" ]; then echo v5.6.1
    else echo "docker: 'compose' is not a docker command." >&2; exit 1; fi ;;
*) exit 1 ;;
esac
"""

# neither an answer nor a refusal; the same process, so that nothing is left of it
_HANGS = "exec /bin/sleep 60\n"

_DOCKERD = """\
#!{python}
import pathlib, signal, sys
state = pathlib.Path({state!r})
with (state / "dockerd.calls").open("a") as calls:
    print(*sys.argv[1:], file=calls)
print("level=info msg=starting", flush=True)
{behaviour}
"""

# as the real one: the pid file first, then it answers, then it runs until it is ended
WORKS = """\
import os
pathlib.Path(sys.argv[sys.argv.index("--pidfile") + 1]).write_text(str(os.getpid()))
(state / "labels").write_text('["strata.standins=yes"]')
(state / "half").write_text('{"Version": "20.10.24", "ApiVersion": "1.41"}')
(state / "half").rename(state / "server")
signal.pause()
"""
HANGS = "signal.pause()"
FAILS = 'print("failed to start daemon: iptables: Permission denied"); sys.exit(1)'


class FakeDocker:
    """Docker on a PATH of its own.

    Args:
        programs: the only folder on PATH.
        state: an empty folder.
    """

    def __init__(self, programs: Programs, state: Path) -> None:
        self._programs = programs
        self._state = state
        state.mkdir()
        (state / "reason").write_text("Cannot connect to the Docker daemon at unix:///x. Is it running?\n")
        programs.add("docker", _DOCKER.format(state=state))

    def answers(
        self, *, version: str = "20.10.24+dfsg1", api: str = "1.41", labels: tuple[str, ...] = ()
    ) -> None:
        (self._state / "labels").write_text(json.dumps(labels or None))
        (self._state / "server").write_text(json.dumps({"Version": version, "ApiVersion": api}))

    def hangs(self) -> None:
        self._programs.add("docker", _HANGS)

    def refuses(self, reason: str) -> None:
        (self._state / "reason").write_text(reason)

    def knows_compose(self) -> None:
        (self._state / "compose").touch()

    def add_dockerd(self, behaviour: str = WORKS, *, folder: Path | None = None) -> None:
        path = (folder or self._programs.folder) / "dockerd"
        path.write_text(_DOCKERD.format(python=sys.executable, state=str(self._state), behaviour=behaviour))
        path.chmod(0o755)

    @property
    def swarms(self) -> list[str]:
        """With which arguments a swarm was made."""
        calls = self._state / "swarm"
        return calls.read_text().splitlines() if calls.exists() else []

    @property
    def started(self) -> list[str]:
        """With which arguments dockerd was started."""
        calls = self._state / "dockerd.calls"
        return calls.read_text().splitlines() if calls.exists() else []
