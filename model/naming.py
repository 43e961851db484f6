"""The one place where a name is made: create, destroy, sweep and the documentation ask here.

The property that holds it together: no name of one stack is another's (tests/model/test_naming.py).
"""

from dataclasses import dataclass

from model.layers import Layer, Stack

# The alias of the database is what it is to its clients, not what it is made of.
_ALIASES = {"postgres": "db"}


@dataclass(frozen=True, kw_only=True)
class Names:
    """All names of one stack.

    Attributes:
        stack: whose.
        domain: of the team, for example `zitian.party`.
        host_prefix: the first part of every host, for example `report`.
        app: the application, with underscores, for example `finance_report`.
    """

    stack: Stack
    domain: str
    host_prefix: str
    app: str

    @classmethod
    def of(cls, stack: Stack, *, domain: str, host_prefix: str, app: str) -> "Names":
        """The names of a stack; reads as a sentence where many stacks' names are compared."""
        return cls(stack=stack, domain=domain, host_prefix=host_prefix, app=app)

    @property
    def slug(self) -> str:
        """The application's name where underscores are not allowed."""
        return self.app.replace("_", "-")

    @property
    def qualified(self) -> str:
        """`finance-report-staging`: slug and stack, what most names are made of."""
        return f"{self.slug}-{self.stack.name}"

    @property
    def host(self) -> str:
        """Public host; production's has no suffix."""
        suffix = "" if self.stack.layer is Layer.PRODUCTION else f"-{self.stack.name}"
        return f"{self.host_prefix}{suffix}.{self.domain}"

    def url(self, *, https: bool) -> str:
        """Public address without a path or a trailing slash."""
        return f"{'https' if https else 'http'}://{self.host}"

    @property
    def project(self) -> str:
        """Dokploy project, shared by all stacks."""
        return self.app

    @property
    def environment(self) -> str:
        """Dokploy environment and GitHub environment."""
        return self.stack.name

    def compose(self, tier: str) -> str:
        """Dokploy compose of a tier (`data`, `app`); a preview has one and needs no tier in its name."""
        return self.qualified if tier == "preview" else f"{self.qualified}-{tier}"

    @property
    def network(self) -> str:
        """The environment's own overlay network."""
        return self.qualified

    def volume(self, service: str) -> str:
        """Docker volume of a service."""
        return f"{self.qualified}-{service}"

    def alias(self, service: str) -> str:
        """DNS name of a service on any network; never the bare service name (C3)."""
        return f"{self.slug}-{_ALIASES.get(service, service)}-{self.stack.name}"

    @property
    def bucket(self) -> str:
        """Bucket in the object storage."""
        return self.qualified

    @property
    def database(self) -> str:
        """Database and its owner; every stack has a server of its own, hence the same name in each."""
        return self.app

    @property
    def vault_env(self) -> str | None:
        """Vault's part for this stack; `None` where secrets are throwaway constants."""
        return self.stack.name if self.stack.standing else None

    def vault_path(self, service: str) -> str:
        """Vault path of a service's secrets below the mount.

        Raises:
            ValueError: the stack has no secrets; its caller should not have asked.
        """
        if self.vault_env is None:
            raise ValueError(f"stack {self.stack.name} has no secrets in Vault")
        return f"{self.app}/{self.vault_env}/{service}"

    @property
    def vault_provider(self) -> str:
        """Dokploy's object that reads Vault for this environment."""
        return self.qualified


def marker(*, project: str, stack: str, logical: str) -> str:
    """The text that says who owns an object at Dokploy; ends the object's description (S3).

    Args:
        project: Pulumi project.
        stack: stack, or `shared` for what all stacks share.
        logical: the resource's logical name.
    """
    return f"strata:{project}/{stack}/{logical}"
