"""Project: shared by all stacks, hence only its existence is managed."""

from pydantic import Field

from dokploy_provider.models.base import Desired, Owner, Row, Text


class ProjectDesired(Desired):
    """Inputs of `resources.Project`."""

    project_name: str = Field(min_length=1)
    owner: Owner
    description: Text = ""
    adopt: str | None = None


class EnvironmentInProject(Row):
    """An environment as `project.all` and `project.one` list it."""

    environment_id: str
    name: str
    description: str | None = None
    is_default: bool = False
    applications: tuple[dict[str, object], ...] = ()
    compose: tuple[dict[str, object], ...] = ()
    libsql: tuple[dict[str, object], ...] = ()
    mariadb: tuple[dict[str, object], ...] = ()
    mongo: tuple[dict[str, object], ...] = ()
    mysql: tuple[dict[str, object], ...] = ()
    postgres: tuple[dict[str, object], ...] = ()
    redis: tuple[dict[str, object], ...] = ()

    @property
    def services(self) -> int:
        """How many services it holds, of any kind."""
        kinds = (self.applications, self.compose, self.libsql, self.mariadb)
        return sum(map(len, (*kinds, self.mongo, self.mysql, self.postgres, self.redis)))


class ProjectRow(Row):
    """A project with its environments."""

    project_id: str
    name: str
    description: str | None = None
    created_at: str = ""
    environments: tuple[EnvironmentInProject, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nobody uses it: no service and no environment beside the default one."""
        return all(e.is_default and e.services == 0 for e in self.environments)
