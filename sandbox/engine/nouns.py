"""`docker network`, `docker volume`, `docker image` and `docker container`."""

import json
from collections.abc import Sequence

from sandbox.engine import logs
from sandbox.engine.errors import EngineError, UnknownCommand
from sandbox.engine.flags import parse
from sandbox.engine.parts import Parts
from sandbox.engine.protocol import Log
from sandbox.registry.reference import Reference


class NounCommands:
    """The commands.

    Args:
        parts: the host.
        log: takes the output.
    """

    def __init__(self, parts: Parts, log: Log) -> None:
        self._parts = parts
        self._log = log
        self._known = {
            ("network", "create"): self._create_network,
            ("network", "rm"): self._remove_networks,
            ("volume", "create"): self._create_volume,
            ("volume", "ls"): self._list_volumes,
            ("volume", "inspect"): self._inspect_volumes,
            ("volume", "rm"): self._remove_volumes,
            ("image", "ls"): self._list_images,
            ("image", "inspect"): self._inspect_images,
            ("image", "pull"): self._pull_images,
            ("image", "rm"): self._remove_images,
            ("container", "logs"): self._print_logs,
        }

    def run(self, noun: str, words: Sequence[str]) -> None:
        """Run `<noun> <verb> …`. Raises `EngineError`."""
        verb = words[0] if words else ""
        work = self._known.get((noun, verb))
        if work is None:
            raise UnknownCommand(f'unknown docker command: "{noun} {verb}"')
        if not words[1:] and verb != "ls":
            raise EngineError(f'"docker {noun} {verb}" requires at least 1 argument.')
        work(words[1:])

    def _create_network(self, words: Sequence[str]) -> None:
        given = parse(
            words,
            values=frozenset({"--driver", "--label", "--subnet", "--opt"}),
            switches=frozenset({"--attachable", "--internal"}),
            short={"-d": "--driver", "-o": "--opt"},
        )
        for name in given.arguments:
            network = self._parts.networks.create(
                name,
                driver=given.one("--driver") or "bridge",
                attachable=given.has("--attachable"),
                internal=given.has("--internal"),
            )
            self._log(network["id"])

    def _remove_networks(self, words: Sequence[str]) -> None:
        for name in words:
            self._log(self._parts.networks.remove(name))

    def _create_volume(self, words: Sequence[str]) -> None:
        for name in words:
            self._parts.volumes.create(name)
            self._log(name)

    def _list_volumes(self, _words: Sequence[str]) -> None:
        for row in self._parts.volumes.listing():
            self._log(json.dumps(row))

    def _inspect_volumes(self, words: Sequence[str]) -> None:
        self._log(json.dumps([self._parts.volumes.inspect(name) for name in words]))

    def _remove_volumes(self, words: Sequence[str]) -> None:
        for name in words:
            self._parts.volumes.remove(name)
            self._log(name)

    def _list_images(self, _words: Sequence[str]) -> None:
        for row in self._parts.images.listing():
            self._log(json.dumps(row))

    def _inspect_images(self, words: Sequence[str]) -> None:
        self._log(json.dumps([self._parts.images.inspect(name) for name in words]))

    def _pull_images(self, words: Sequence[str]) -> None:
        for name in words:
            image = self._parts.images.pull(name)
            reference = Reference.parse(name)
            digest = next(d for d in image["digests"] if d.startswith(f"{reference.repository}@"))
            self._log(f"{reference.tag or name}: Pulling from {reference.path}")
            self._log(f"Digest: {digest.rpartition('@')[2]}")
            self._log(f"Status: Image is up to date for {name}")
            self._log(name)

    def _remove_images(self, words: Sequence[str]) -> None:
        given = parse(words, switches=frozenset({"--force"}), short={"-f": "--force"})
        for name in given.arguments:
            for line in self._parts.images.remove(name, force=given.has("--force")):
                self._log(line)

    def _print_logs(self, words: Sequence[str]) -> None:
        given = parse(
            words,
            values=frozenset({"--tail", "--since"}),
            switches=frozenset({"--timestamps"}),
            short={"-n": "--tail", "-t": "--timestamps"},
        )
        for name in given.arguments:
            lines = logs.of_container(
                self._parts.containers,
                name,
                now=self._parts.state.now,
                tail=given.one("--tail") or "all",
                since=given.one("--since"),
                timestamps=given.has("--timestamps"),
            )
            for line in lines:
                self._log(line)
