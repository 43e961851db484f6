"""Env texts: parsed by the rules of node's dotenv, `${{…}}` substituted, written as Dokploy writes them.

python-dotenv interpolates and quotes by other rules, so node's are spelled out here; the table of what
survives which quotes is in the tests (measured 2026-11-23).
"""

import re
from collections.abc import Callable

from sandbox.dokploy.errors import ServerError

_LINE = re.compile(
    r"""
    ^\s*
    (?:export\s+)?
    (?P<name>[A-Za-z0-9_.\-]+)
    (?:\s*=\s*?|:\s+?)
    (?P<value>
        \s*'(?:\\'|[^'])*'
      | \s*"(?:\\"|[^"])*"
      | \s*`(?:\\`|[^`])*`
      | [^#\r\n]+
    )?
    \s*(?:\#.*)?
    $
    """,
    re.MULTILINE | re.VERBOSE,
)
_QUOTED = re.compile(r"""^(['"`])([\s\S]*)\1$""", re.MULTILINE)
_PROJECT = re.compile(r"\$\{\{project\.(.*?)\}\}")
_ENVIRONMENT = re.compile(r"\$\{\{environment\.(.*?)\}\}")
_OTHER = re.compile(r"\$\{\{(.*?)\}\}")


class EnvTextInvalid(ServerError):
    """A reference in an env text leads nowhere; the deployment fails with this text in its log."""


def parse(text: str) -> dict[str, str]:
    """Names and values; a later duplicate wins, lines that are no assignment vanish."""
    values: dict[str, str] = {}
    for match in _LINE.finditer(re.sub(r"\r\n?", "\n", text)):
        value = (match["value"] or "").strip()
        double = value.startswith('"')
        value = _QUOTED.sub(lambda m: m[2], value)
        if double:
            value = value.replace("\\n", "\n").replace("\\r", "\r")
        values[match["name"]] = value
    return values


def resolve(service: str, *, project: str, environment: str) -> dict[str, str]:
    """A service's variables with `${{project.X}}`, `${{environment.X}}` and `${{X}}` replaced.

    The values of project and environment reach a service in no other way.

    Raises:
        EnvTextInvalid: for every other `${{…}}` and for names that do not exist.
    """
    if "${{vault." in service:
        raise EnvTextInvalid(
            "Unresolved vault reference: call withResolvedVaultRefs() on the entity before preparing"
            " environment variables"
        )
    projects, environments, own = parse(project), parse(environment), parse(service)

    def look_up(values: dict[str, str], what: str, prefix: str = "") -> Callable[[re.Match[str]], str]:
        def replace(match: re.Match[str]) -> str:
            if match[1] not in values:
                raise EnvTextInvalid(f"Invalid {what}: {prefix}{match[1]}")
            return values[match[1]]

        return replace

    resolved = {}
    for name, raw in own.items():
        value = _PROJECT.sub(look_up(projects, "project environment variable", "project."), raw)
        value = _ENVIRONMENT.sub(look_up(environments, "environment variable", "environment."), value)
        resolved[name] = _OTHER.sub(look_up(own, "service environment variable"), value)
    return resolved


def quoted_file(values: dict[str, str]) -> str:
    """`.env` of a docker-compose service: values in double quotes, with backslash, `"` and `$` escaped."""
    return "\n".join(f'{name}="{_escape(value)}"' for name, value in values.items())


def plain_file(values: dict[str, str]) -> str:
    """`.env` of a stack: nothing quoted; Docker does not read it, only `env_file` may."""
    return "\n".join(f"{name}={value}" for name, value in values.items())


def _escape(value: str) -> str:
    return re.sub(r'(["\\$])', r"\\\1", value)
