"""Environment: one per stack; `production` is the project's default one (Dokploy reserves the name)."""

from pydantic import Field

from dokploy_provider.models.base import Desired, Owner, Row, Text

DEFAULT_NAME = "production"


class EnvironmentDesired(Desired):
    """Inputs of `resources.Environment`.

    Attributes:
        apart_from: markers of environments beside which it is not made (P10); an option, not a setting.
    """

    project_id: str
    environment_name: str = Field(min_length=1)
    owner: Owner
    description: Text = ""
    env: Text = ""
    adopt: str | None = None
    apart_from: tuple[str, ...] = ()


class EnvironmentRow(Row):
    """Answer of `environment.one`, and an entry of `project.one`'s environments."""

    environment_id: str
    project_id: str
    name: str
    description: str | None = None
    env: str | None = None
    is_default: bool = False
    compose: tuple[dict[str, object], ...] = ()
    applications: tuple[dict[str, object], ...] = ()
