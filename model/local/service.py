"""One service of a local stack: every key that is understood, and no other.

A key belongs here when `components/local` does with it what Compose does; the comparison of real containers
(C7) is what says so. A key that nobody reads would make the two differ without a word.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from model.local import forms
from model.local.amounts import Duration, Size

Text = Annotated[str, Field(min_length=1)]
Pairs = Annotated[dict[str, str | None], BeforeValidator(forms.pairs)]
Words = Annotated[tuple[str, ...], BeforeValidator(forms.words)]


class Form(BaseModel):
    """What all parts have in common: nothing unknown, nothing changed afterwards, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Build(Form):
    """How an image is made from source.

    Attributes:
        context: folder; absolute once the first file's own folder, its default, is known.
        dockerfile: below the context.
        args: build arguments.
        target: stage to stop at.
        labels: added to the image.
    """

    context: Text = "."
    dockerfile: Text = "Dockerfile"
    args: Pairs = {}
    target: Text | None = None
    labels: Pairs = {}


class Healthcheck(Form):
    """When a container counts as healthy."""

    test: Annotated[tuple[str, ...], BeforeValidator(forms.check)] = ()
    interval: Duration | None = None
    timeout: Duration | None = None
    retries: int | None = None
    start_period: Duration | None = None


class Logging(Form):
    """Where a container's output goes; options belong to their driver."""

    driver: Text = "json-file"
    options: dict[str, str] = {}


class Tmpfs(Form):
    """A mount in memory."""

    size: Size | None = None


class Mount(Form):
    """One place in a container that is not of its image.

    Attributes:
        source: a volume's name or a path of the host; empty for memory.
    """

    type: Literal["volume", "bind", "tmpfs"]
    target: Annotated[str, Field(pattern="^/")]
    source: str = ""
    read_only: bool = False
    tmpfs: Tmpfs = Tmpfs()


class Port(Form):
    """A port of the host that leads into a container."""

    target: int
    published: Annotated[int, Field(ge=1, le=65535)]
    host_ip: str = "0.0.0.0"  # noqa: S104 - what Docker does where nothing is said; written down to be seen
    protocol: Literal["tcp", "udp"] = "tcp"
    mode: Literal["ingress"] = "ingress"


class Attachment(Form):
    """What a service is called on a network, besides its own name."""

    aliases: frozenset[str] = frozenset()


class Dependency(Form):
    """What has to be true of another service first."""

    condition: Literal["service_started", "service_healthy"]
    required: Literal[True] = True


class Service(Form):
    """One service, or what one file says of it: every key may be missing."""

    image: Text | None = None
    build: Annotated[Build | None, BeforeValidator(forms.build)] = None
    command: Words | None = None
    entrypoint: Words | None = None
    environment: Pairs = {}
    labels: Pairs = {}
    user: Text | None = None
    working_dir: Text | None = None
    init: bool | None = None
    read_only: bool = False
    restart: Literal["no", "always", "unless-stopped", "on-failure"] = "no"
    stop_signal: Text | None = None
    stop_grace_period: Duration | None = None
    healthcheck: Healthcheck | None = None
    depends_on: Annotated[dict[str, Dependency], BeforeValidator(forms.conditions)] = {}
    networks: Annotated[dict[Literal["default"], Attachment], BeforeValidator(forms.attachments)] = {}
    ports: frozenset[Annotated[Port, BeforeValidator(forms.port)]] = frozenset()
    volumes: Annotated[dict[str, Mount], BeforeValidator(forms.mounts)] = {}
    tmpfs: Annotated[frozenset[str], BeforeValidator(forms.several)] = frozenset()
    logging: Logging | None = None
    mem_limit: Size | None = None
    shm_size: Size | None = None
    cpus: float | None = None

    @property
    def aliases(self) -> frozenset[str]:
        """Further names on the stack's network."""
        return self.networks["default"].aliases if "default" in self.networks else frozenset()


class File(Form):
    """What one compose file may say."""

    services: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")], Service]
    volumes: dict[str, None] = {}
