"""What every operation works with: one client, one clock, and what the environment says beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from dokploy_provider.client import Client
from dokploy_provider.timing import Clock, Timing


@dataclass(frozen=True, kw_only=True)
class Context:
    """Shared by the provider's worker threads.

    Attributes:
        client: Dokploy.
        clock: waiting and time.
        timing: intervals and limits.
        registry_password: of the Registry object (`REGISTRY_PASSWORD`); needed only when that one is written.
        connect_to: `host:port` that probes connect to instead of the URL's host (`STRATA_CONNECT_TO`).
        ca_file: CA bundle for probes (`SSL_CERT_FILE`).
        web: replaces the network of probes in tests.
    """

    client: Client
    clock: Clock = field(default_factory=Clock)
    timing: Timing = field(default_factory=Timing)
    registry_password: str | None = None
    connect_to: str | None = None
    ca_file: str | None = None
    web: httpx.BaseTransport | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Context":
        """The context that the environment describes; nothing is sent.

        Raises:
            NotConfigured: `DOKPLOY_URL` or `DOKPLOY_API_KEY` is missing.
        """
        clock = Clock()
        client = Client.from_env(env, clock=clock)
        password = env.get("REGISTRY_PASSWORD") or None
        client.hide(password, env.get("VAULT_TOKEN"), env.get("GITHUB_TOKEN"))
        return cls(
            client=client,
            clock=clock,
            timing=Timing.from_env(env),
            registry_password=password,
            connect_to=env.get("STRATA_CONNECT_TO") or None,
            ca_file=env.get("SSL_CERT_FILE") or None,
        )
