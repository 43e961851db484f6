"""What the steps look at: the project, the environment, the servers. Clients are made when they are asked."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

import httpx
import hvac

from dokploy_provider.client import Client as Dokploy
from model.layers import Stack
from model.naming import Names
from model.settings import Settings
from model.standing import names_of
from strata import github, health
from strata.project import Project
from vault.client import login
from vault.roles import GITHUB

STANDING = ("staging", "production")


def resolves(host: str) -> bool:
    """Whether a name has an address for this machine."""
    try:
        socket.getaddrinfo(host, 443, proto=socket.IPPROTO_TCP)
    except OSError:
        return False
    return True


@dataclass(kw_only=True)
class World:
    """Everything that the steps ask; each part raises its own room's error when it is not there.

    Attributes:
        env: of the administrator.
        start: where the project is looked for.
        resolves: asks DNS; replaced in tests.
    """

    env: Mapping[str, str]
    start: Path
    resolves: Callable[[str], bool] = resolves
    _settings: dict[str, Settings] = field(default_factory=dict, init=False, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of the clients that were made."""
        made = vars(self)
        for client in (made.get("dokploy"), made.get("github"), getattr(made.get("vault"), "adapter", None)):
            if client is not None:
                client.close()

    @cached_property
    def project(self) -> Project:
        """The Pulumi project of this folder."""
        return Project.find(self.env, start=self.start)

    def settings(self, environment: str = "staging") -> Settings:
        """A standing stack's settings."""
        if environment not in self._settings:
            self._settings[environment] = self.project.settings(Stack.parse(environment))
        return self._settings[environment]

    def names(self, environment: str = "staging") -> Names:
        """A standing stack's names."""
        return names_of(self.settings(environment), Stack.parse(environment))

    def unset(self, commands: Mapping[str, str]) -> "tuple[list[str], str] | None":
        """The variables that are missing, and the command that sets the first; `None` if all are there."""
        missing = [name for name in commands if not self.env.get(name, "").strip()]
        return (missing, commands[missing[0]]) if missing else None

    @property
    def slug(self) -> str:
        """Of the application."""
        return self.names().slug

    @property
    def mount(self) -> str:
        """Of the KV engine."""
        return self.settings().vault_mount

    @cached_property
    def vault(self) -> hvac.Client:
        """Logged in as the administrator."""
        return login(self.env)

    @cached_property
    def dokploy(self) -> Dokploy:
        """With the administrator's key."""
        return Dokploy.from_env(self.env)

    @cached_property
    def github(self) -> github.Client:
        """With the administrator's token."""
        return github.Client.from_env(self.env, repository=self.settings().repository)

    @property
    def issuer(self) -> str:
        """Who signs the tokens of GitHub's jobs."""
        return self.env.get("GITHUB_OIDC_ISSUER", "").rstrip("/") or GITHUB

    @property
    def through(self) -> httpx.BaseTransport:
        """The way to deployed applications."""
        return health.transport(self.env)
