"""The compose files' services on this machine's Docker: network, volumes, images, containers."""

from graphlib import TopologicalSorter
from typing import Any

import pulumi
import pulumi_docker as docker

from components.local.builds import empty_log
from components.local.container import arguments
from components.local.hooks import Hooks
from components.local.leftovers import Leftovers
from components.local.plan import LocalPlan
from components.local.watch import Watch
from model.local.service import Build, Service
from model.services import Service as Name

# Docker sets a limit for swap of its own when there is one for memory, and a refresh finds it. The rest is
# changed by pulumi-docker in its state alone, or in an order that Docker refuses (read in its source,
# 2026-11-23): such a container is made again.
_DOCKERS_OWN = ["memorySwap"]
_MADE_AGAIN = ["init", "tmpfs", "memory"]


class LocalIntegration(pulumi.ComponentResource):
    """What `docker compose up` would give, made and removed by Pulumi.

    Args:
        planned: all that is known of the stack.

    Attributes:
        exports: the stack's outputs by name.
    """

    exports: dict[str, pulumi.Input[Any]]

    def __init__(self, *, planned: LocalPlan) -> None:
        plan = planned
        name = plan.stack.name
        super().__init__("strata:layers:LocalIntegration", name, {"owner": plan.identity.owner})
        # An explicit provider: the default one logs in to registries, for which there has to be a Docker
        # configuration file, and knows nothing of the context that `docker` uses.
        engine = docker.Provider(
            f"{name}-engine",
            host=plan.engine.host or None,
            opts=pulumi.ResourceOptions(parent=self),
        )
        hooks = Hooks(Watch(plan), Leftovers(plan))
        self._child = pulumi.ResourceOptions(parent=self, provider=engine)
        self._plan = plan
        self._images = pulumi.ResourceOptions.merge(
            self._child, pulumi.ResourceOptions(hooks=hooks.of_images)
        )
        self._containers = pulumi.ResourceOptions.merge(
            self._child,
            pulumi.ResourceOptions(
                hooks=hooks.of_containers,
                ignore_changes=_DOCKERS_OWN,
                replace_on_changes=_MADE_AGAIN,
                delete_before_replace=True,
            ),
        )
        network = docker.Network(
            f"{name}-network",
            name=plan.names.network,
            labels=[
                docker.NetworkLabelArgs(label=label, value=value)
                for label, value in plan.identity.labels.items()
            ],
            opts=pulumi.ResourceOptions.merge(self._child, pulumi.ResourceOptions(hooks=hooks.of_network)),
        )
        volumes = {one: self._volume(one, network) for one in plan.compose.volumes}
        images = {one: self._image(one, service) for one, service in plan.compose.services.items()}
        made: dict[str, docker.Container] = {}
        waits = {one: service.depends_on.keys() for one, service in plan.compose.services.items()}
        for one in TopologicalSorter(waits).static_order():
            made[one] = docker.Container(
                f"{name}-{one}",
                args=arguments(plan, one, image=images[one], network=network, volumes=volumes),
                opts=pulumi.ResourceOptions.merge(
                    self._containers, pulumi.ResourceOptions(depends_on=[made[other] for other in waits[one]])
                ),
            )
        self.exports = _exports(plan)
        self.register_outputs({"owner": plan.identity.owner})

    def _volume(self, name: str, network: docker.Network) -> docker.Volume:
        """After the network: Docker refuses a second one of its name, and gives a volume to whoever asks.

        So the later one of two runs that began at the same moment ends before it has the other's data.
        """
        return docker.Volume(
            f"{self._plan.stack}-{name}-volume",
            name=self._plan.volume(name),
            labels=[
                docker.VolumeLabelArgs(label=label, value=value)
                for label, value in self._plan.identity.labels.items()
            ],
            opts=pulumi.ResourceOptions.merge(self._child, pulumi.ResourceOptions(depends_on=[network])),
        )

    def _image(self, name: str, service: Service) -> docker.RemoteImage:
        """Built under a name that says what it is built from, hence built again when that changes, only then.

        What was pulled stays on the machine; what was built goes with its stack. Docker's build cache stays.
        """
        plan = self._plan
        if service.build is None:
            return docker.RemoteImage(
                f"{plan.stack}-{name}-image", name=service.image or "", keep_locally=True, opts=self._images
            )
        content = plan.contexts[name]
        return docker.RemoteImage(
            f"{plan.stack}-{name}-image",
            name=f"{plan.container(name)}:{content}",
            build=_build(service.build, log=empty_log(plan, name)),
            triggers={"content": content},
            opts=self._images,
        )


def _build(build: Build, *, log: str | None) -> docker.RemoteImageBuildArgs:
    return docker.RemoteImageBuildArgs(
        context=build.context,
        dockerfile=build.dockerfile,
        build_args={name: value or "" for name, value in build.args.items()},
        label={name: value or "" for name, value in build.labels.items()},
        target=build.target,
        build_log_file=log,
    )


def _exports(plan: LocalPlan) -> dict[str, pulumi.Input[Any]]:
    """Where a person begins: the page, the services' containers, and a command that tells their health."""
    published = {
        name: min(port.published for port in service.ports)
        for name, service in plan.compose.services.items()
        if service.ports
    }
    names = {name: plan.container(name) for name in plan.compose.services}
    page, api = published.get(Name.FRONTEND), published.get(Name.BACKEND)
    inspect = "docker inspect --format '{{.Name}} {{.State.Health.Status}}' " + " ".join(names.values())
    return {
        "url": f"http://localhost:{page}" if page else None,
        "services": names,
        "ports": published,
        "network": plan.names.network,
        "healthCommand": f"curl -fsS http://127.0.0.1:{api}/health" if api else inspect,
    }
