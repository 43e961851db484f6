"""Two containers of the same service, one of Pulumi's and one of Compose's: what is not the same (C7)."""

from collections.abc import Mapping
from typing import Any

# What each of the two writes on its own containers.
_OWN_LABELS = ("com.docker.compose.", "strata.")


def differences(pulumi: Mapping[str, Any], compose: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs, by its name here: Pulumi's, then Compose's.

    Args:
        pulumi: `docker inspect` of the one.
        compose: and of the other.
    """
    ours, theirs = _facts(pulumi), _facts(compose)
    return {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}


def _facts(inspected: Mapping[str, Any]) -> dict[str, Any]:
    config, host = inspected["Config"], inspected["HostConfig"]
    return {
        "env": sorted(config["Env"] or []),
        "cmd": config["Cmd"],
        "entrypoint": config["Entrypoint"],
        "user": config["User"],
        "working_dir": config["WorkingDir"],
        "labels": {
            name: value for name, value in config["Labels"].items() if not name.startswith(_OWN_LABELS)
        },
        "healthcheck": {name: value for name, value in (config.get("Healthcheck") or {}).items() if value},
        "stop": (config.get("StopSignal") or None, config.get("StopTimeout")),
        "limits": (host["Memory"], host["MemorySwap"], host["NanoCpus"], host["PidsLimit"] or 0),
        "shm": host["ShmSize"],
        "init": bool(host["Init"]),
        "read_only": host["ReadonlyRootfs"],
        "privileges": (host["Privileged"], host["CapAdd"], host["CapDrop"], host["SecurityOpt"]),
        "restart": host["RestartPolicy"],
        "log": host["LogConfig"],
        "ports": host["PortBindings"] or {},
        "tmpfs": host.get("Tmpfs") or {},
        "mounts": {
            mount["Destination"]: (
                mount["Type"],
                mount["RW"],
                mount["Source"] if mount["Type"] == "bind" else None,
            )
            for mount in inspected["Mounts"]
        },
        "aliases": _aliases(inspected),
    }


def _aliases(inspected: Mapping[str, Any]) -> list[set[str]]:
    """By network, without what names this one container."""
    own = {inspected["Name"].lstrip("/"), inspected["Id"][:12], inspected["Config"]["Hostname"]}
    return [set(one["Aliases"] or ()) - own for one in inspected["NetworkSettings"]["Networks"].values()]
