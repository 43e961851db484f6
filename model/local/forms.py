"""The short forms of compose files, each in its one long form.

How a field merges with an override is said by its type: mappings join, frozen sets join, everything else is
replaced, which is what Compose does with these keys (held against the real Compose in tests/model/local).
"""

import re
import shlex
from typing import Any

_PORT = re.compile(
    r"(?:(?P<ip>\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):)?(?:(?P<published>\d+):)?(?P<target>\d+)"
    r"(?:/(?P<protocol>tcp|udp))?"
)


def words(node: Any) -> Any:
    """`command` and `entrypoint`: a text is split as a shell would."""
    return tuple(shlex.split(node)) if isinstance(node, str) else node


def check(node: Any) -> Any:
    """`healthcheck.test`: a text is for a shell."""
    return ("CMD-SHELL", node) if isinstance(node, str) else node


def pairs(node: Any) -> Any:
    """`environment`, `args`, `labels`: a mapping or a list of `NAME=value`; values become text.

    Raises:
        ValueError: a value is neither text nor a number.
    """
    if isinstance(node, list):
        split = [str(entry).partition("=") for entry in node]
        return {name: value if equals else None for name, equals, value in split}
    if not isinstance(node, dict):
        return node
    return {name: None if value is None else _text(name, value) for name, value in node.items()}


def _text(name: Any, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name}: put the value into quotes")  # noqa: TRY004 - pydantic collects ValueError only
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def port(node: Any) -> Any:
    """`127.0.0.1:8000:8000`, or the long form.

    Raises:
        ValueError: it is a range, or no port.
    """
    if not isinstance(node, str | int):
        return node
    match = _PORT.fullmatch(str(node))
    if match is None:
        raise ValueError("is not IP:HOSTPORT:PORT; ranges are not taken, write one entry a port")
    found = {
        "host_ip": match["ip"],
        "published": match["published"],
        "target": int(match["target"]),
        "protocol": match["protocol"],
    }
    return {key: value for key, value in found.items() if value is not None}


def mounts(node: Any) -> Any:
    """`volumes`, by their place in the container: an override replaces what was mounted there.

    Raises:
        ValueError: an entry is no mount, or is an anonymous volume.
    """
    if not isinstance(node, list):
        return node
    found: dict[str, Any] = {}
    for entry in node:
        body = _mount(entry)
        found[str(body.get("target"))] = body
    return found


def _mount(node: Any) -> dict[str, Any]:
    if isinstance(node, dict):
        return {key: value for key, value in node.items() if (key, value) not in _SAID}
    source, colon, rest = str(node).partition(":")
    target, _, mode = rest.partition(":")
    if not colon or mode not in {"", "ro", "rw"}:
        raise ValueError(f"{node}: write SOURCE:TARGET or SOURCE:TARGET:ro")
    kind = "bind" if source.startswith((".", "/", "~")) else "volume"
    read_only = {"read_only": True} if mode == "ro" else {}
    return {"type": kind, "source": source, "target": target, **read_only}


# `docker compose config` writes them down where nothing was said.
_SAID: tuple[tuple[str, object], ...] = (("bind", {}), ("volume", {}))


def attachments(node: Any) -> Any:
    """`networks`: a list of names, or a mapping with what is special there."""
    if isinstance(node, list):
        return {name: {} for name in node}
    if isinstance(node, dict):
        return {name: {} if body is None else body for name, body in node.items()}
    return node


def conditions(node: Any) -> Any:
    """`depends_on`: a list of names, or a mapping with conditions."""
    return {name: {"condition": "service_started"} for name in node} if isinstance(node, list) else node


def build(node: Any) -> Any:
    """`build`: a folder, or a mapping."""
    return {"context": node} if isinstance(node, str) else node


def several(node: Any) -> Any:
    """A text or a list of texts."""
    return [node] if isinstance(node, str) else node
