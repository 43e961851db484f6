"""`docker service create`, `update`, `scale` and `rm`: what Dokploy's applications are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sandbox.engine.errors import EngineError, UnknownCommand
from sandbox.engine.flags import parse
from sandbox.engine.protocol import Log
from sandbox.engine.spec import ServiceSpec
from sandbox.engine.swarm import Swarm

_VALUES = frozenset(
    [
        "--container-label",
        "--container-label-add",
        "--container-label-rm",
        "--env",
        "--env-add",
        "--env-rm",
        "--health-cmd",
        "--image",
        "--label",
        "--label-add",
        "--label-rm",
        "--name",
        "--network",
        "--network-add",
        "--network-rm",
        "--replicas",
        "--update-delay",
        "--update-failure-action",
        "--update-monitor",
        "--update-order",
        "--update-parallelism",
    ]
)
_SWITCHES = frozenset(["--detach", "--force", "--no-healthcheck", "--quiet", "--with-registry-auth"])
_SHORT = {"-e": "--env", "-l": "--label", "-d": "--detach", "-q": "--quiet"}


class ServiceCommands:
    """The commands.

    Args:
        swarm: the host's services.
        log: takes the output.
    """

    def __init__(self, swarm: Swarm, log: Log) -> None:
        self.swarm = swarm
        self.log = log

    def run(self, words: Sequence[str]) -> None:
        """Run `service …`; always detached. Raises `EngineError`."""
        command, rest = (words[0], words[1:]) if words else ("", ())
        if command == "create":
            self._create(rest)
        elif command == "update":
            self._update(rest)
        elif command == "scale":
            self._scale(rest)
        elif command == "rm":
            for name in rest:
                self.swarm.remove(name)
                self.log(name)
        else:
            raise UnknownCommand(f'unknown docker command: "service {command}"')

    def _create(self, words: Sequence[str]) -> None:
        given = parse(words, values=_VALUES, switches=_SWITCHES, short=_SHORT)
        name = given.one("--name")
        if not given.arguments or name is None:
            raise EngineError('"docker service create" requires at least 1 argument and, here, a --name.')
        spec = ServiceSpec(
            image=given.arguments[0],
            env=_pairs(given.all("--env")),
            labels=_pairs(given.all("--label")),
            container_labels=_pairs(given.all("--container-label")),
            networks={network: [name] for network in given.all("--network")},
            healthcheck=True if given.one("--health-cmd") else None,
            replicas=int(given.one("--replicas") or 1),
            order=given.one("--update-order") or "stop-first",
            failure_action=given.one("--update-failure-action") or "pause",
            other={"args": list(given.arguments[1:]), "health": given.one("--health-cmd")},
        )
        self.log(str(self.swarm.create(name, spec, stack=None)["id"]))

    def _update(self, words: Sequence[str]) -> None:
        given = parse(words, values=_VALUES, switches=_SWITCHES, short=_SHORT)
        if len(given.arguments) != 1:
            raise EngineError('"docker service update" requires exactly 1 argument.')
        name = given.arguments[0]
        service = self.swarm.get(name)
        if service is None:
            raise EngineError(f"no such service: {name}")
        spec = ServiceSpec.of(service["spec"])
        networks = {**spec.networks, **{n: [name] for n in given.all("--network-add")}}
        self.swarm.update(
            service["name"],
            replace(
                spec,
                image=given.one("--image") or spec.image,
                env=_changed(spec.env, given.all("--env-add"), given.all("--env-rm")),
                labels=_changed(spec.labels, given.all("--label-add"), given.all("--label-rm")),
                container_labels=_changed(
                    spec.container_labels,
                    given.all("--container-label-add"),
                    given.all("--container-label-rm"),
                ),
                networks={k: v for k, v in networks.items() if k not in given.all("--network-rm")},
                healthcheck=True
                if given.one("--health-cmd")
                else None
                if given.has("--no-healthcheck")
                else spec.healthcheck,
                replicas=int(given.one("--replicas") or spec.replicas),
                order=given.one("--update-order") or spec.order,
                failure_action=given.one("--update-failure-action") or spec.failure_action,
                forced=spec.forced + given.has("--force"),
            ),
        )
        self.log(name)

    def _scale(self, words: Sequence[str]) -> None:
        for word in words:
            name, _, count = word.partition("=")
            service = self.swarm.get(name)
            if service is None or not count.isdigit():
                raise EngineError(
                    f"no such service: {name}" if service is None else f"invalid scale specifier '{word}'"
                )
            self.swarm.update(name, replace(ServiceSpec.of(service["spec"]), replicas=int(count)))
            self.log(f"{name} scaled to {count}")


def _pairs(words: Sequence[str]) -> dict[str, str]:
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _changed(former: Mapping[str, str], added: Sequence[str], removed: Sequence[str]) -> dict[str, str]:
    return {k: v for k, v in {**former, **_pairs(added)}.items() if k not in removed}
