"""All that is known and checked of a local stack before its first resource is registered."""

import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from components.local.context import digest
from components.local.engine import Container, Engine, find_engine
from components.local.files import read_files
from components.local.identity import OWNER, Identity, require_ours
from components.local.ports import require_free
from components.settings import load_settings
from model.errors import ComposeError
from model.layers import Stack
from model.local.amounts import MEBIBYTE
from model.local.reader import LocalCompose
from model.naming import Names
from model.standing import names_of

ATTEMPT = "strata.attempt"


@dataclass(frozen=True, kw_only=True)
class LocalPlan:
    """What a local stack is going to be.

    Attributes:
        stack: `local` or `ci`.
        names: of its containers, network and volumes.
        identity: who makes it, and the labels that all of it carries.
        engine: where it runs.
        compose: the services.
        contexts: service that is built to what it is built from.
        attempts: service to a word that changes when its container has to be made again.
    """

    stack: Stack
    names: Names
    identity: Identity
    engine: Engine = field(repr=False)
    compose: LocalCompose
    contexts: Mapping[str, str]
    attempts: Mapping[str, str]

    @property
    def label(self) -> str:
        """As a filter of `docker ps`."""
        return f"{OWNER}={self.identity.owner}"

    def container(self, service: str) -> str:
        """Name of a service's container."""
        return f"{self.names.qualified}-{service}"

    def volume(self, name: str) -> str:
        """Name of a volume that the compose file calls so."""
        return f"{self.names.qualified}-{name}"


def plan_local(
    stack: Stack,
    *,
    env: Mapping[str, str] = os.environ,
    engine: Callable[[], Engine] = find_engine,
    word: Callable[[], str] = lambda: secrets.token_hex(4),
) -> LocalPlan:
    """Plan a stack that this machine's Docker runs; needs no credentials and no server.

    Args:
        stack: `local` or `ci`.
        env: for the variables of the compose files.
        engine: finds Docker.
        word: makes a word that was not there before.

    Raises:
        pulumi.RunError, model.errors.StrataError: it may not be as asked; nothing was changed.
    """
    names = names_of(load_settings(), stack)
    compose = read_files(stack, env=env)
    _whole_mebibytes(compose)
    contexts = {
        name: digest(name, service.build) for name, service in compose.services.items() if service.build
    }
    identity = Identity.of(names, stack, folder=Path(compose.folder).resolve(), env=env)
    running = engine()
    everything = running.containers()
    ours = {one.name: one for one in everything if one.labels.get(OWNER) == identity.owner}
    others = [one for one in everything if one.name not in ours]
    plan = LocalPlan(
        stack=stack,
        names=names,
        identity=identity,
        engine=running,
        compose=compose,
        contexts=contexts,
        attempts={
            name: _attempt(ours.get(f"{names.qualified}-{name}"), word=word) for name in compose.services
        },
    )
    require_ours(identity, _there(plan, everything))
    require_free(compose, ours=ours.values(), others=others)
    return plan


def _attempt(container: Container | None, *, word: Callable[[], str]) -> str:
    """The word that a healthy container carries, so that it stays; else a new one, so that it is made again.

    The engine compares inputs: a container that has died, or never became healthy, has the same ones and
    would be left as it is, with a green `up` (measured with engine 3.250 on 2026-11-23).
    """
    if container is not None and container.well:
        return container.labels.get(ATTEMPT, "")
    return word()


def _there(plan: LocalPlan, everything: Iterable[Container]) -> dict[str, dict[str, Mapping[str, str]]]:
    """What already has one of the plan's names."""
    wanted = {plan.container(name) for name in plan.compose.services}
    return {
        "container": {one.name: one.labels for one in everything if one.name in wanted},
        "network": plan.engine.labels("network", {plan.names.network}),
        "volume": plan.engine.labels("volume", {plan.volume(name) for name in plan.compose.volumes}),
    }


def _whole_mebibytes(compose: LocalCompose) -> None:
    """pulumi-docker counts in mebibytes and would round off what is said in bytes."""
    for name, service in compose.services.items():
        for key in ("mem_limit", "shm_size"):
            amount = getattr(service, key)
            if amount is not None and amount % MEBIBYTE:
                raise ComposeError(
                    f"services.{name}.{key}: {amount} bytes are not whole mebibytes; nothing was changed. "
                    "Next: write it like 512m"
                )
