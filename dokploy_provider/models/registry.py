"""Registry: Dokploy's login to a private registry; host-wide in effect, hence shared like the project."""

from pydantic import Field

from dokploy_provider.models.base import Desired, Row, Text


class RegistryDesired(Desired):
    """Inputs of `resources.Registry`; the password is no input."""

    registry_name: str = Field(min_length=1)
    registry_url: str = Field(min_length=1)
    username: str = Field(min_length=1)
    credential_version: str
    image_prefix: Text = ""


class RegistryRow(Row):
    """A registry without its password, which `registry.all` answers in clear (measured 2026-11-22)."""

    registry_id: str
    registry_name: str
    registry_url: str
    username: str
    image_prefix: str | None = None
    created_at: str = ""
