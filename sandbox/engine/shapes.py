"""The several ways a compose file may say one thing, brought to one."""

from collections.abc import Mapping
from typing import Any

from sandbox.engine.errors import ComposeFileError
from sandbox.engine.interpolation import Lookup
from sandbox.engine.project import Build, Condition, Dependency, Mount, Update

_PATHS = (".", "/", "~")
_MOUNT_PARTS = 2


def text(value: Any) -> str:
    """A scalar as the text that reaches a container."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def flag(value: Any) -> bool:
    """A boolean, also one that came out of a variable."""
    return value is True or (isinstance(value, str) and value.lower() in ("true", "1", "yes", "y", "on"))


def pairs(value: Any) -> dict[str, str | None]:
    """A mapping from `{a: 1}` or `["a=1", "b"]`; `None` for what has no value."""
    if isinstance(value, dict):
        return {str(k): None if v is None else text(v) for k, v in value.items()}
    found: dict[str, str | None] = {}
    for item in value or []:
        name, equals, given = text(item).partition("=")
        found[name] = given if equals else None
    return found


def labels(value: Any) -> dict[str, str]:
    """Labels; one without a value is empty."""
    return {k: v or "" for k, v in pairs(value).items()}


def environment(value: Any, lookup: Lookup) -> dict[str, str]:
    """Variables; one without a value takes the environment's, and is left out when there is none."""
    found = {k: lookup(k) if v is None else v for k, v in pairs(value).items()}
    return {k: v for k, v in found.items() if v is not None}


def build(value: Any, lookup: Lookup) -> Build | None:
    """A service's `build`."""
    if value is None:
        return None
    if isinstance(value, str):
        return Build(context=value)
    return Build(
        context=value.get("context", "."),
        dockerfile=value.get("dockerfile", "Dockerfile"),
        inline=value.get("dockerfile_inline"),
        args=environment(value.get("args"), lookup),
        labels=labels(value.get("labels")),
    )


def networks(value: Any) -> dict[str, tuple[str, ...]]:
    """Aliases by network key."""
    if isinstance(value, dict):
        return {k: tuple((v or {}).get("aliases") or ()) for k, v in value.items()}
    return dict.fromkeys(value or [], ())


def dependencies(value: Any) -> dict[str, Dependency]:
    """`depends_on`."""
    if not isinstance(value, dict):
        return {name: Dependency() for name in value or []}
    return {
        name: Dependency(
            condition=Condition((entry or {}).get("condition", Condition.STARTED)),
            required=(entry or {}).get("required", True) is not False,
        )
        for name, entry in value.items()
    }


def mount(value: Any) -> Mount:
    """One entry of `volumes`."""
    if isinstance(value, dict):
        return Mount(
            kind=value.get("type", "volume"),
            source=value.get("source") or "",
            target=value.get("target") or "",
            read_only=flag(value.get("read_only")),
        )
    parts = str(value).split(":")
    if len(parts) < _MOUNT_PARTS:
        return Mount(kind="volume", source="", target=parts[0])
    kind = "bind" if parts[0].startswith(_PATHS) else "volume"
    return Mount(kind=kind, source=parts[0], target=parts[1], read_only="ro" in parts[2:])


def healthcheck(value: Any) -> bool | None:
    """Whether a file's `healthcheck` gives one, takes the image's away, or leaves it (`None`)."""
    if value is None:
        return None
    test = value.get("test")
    if flag(value.get("disable")) or test in (["NONE"], "NONE"):
        return False
    return True if test else None


def update(value: Any) -> Update:
    """`deploy.update_config`."""
    given = value or {}
    return Update(
        order=given.get("order", Update.order),
        failure_action=given.get("failure_action", Update.failure_action),
    )


def replicas(entry: Mapping[str, Any], place: str) -> int:
    """How many containers a service asks for."""
    value = (entry.get("deploy") or {}).get("replicas", entry.get("scale", 1))
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ComposeFileError(
            f"error while interpolating {place}.deploy.replicas: failed to cast to expected type:"
            f' strconv.Atoi: parsing "{value}": invalid syntax'
        ) from None


def external_name(entry: Mapping[str, Any], key: str) -> str | None:
    """The real name of an external network or volume, `None` for one that is not external."""
    external = entry.get("external")
    if isinstance(external, dict):
        return str(external.get("name", key))
    return str(entry.get("name") or key) if flag(external) else None
