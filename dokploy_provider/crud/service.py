"""What composes and applications share: both are services of an environment with an app name of their own.

Dokploy's `*.search` procedures lose entries under parallel creates (measured 2026-11-22: 20 made, 4 found);
`project.one` lists all of them, whatever environment they were moved to.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

from dokploy_provider.context import Context
from dokploy_provider.crud import marker
from dokploy_provider.crud.base import one
from dokploy_provider.errors import NotFound
from dokploy_provider.models.base import Row
from dokploy_provider.models.environment import EnvironmentRow

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of service.

    Attributes:
        noun: prefix of its procedures and of its id.
        listed: its key in `project.one`.
    """

    noun: str
    listed: str

    @property
    def id(self) -> str:
        """Name of its id at Dokploy."""
        return f"{self.noun}Id"


COMPOSE = Kind(noun="compose", listed="compose")
APPLICATION = Kind(noun="application", listed="applications")


class Listed(Row):
    """A service as `project.one` lists it."""

    name: str
    app_name: str
    description: str | None = None
    compose_id: str | None = None
    application_id: str | None = None

    @property
    def id(self) -> str:
        """Its id, whatever kind it is."""
        return self.compose_id or self.application_id or ""


class _Environment(Row):
    environment_id: str
    compose: tuple[Listed, ...] = ()
    applications: tuple[Listed, ...] = ()


class _Project(Row):
    environments: tuple[_Environment, ...] = ()


def row(here: Context, model: type[R], kind: Kind, id_: str, *, max_age: float = 0.0) -> R | None:
    """`GET compose.one` or `application.one`; `None` on its documented not-found."""
    key: dict[str, Any] = {kind.id: id_}
    return one(here, model, f"{kind.noun}.one", max_age=max_age, **key)


def find(here: Context, kind: Kind, *, environment_id: str, name: str, owner: str) -> str | None:
    """Id of the service that carries our marker, anywhere in the environment's project.

    Raises:
        NotFound: the environment does not exist.
        NotOurs: the environment holds one of that name without our marker.
        Ambiguous: several carry our marker.
    """
    environment = one(here, EnvironmentRow, "environment.one", environmentId=environment_id)
    if environment is None:
        raise NotFound(
            f"Environment {environment_id} does not exist. Run `pulumi up --refresh`.",
            procedure="environment.one",
        )
    project = _Project.model_validate(here.client.get("project.one", projectId=environment.project_id))
    everywhere = {
        e.environment_id: e.compose if kind is COMPOSE else e.applications for e in project.environments
    }
    rows = [r for listed in everywhere.values() for r in listed]
    ours = marker.one_of_ours(rows, owner, what=kind.noun, ids=[r.id for r in rows])
    if ours is not None:
        return ours.id
    same = [r.id for r in everywhere.get(environment_id, ()) if r.name == name]
    marker.refuse_same_name(name, same, what=kind.noun.capitalize())
    return None
