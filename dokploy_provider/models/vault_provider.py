"""VaultProvider: through it Dokploy resolves `${{vault.<name>.<path>:<field>}}` on the host."""

from pydantic import Field, JsonValue

from dokploy_provider.models.base import Desired, Row


class VaultProviderDesired(Desired):
    """Inputs of `resources.VaultProvider`."""

    provider_name: str = Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")
    url: str = Field(min_length=1)
    mount: str = Field(min_length=1)
    project_id: str
    environment_id: str


class Assignment(Row):
    """Where a provider may be used. No environments means the whole project (measured 2026-11-23)."""

    project_id: str
    environment_ids: tuple[str, ...] = ()


class VaultProviderRow(Row):
    """A vault provider; its config holds the token as `********`, which an update sends back to keep it."""

    vault_provider_id: str
    name: str
    config: dict[str, JsonValue]
    assignments: tuple[Assignment, ...] = ()
