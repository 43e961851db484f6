"""Who gets credentials of what: one table of GitHub environments, Vault roles and the gates before them.

Vault's roles and policies, GitHub's environments, the audit and the tests over the workflows are generated
from it, so that none of them can say something else (docs/adr/0017). A job gets what stands at an identity's
deploy path if, and only if, GitHub signs that it runs in this repository, in the environment, on one of the
refs, from one of the workflow files.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

MOUNT = "jwt"
"""Where Vault takes GitHub's tokens: `auth/jwt`."""

MAIN = "refs/heads/main"
RELEASE_TAGS = "refs/tags/v*"
MERGES = "refs/pull/*/merge"


class Kind(StrEnum):
    """What an identity is for."""

    DEPLOY = "deploy"
    PLAN = "plan"
    OBSERVE = "observe"
    PREVIEW = "preview"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A workflow that may come, and from where.

    Attributes:
        workflow: its file in `.github/workflows`.
        refs: of the run, as globs of Vault: `*` stands for anything, `/` included.
    """

    workflow: str
    refs: tuple[str, ...]

    def workflow_refs(self, repository: str) -> tuple[str, ...]:
        """The claim `workflow_ref` of its runs: `<owner>/<repository>/.github/workflows/<file>@<ref>`."""
        return tuple(f"{repository}/.github/workflows/{self.workflow}@{ref}" for ref in self.refs)


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What the gate of a GitHub environment must have.

    Attributes:
        branches: patterns of branches that may deploy, as GitHub shows them (`*` stops at `/` there).
        tags: patterns of tags that may.
        reviewers: whether people must approve; then nobody their own, and administrators do not bypass.
    """

    branches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    reviewers: bool = False


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One row of the table.

    Attributes:
        kind: what it is for.
        environment: of GitHub; what `strata login --environment` is told.
        stacks: the standing stacks whose secrets' names it sees; never a value.
        entries: the workflows that may come.
        protection: of the environment.
        more_environments: globs of environments that are let in too and have no gate: GitHub makes them when
            a job names them, hence what stands behind must be worth no more than a preview.
    """

    kind: Kind
    environment: str
    stacks: tuple[str, ...]
    entries: tuple[Entry, ...]
    protection: Protection
    more_environments: tuple[str, ...] = ()

    @property
    def environments(self) -> tuple[str, ...]:
        """Globs of the claim `environment`."""
        return (self.environment, *self.more_environments)

    @property
    def refs(self) -> tuple[str, ...]:
        """Globs of the claim `ref`, each once."""
        return tuple(dict.fromkeys(ref for entry in self.entries for ref in entry.refs))

    @property
    def required_keys(self) -> frozenset[str]:
        """What its deploy path must hold."""
        return REQUIRED[self.kind]

    @property
    def refused_keys(self) -> frozenset[str]:
        """What its deploy path must not hold: whoever comes as this identity could use it."""
        return REFUSED[self.kind]

    def role(self, slug: str) -> str:
        """The Vault role and policy, such as `strata-<slug>-staging-deploy` and `strata-<slug>-plan`."""
        suffix = f"{self.environment}-deploy" if self.kind is Kind.DEPLOY else self.environment
        return f"strata-{slug}-{suffix}"

    @property
    def home(self) -> str:
        """The standing stack whose settings say below which Vault mount its deploy path lies."""
        return self.stacks[0] if self.stacks else "staging"

    def deploy_path(self, app: str) -> str:
        """Below the Vault mount: `<app>/<environment>/deploy`."""
        return f"{app}/{self.environment}/deploy"

    def workflow_refs(self, repository: str) -> tuple[str, ...]:
        """Globs of the claim `workflow_ref`.

        Args:
            repository: `owner/name`.
        """
        return tuple(one for entry in self.entries for one in entry.workflow_refs(repository))

    def admits(self, environment: str) -> bool:
        """Whether a job of this GitHub environment comes as this identity."""
        return environment == self.environment or (
            self.kind is Kind.PREVIEW and _PREVIEW.fullmatch(environment) is not None
        )


_PREVIEW = re.compile(r"pr-[1-9][0-9]{0,8}")
_APP = frozenset({"GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY", "GITHUB_APP_INSTALLATION_ID"})
_STATE = frozenset({"PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"})
_DOKPLOY = frozenset({"DOKPLOY_URL", "DOKPLOY_API_KEY"})

EXPORTED = frozenset(
    {
        *_DOKPLOY,
        "DOKPLOY_VAULT_ADDR",
        *_STATE,
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "REGISTRY_PASSWORD",
    }
)
"""The keys of a deploy path that become variables of a job; others cannot, so nobody sets PATH by Vault."""

APP_KEYS = _APP
"""The GitHub App's, which are not handed on: a token with less rights is made of them."""

REQUIRED: Mapping[Kind, frozenset[str]] = MappingProxyType(
    {
        Kind.DEPLOY: _DOKPLOY | _STATE | _APP,
        Kind.PLAN: _STATE,
        Kind.OBSERVE: _DOKPLOY | _STATE | _APP,
        Kind.PREVIEW: _DOKPLOY | _STATE,
    }
)
REFUSED: Mapping[Kind, frozenset[str]] = MappingProxyType(
    {
        Kind.DEPLOY: frozenset(),
        # A pull request's author writes what the job of a plan runs; GitHub's own token is enough to look.
        Kind.PLAN: frozenset({"DOKPLOY_API_KEY", "REGISTRY_PASSWORD"}) | _APP,
        Kind.OBSERVE: frozenset(),
        Kind.PREVIEW: _APP,
    }
)

STAGING = Identity(
    kind=Kind.DEPLOY,
    environment="staging",
    stacks=("staging",),
    entries=(Entry(workflow="staging-deploy.yml", refs=(MAIN,)),),
    protection=Protection(branches=("main",)),
)
PRODUCTION = Identity(
    kind=Kind.DEPLOY,
    environment="production",
    stacks=("production",),
    entries=(
        Entry(workflow="production-deploy.yml", refs=(RELEASE_TAGS,)),
        Entry(workflow="rollback.yml", refs=(RELEASE_TAGS,)),
    ),
    protection=Protection(tags=("v*.*.*",), reviewers=True),
)
PLAN = Identity(
    kind=Kind.PLAN,
    environment="plan",
    stacks=("staging", "production"),
    entries=(
        Entry(workflow="ci.yml", refs=(MERGES,)),
        Entry(workflow="production-deploy.yml", refs=(RELEASE_TAGS,)),
    ),
    protection=Protection(branches=("refs/pull/*/merge",), tags=("v*.*.*",)),
)
STAGING_OBSERVE = Identity(
    kind=Kind.OBSERVE,
    environment="staging-observe",
    stacks=("staging",),
    entries=(Entry(workflow="drift.yml", refs=(MAIN,)),),
    protection=Protection(branches=("main",)),
)
PRODUCTION_OBSERVE = Identity(
    kind=Kind.OBSERVE,
    environment="production-observe",
    stacks=("production",),
    entries=(Entry(workflow="drift.yml", refs=(MAIN,)),),
    protection=Protection(branches=("main",)),
)
PREVIEW = Identity(
    kind=Kind.PREVIEW,
    environment="preview",
    stacks=(),
    entries=(Entry(workflow="pr-test.yml", refs=(MAIN,)), Entry(workflow="sweep.yml", refs=(MAIN,))),
    protection=Protection(branches=("main",)),
    more_environments=("pr-*",),
)

IDENTITIES: tuple[Identity, ...] = (
    STAGING,
    PRODUCTION,
    PLAN,
    STAGING_OBSERVE,
    PRODUCTION_OBSERVE,
    PREVIEW,
)
"""The table, in the order in which a person reads it."""


def of_environment(environment: str) -> Identity | None:
    """The identity as which a job of a GitHub environment comes; `None` for an environment of nobody."""
    return next((one for one in IDENTITIES if one.admits(environment)), None)


def observer_of(stack: str) -> Identity:
    """The identity that looks at a standing stack on schedule.

    Raises:
        ValueError: the stack is none that stands.
    """
    found = [one for one in IDENTITIES if one.kind is Kind.OBSERVE and one.stacks == (stack,)]
    if not found:
        raise ValueError(f"{stack} is no standing stack")
    return found[0]
