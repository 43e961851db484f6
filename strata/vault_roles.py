"""The roles as which jobs log in, with what GitHub says of the repository and of its gates (V8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from model.identity import IDENTITIES
from strata.audit.declared import declared
from strata.audit.looking import incomplete
from strata.github import Client
from strata.github.shapes import Shape
from strata.project import Project
from vault import roles
from vault.client import address
from vault.policies import Difference

if TYPE_CHECKING:
    import hvac

    from model.gate import GatePlan

_SHOWN = roles.Repository(number="<its id>", full_name="<owner>/<repository>")


class _Repository(Shape):
    id: int
    full_name: str


@dataclass(frozen=True, kw_only=True)
class Doors:
    """All roles, and which of them may not be.

    Attributes:
        slug: of the application.
        issuer: who signs the tokens of jobs.
        roles: by name.
        refused: role to what its environment's gate lacks.
    """

    slug: str
    issuer: str
    roles: Mapping[str, roles.Role]
    refused: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, env: Mapping[str, str], project: Project, *, slug: str) -> "Doors":
        """GET the repository and its gates; nothing is changed.

        Args:
            env: VAULT_ADDR, GITHUB_TOKEN, GITHUB_OWNER or GITHUB_REPOSITORY; GITHUB_OIDC_ISSUER where GitHub
                is not github.com.
            project: whose gates are declared.
            slug: of the application.

        Raises:
            strata.github.errors.GithubError: GitHub cannot be asked.
            vault.errors.NotConfigured: VAULT_ADDR is missing.
        """
        wanted = declared(project)
        audience = address(env)
        with Client.from_env(env, repository=wanted.repository) as client:
            known = _Repository.read(client.get(""))
            lacking = incomplete(client, wanted)
        repository = roles.Repository(number=str(known.id), full_name=known.full_name)
        return cls(
            slug=slug,
            issuer=env.get("GITHUB_OIDC_ISSUER", "").rstrip("/") or roles.GITHUB,
            roles=roles.roles(slug=slug, repository=repository, audience=audience),
            refused=_refused(slug, wanted.gates, lacking),
        )

    def differences(self, client: "hvac.Client") -> list[Difference]:
        """What is not as generated; raises `vault.errors.VaultError`."""
        return roles.differences(client, self.roles, slug=self.slug, issuer=self.issuer)

    def apply(self, client: "hvac.Client") -> list[str]:
        """Write what is missing or different and not refused; raises `vault.errors.VaultError`."""
        return roles.apply(
            client, self.roles, slug=self.slug, issuer=self.issuer, refused=tuple(self.refused)
        )

    def there(self, client: "hvac.Client") -> list[str]:
        """Roles that the server has; raises `vault.errors.VaultError`."""
        return roles.listed(client)

    def tell_refused(self, there: Sequence[str]) -> bool:
        """Say which roles are refused, and whether there are any.

        Args:
            there: names of roles that the server has.
        """
        for role, lacks in self.refused.items():
            typer.echo(f"refused  {role}: the gate of its environment is incomplete")
            for one in lacks:
                typer.echo(f"    {one}")
            if role in there:
                typer.echo(f"    the role is there already and open: `vault delete auth/jwt/role/{role}`")
        return bool(self.refused)


def shown(slug: str) -> dict[str, roles.Role]:
    """The roles for reading, without asking anybody."""
    return roles.roles(slug=slug, repository=_SHOWN, audience="<VAULT_ADDR>")


def _refused(
    slug: str, gates: "Sequence[GatePlan]", lacking: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    guarded = {gate.environment for gate in gates}
    found: dict[str, Sequence[str]] = {}
    for one in IDENTITIES:
        if one.environment not in guarded:
            found[one.role(slug)] = (f"no gate is declared for {one.environment}",)
        elif lacks := lacking.get(one.environment):
            found[one.role(slug)] = lacks
    return found
