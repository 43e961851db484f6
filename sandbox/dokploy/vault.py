"""`${{vault.<provider>.<path>:<field>}}`, read from the real secret manager while a deployment runs.

The texts of the errors are those of the real server with OpenBao behind it (measured 2026-11-23). None holds
a value.
"""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx

from sandbox.dokploy.errors import ApiError, BadRequest
from sandbox.dokploy.state import State
from sandbox.store import Document

TIMEOUT = 15.0
"""Seconds until the server gives up on a silent secret manager; it holds its place in the queue meanwhile."""

_REFERENCE = re.compile(r"\$\{\{vault\.([A-Za-z0-9_-]+)\.([^}]+)\}\}")
_JS_PLAIN_MIN, _JS_PLAIN_MAX = Decimal("1e-6"), Decimal("1e21")


class VaultRefInvalid(BadRequest):
    """A reference cannot be resolved; the message goes into the deployment's log."""


class Resolver:
    """Resolves the references of one deployment.

    Args:
        state: where the providers are.
        environment: of the service; a provider has to be assigned to it or to its whole project.
        transport: how secret managers are reached; `None` is the network.
    """

    def __init__(
        self, state: State, *, environment: Document, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._state = state
        self._environment = environment
        self._transport = transport

    async def resolve(self, text: str) -> str:
        """The text with each reference replaced by its value, comments and names included.

        Raises:
            VaultRefInvalid: at the first reference that fails.
        """
        references = [(m[1], m[2]) for m in _REFERENCE.finditer(text)]
        if not references:
            return text
        providers = {name: self._provider(name) for name, _ in references}
        secrets: dict[tuple[str, str], Document] = {}
        values: dict[tuple[str, str], str] = {}
        async with httpx.AsyncClient(transport=self._transport, timeout=TIMEOUT, trust_env=False) as http:
            for name, reference in references:
                path, colon, wanted = reference.rpartition(":")
                if not colon or not path or not wanted:
                    raise VaultRefInvalid(
                        f'Invalid HashiCorp Vault reference "{reference}": expected format <path>:<field>'
                        " (e.g. myapp/prod:DB_PASSWORD)"
                    )
                if (name, path) not in secrets:
                    secrets[name, path] = await read_secret(http, providers[name]["config"], path)
                value = secrets[name, path].get(wanted)
                if value is None:
                    raise VaultRefInvalid(f'HashiCorp Vault: field "{wanted}" not found in secret "{path}"')
                values[name, reference] = value if isinstance(value, str) else js_text(value)
        return _REFERENCE.sub(lambda m: values[m[1], m[2]], text)

    def _provider(self, name: str) -> Document:
        project = self._state.project.get(self._environment["projectId"]) or {}
        found = self._state.vault_provider.where(name=name, organizationId=project.get("organizationId"))
        if not found:
            raise VaultRefInvalid(
                f'Vault provider "{name}" not found. Configure it in Settings -> Secrets Providers.'
            )
        for assignment in found[0]["assignments"]:
            environments = assignment["environmentIds"]
            if assignment["projectId"] == self._environment["projectId"] and (
                not environments or self._environment["environmentId"] in environments
            ):
                return found[0]
        raise VaultRefInvalid(
            f'Vault provider "{name}" is not enabled for this project/environment.'
            " Assign it in Settings -> Secrets Providers."
        )


async def read_secret(http: httpx.AsyncClient, config: Document, path: str) -> Document:
    """`GET /v1/<mount>/data/<path>`: the newest version's fields."""
    answer = await _get(http, config, f"{quote(config['mount'], safe='')}/data/{_encoded(path)}")
    if answer.status_code != httpx.codes.OK:
        raise VaultRefInvalid(
            f'HashiCorp Vault: failed to read secret at "{path}" (status {answer.status_code})'
        )
    try:
        return dict(json.loads(answer.text, parse_float=Decimal)["data"]["data"] or {})
    except (ValueError, KeyError, TypeError):
        return {}


async def test_connection(config: Document, *, transport: httpx.AsyncBaseTransport | None) -> None:
    """`GET /v1/auth/token/lookup-self`; says nothing about mount and paths.

    Raises:
        BadRequest: the token is refused, or there is no answer.
    """
    async with httpx.AsyncClient(transport=transport, timeout=TIMEOUT, trust_env=False) as http:
        answer = await _get(http, config, "auth/token/lookup-self")
    if answer.status_code != httpx.codes.OK:
        raise BadRequest(f"HashiCorp Vault: token validation failed (status {answer.status_code})")


async def _get(http: httpx.AsyncClient, config: Document, path: str) -> httpx.Response:
    headers = {"X-Vault-Token": config["token"]}
    if config.get("namespace"):
        headers["X-Vault-Namespace"] = config["namespace"]
    try:
        return await http.get(f"{config['url'].rstrip('/')}/v1/{path}", headers=headers)
    except httpx.TimeoutException:
        raise _unreachable("The operation was aborted due to timeout") from None
    except httpx.HTTPError:
        raise _unreachable("fetch failed") from None


def _unreachable(message: str) -> ApiError:
    return VaultRefInvalid(message)


def _encoded(path: str) -> str:
    return "/".join(quote(segment, safe="") for segment in path.removeprefix("/").split("/"))


def js_text(value: Any) -> str:
    """A JSON value as `JSON.stringify` writes it: numbers lose what a double cannot hold."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | Decimal | float):
        return _js_number(float(value))
    if isinstance(value, dict):
        return (
            "{" + _joined(f"{json.dumps(k, ensure_ascii=False)}:{js_text(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + _joined(js_text(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _joined(parts: Iterable[str]) -> str:
    return ",".join(parts)


def _js_number(number: float) -> str:
    if number == 0:
        return "0"
    shortest = Decimal(repr(number)).normalize()
    if _JS_PLAIN_MIN <= abs(shortest) < _JS_PLAIN_MAX:
        return f"{shortest:f}"
    mantissa, exponent = f"{shortest:e}".split("e")
    return f"{mantissa}e{'+' if int(exponent) > 0 else '-'}{abs(int(exponent))}"
