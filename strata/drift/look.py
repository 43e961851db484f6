"""The three looks at one stack; one that fails does not hide what another has found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from model.identity import observer_of
from model.layers import Stack
from model.naming import Names
from strata.audit.command import reader
from strata.audit.declared import declared
from strata.audit.looking import look as audit
from strata.drift.refreshed import refreshed
from strata.errors import CommandError
from strata.outcome import Exit
from strata.project import Project
from vault.client import login
from vault.errors import Forbidden, NotConnected, VaultError
from vault.token import renew


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What was found.

    Attributes:
        stack: its name.
        moved: resources that are not what the state says.
        gates: what of the gates is not as declared.
        unseen: what could not be looked at, and why.
        token: what is to be done about Dokploy's token for Vault, which lives and was renewed.
    """

    stack: str
    moved: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    token: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """All was looked at and is as it should be."""
        return not (self.moved or self.gates or self.unseen or self.token)

    @property
    def code(self) -> Exit:
        """What was found is certain, whatever else could not be seen."""
        if self.moved or self.gates or self.token:
            return Exit.NOT_AS_IT_SHOULD_BE
        return Exit.FAILED if self.unseen else Exit.OK


@dataclass
class _Looks:
    unseen: list[str] = field(default_factory=list)

    def at(self, what: str, look: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        try:
            return tuple(look())
        except (CommandError, VaultError) as refusal:
            self.unseen.append(f"{what}: {refusal}")
            return ()


def look(project: Project, stack: Stack, *, env: Mapping[str, str]) -> Drift:
    """Refresh in preview, audit, renew.

    Args:
        project: of the stack.
        stack: staging or production.
        env: of the command, with what `strata login` gave.

    Raises:
        model.errors.StrataError: the stack's settings are not usable.
    """
    names, settings = project.names(stack), project.settings(stack)
    looks = _Looks()
    moved = looks.at("state", lambda: map(str, refreshed(project, stack.name, env=env)))
    gates = looks.at("gates", lambda: _gates(project, stack, env, looks.unseen))
    token = looks.at("Dokploy's token", lambda: _renewed(names, env, mount=settings.vault_mount))
    return Drift(stack=stack.name, moved=moved, gates=gates, unseen=tuple(looks.unseen), token=token)


def _gates(project: Project, stack: Stack, env: Mapping[str, str], unseen: list[str]) -> Iterable[str]:
    wanted = declared(project, [stack.name])
    with reader(env, repository=wanted.repository) as client:
        report = audit(client, wanted)
    unseen += [f"gates, {one}" for one in report.unseen]
    return map(str, report.differences)


def _renewed(names: Names, env: Mapping[str, str], *, mount: str) -> Iterable[str]:
    """A job comes as the observer, who has a copy of the accessor; a person may read the stack's own."""
    vault = login(env)
    try:
        try:
            renewal = renew(vault, mount=mount, path=observer_of(names.stack.name).deploy_path(names.app))
        except Forbidden:
            renewal = renew(vault, mount=mount, path=names.vault_path("deploy"))
    except NotConnected as gone:
        return [str(gone)]
    return [renewal.warning] if renewal.warning else []
