"""`docker compose` and `docker stack`: from a command line to the work."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.engine.composefile import load_compose
from sandbox.engine.down import Down, DownOptions
from sandbox.engine.errors import EngineError, UnknownCommand
from sandbox.engine.flags import Parsed, parse
from sandbox.engine.parts import Parts
from sandbox.engine.protocol import Log
from sandbox.engine.stack import Stack, StackOptions
from sandbox.engine.stackfile import load_stack
from sandbox.engine.swarm import Swarm
from sandbox.engine.up import Up, UpOptions

_FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")


class ComposeCommand:
    """`docker compose …`.

    Args:
        parts: the host.
        cwd: where it runs; builds read nothing outside.
        env: the process environment.
        log: takes the output.
    """

    def __init__(self, parts: Parts, *, cwd: Path, env: Mapping[str, str], log: Log) -> None:
        self._parts = parts
        self._cwd = cwd
        self._env = env
        self._log = log

    async def run(self, words: Sequence[str]) -> None:
        """Run one command. Raises `EngineError`."""
        given = parse(
            words,
            values=frozenset({"--project-name", "--file", "--progress", "--ansi", "--parallel"}),
            short={"-p": "--project-name", "-f": "--file"},
            stop_at_argument=True,
        )
        command, rest = (given.arguments[0], given.arguments[1:]) if given.arguments else ("", [])
        if command == "up":
            await self._up(given, rest)
            return
        down = Down(self._parts, self._project(given), self._log)
        if command == "down":
            flags = parse(
                rest,
                values=frozenset({"--rmi", "--timeout"}),
                switches=frozenset({"--volumes", "--remove-orphans"}),
                short={"-v": "--volumes", "-t": "--timeout"},
            )
            down.down(DownOptions(volumes=flags.has("--volumes"), images=flags.one("--rmi") is not None))
        elif command == "stop":
            parse(rest, values=frozenset({"--timeout"}), short={"-t": "--timeout"})
            down.stop()
        elif command == "start":
            down.start()
        elif command == "ps":
            down.ps()
        else:
            raise UnknownCommand(f'unknown docker command: "compose {command}"')

    async def _up(self, given: Parsed, rest: Sequence[str]) -> None:
        flags = parse(
            rest,
            values=frozenset({"--wait-timeout", "--pull", "--timeout"}),
            switches=frozenset(
                {"--detach", "--build", "--remove-orphans", "--wait", "--force-recreate", "--quiet-pull"}
            ),
            short={"-d": "--detach", "-t": "--timeout"},
        )
        if flags.arguments:
            raise UnknownCommand("the sandbox's Docker brings up whole projects, not single services")
        timeout = flags.one("--wait-timeout")
        path = self._file(given)
        project = load_compose(
            path=path,
            project=self._project(given, path),
            env=self._env,
            log=self._log,
            now=self._parts.state.now,
        )
        await Up(self._parts, project, path=path, root=self._cwd, log=self._log).run(
            UpOptions(
                build=flags.has("--build"),
                remove_orphans=flags.has("--remove-orphans"),
                wait=flags.has("--wait"),
                wait_timeout=float(timeout) if timeout else None,
                force_recreate=flags.has("--force-recreate"),
                pull=flags.one("--pull"),
            )
        )

    def _file(self, given: Parsed) -> Path:
        named = given.all("--file")
        if len(named) > 1:
            raise UnknownCommand("the sandbox's Docker reads one compose file")
        if named:
            return self._cwd / named[0]
        found = next((self._cwd / name for name in _FILES if (self._cwd / name).is_file()), None)
        if found is None:
            raise EngineError("no configuration file provided: not found")
        return found

    def _project(self, given: Parsed, path: Path | None = None) -> str:
        folder = path.parent if path else self._cwd
        return given.one("--project-name") or self._env.get("COMPOSE_PROJECT_NAME") or folder.name.lower()


class StackCommand:
    """`docker stack …`; arguments as above."""

    def __init__(self, parts: Parts, swarm: Swarm, *, cwd: Path, env: Mapping[str, str], log: Log) -> None:
        self._parts = parts
        self._swarm = swarm
        self._cwd = cwd
        self._env = env
        self._log = log

    async def run(self, words: Sequence[str]) -> None:
        """Run one command. Raises `EngineError`."""
        command, rest = (words[0], words[1:]) if words else ("", ())
        if command == "rm":
            for name in parse(rest, switches=frozenset({"--detach"}), short={"-d": "--detach"}).arguments:
                Stack(self._parts, self._swarm, name=name, log=self._log).remove()
        elif command == "deploy":
            await self._deploy(rest)
        else:
            raise UnknownCommand(f'unknown docker command: "stack {command}"')

    async def _deploy(self, words: Sequence[str]) -> None:
        flags = parse(
            words,
            values=frozenset({"--compose-file", "--resolve-image"}),
            switches=frozenset({"--prune", "--with-registry-auth", "--detach", "--quiet"}),
            short={"-c": "--compose-file", "-d": "--detach", "-q": "--quiet"},
        )
        file = flags.one("--compose-file")
        if len(flags.arguments) != 1 or file is None:
            raise UnknownCommand('"docker stack deploy" requires exactly 1 argument and a --compose-file.')
        name = flags.arguments[0]
        project = load_stack(path=self._cwd / file, stack=name, env=self._env, log=self._log)
        detached = flags.one("--detach")
        await Stack(self._parts, self._swarm, name=name, log=self._log).deploy(
            project, StackOptions(prune=flags.has("--prune"), detach=detached != "false")
        )
