"""What one stack is going to be, as plain values: all that a reviewer should see, nothing a server says.

The guardrails check a plan whole before the first resource is registered; the components only turn it into
resources. Hence no field here is an Output.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.gate import GatePlan
from model.layers import Stack
from model.naming import Names
from model.release import Release
from model.ruleset import RulesetPlan
from model.services import ComposeType

__all__ = [
    "ComposeType",
    "DomainPlan",
    "GatePlan",
    "GitSource",
    "Plan",
    "ProbePlan",
    "RawSource",
    "RegistryPlan",
    "RulesetPlan",
    "TierPlan",
    "Timeouts",
    "VaultProviderPlan",
]


@dataclass(frozen=True, kw_only=True)
class RawSource:
    """The compose file is given as text."""

    compose_file: str


@dataclass(frozen=True, kw_only=True)
class GitSource:
    """Dokploy clones a tag and builds it.

    Attributes:
        url: http(s) or ssh clone URL.
        ref: tag (Dokploy clones branches and tags only, not commits: measured 2026-11-23).
        commit: the commit that the tag must give.
        compose_path: of the compose file in the checkout.
        compose_file: its text at that commit, for the guardrails; Dokploy reads its own copy.
        ssh_key_id: Dokploy's id of the key for an ssh URL.
        github_id: Dokploy's id of its GitHub App; then `url` is not used.
    """

    url: str
    ref: str
    commit: str
    compose_path: str
    compose_file: str
    ssh_key_id: str | None = None
    github_id: str | None = None
    github_owner: str | None = None
    github_repository: str | None = None


@dataclass(frozen=True, kw_only=True)
class DomainPlan:
    """One host and path that leads to one service's port."""

    service: str
    host: str
    path: str
    port: int
    https: bool
    certificate_type: str
    cert_resolver: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProbePlan:
    """One URL that must answer before a deployment counts.

    Attributes:
        url: asked with GET.
        content_type: the media type it must answer with.
        keys: top-level JSON keys that must be there (empty for HTML).
        identity: its `commit` must be that of the running image.
    """

    url: str
    content_type: str
    keys: tuple[str, ...] = ()
    identity: bool = False


@dataclass(frozen=True, kw_only=True)
class TierPlan:
    """One Dokploy compose with its domains and its deployment.

    Attributes:
        tier: `data`, `app` or, in a PR, `preview`.
        compose_name: its name at Dokploy and the prefix of its appName.
        env: dotenv text that Dokploy keeps; secrets are references.
        command: what Dokploy runs after `docker `, with `{app_name}`; `None` for Dokploy's own.
        images: service to `repo:tag@sha256:…`; empty where images are built.
        secret_versions: Vault path to version, of the paths that `env` refers to.
        volumes: names of persistent volumes.
        protect: Pulumi's `protect`.
        delete_volumes: whether destroying takes the volumes along (PR stacks only).
    """

    tier: str
    compose_name: str
    compose_type: ComposeType
    source: RawSource | GitSource
    env: str
    command: str | None
    images: Mapping[str, str] = field(default_factory=dict)
    domains: tuple[DomainPlan, ...] = ()
    probes: tuple[ProbePlan, ...] = ()
    secret_versions: Mapping[str, int] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    protect: bool = False
    delete_volumes: bool = False


@dataclass(frozen=True, kw_only=True)
class VaultProviderPlan:
    """The object through which Dokploy reads Vault for this environment."""

    name: str
    url: str
    mount: str


@dataclass(frozen=True, kw_only=True)
class RegistryPlan:
    """Dokploy's login to a private registry; host-wide, hence shared by all stacks."""

    name: str
    url: str
    username: str
    credential_version: str


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Limits of a deployment in seconds; excluded from diffs."""

    deploy: int = 900
    queue: int = 1800
    healthy: int = 300


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One stack. `release`, `gate`, `network`, `vault_provider` and `registry` are `None` in a PR stack.

    Attributes:
        more_gates: GitHub environments besides its own that this stack keeps.
        ruleset: of the default branch; one stack keeps it.
    """

    stack: Stack
    names: Names
    project_name: str
    url: str
    tiers: tuple[TierPlan, ...]
    release: Release | None = None
    gate: GatePlan | None = None
    more_gates: tuple[GatePlan, ...] = ()
    ruleset: RulesetPlan | None = None
    network: str | None = None
    vault_provider: VaultProviderPlan | None = None
    registry: RegistryPlan | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)

    @property
    def gates(self) -> tuple[GatePlan, ...]:
        """Its own gate first."""
        return (*([self.gate] if self.gate else []), *self.more_gates)
