"""Domain: one host and path that leads to one service's port. It belongs to its compose or application."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from dokploy_provider.models.base import Desired, Text


def _root(value: object) -> object:
    return value or "/"


class DomainDesired(Desired):
    """Inputs of `resources.Domain`."""

    compose_id: str | None = None
    application_id: str | None = None
    host: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")
    path: Annotated[str, BeforeValidator(_root), Field(pattern=r"^/[^\s`]*$")] = "/"
    port: int = Field(ge=1, le=65535)
    service_name: Text = ""
    https: bool = False
    certificate_type: Literal["none", "letsencrypt", "custom"] = "none"
    cert_resolver: Text = ""
    strip_path: bool = False

    @model_validator(mode="after")
    def _belongs_to_one_service(self) -> Self:
        if (self.compose_id is None) == (self.application_id is None):
            raise ValueError("give exactly one of compose_id and application_id")
        if self.compose_id is not None and not self.service_name:
            raise ValueError("a compose's domain needs service_name: without it the next deploy fails")
        if (self.certificate_type == "custom") != bool(self.cert_resolver):
            raise ValueError("cert_resolver goes with certificate_type custom, and only with it")
        return self
