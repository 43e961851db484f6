"""Which keys the two commands know; a file that real Docker refuses is refused here.

Checked key by key on 2026-11-23 against Docker Compose 5.6.1 and the stack command of Docker 28.2.2.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.engine.errors import ComposeFileError

_BOTH = frozenset(
    [
        "build",
        "cap_add",
        "cap_drop",
        "cgroup_parent",
        "command",
        "configs",
        "container_name",
        "credential_spec",
        "depends_on",
        "deploy",
        "devices",
        "dns",
        "dns_search",
        "domainname",
        "entrypoint",
        "env_file",
        "environment",
        "expose",
        "external_links",
        "extra_hosts",
        "healthcheck",
        "hostname",
        "image",
        "init",
        "ipc",
        "isolation",
        "labels",
        "links",
        "logging",
        "mac_address",
        "network_mode",
        "networks",
        "oom_score_adj",
        "pid",
        "ports",
        "privileged",
        "read_only",
        "restart",
        "secrets",
        "security_opt",
        "shm_size",
        "stdin_open",
        "stop_grace_period",
        "stop_signal",
        "sysctls",
        "tmpfs",
        "tty",
        "ulimits",
        "user",
        "userns_mode",
        "volumes",
        "working_dir",
    ]
)
_COMPOSE_ONLY = frozenset(
    [
        "annotations",
        "attach",
        "blkio_config",
        "cgroup",
        "cpu_count",
        "cpu_percent",
        "cpu_period",
        "cpu_quota",
        "cpu_rt_period",
        "cpu_rt_runtime",
        "cpu_shares",
        "cpus",
        "cpuset",
        "develop",
        "device_cgroup_rules",
        "dns_opt",
        "extends",
        "gpus",
        "group_add",
        "label_file",
        "mem_limit",
        "mem_reservation",
        "mem_swappiness",
        "memswap_limit",
        "models",
        "oom_kill_disable",
        "pids_limit",
        "platform",
        "post_start",
        "pre_start",
        "pre_stop",
        "profiles",
        "provider",
        "pull_policy",
        "pull_refresh_after",
        "runtime",
        "scale",
        "storage_opt",
        "use_api_socket",
        "uts",
        "volumes_from",
    ]
)
_STACK_ONLY = frozenset({"cgroupns_mode"})

COMPOSE = {
    "": frozenset(
        ["configs", "include", "models", "name", "networks", "secrets", "services", "version", "volumes"]
    ),
    "service": _BOTH | _COMPOSE_ONLY,
    "build": frozenset(
        [
            "additional_contexts",
            "args",
            "cache_from",
            "cache_to",
            "context",
            "dockerfile",
            "dockerfile_inline",
            "entitlements",
            "extra_hosts",
            "isolation",
            "labels",
            "network",
            "no_cache",
            "no_cache_filter",
            "platforms",
            "privileged",
            "provenance",
            "pull",
            "sbom",
            "secrets",
            "shm_size",
            "ssh",
            "tags",
            "target",
            "ulimits",
        ]
    ),
    "healthcheck": frozenset(
        ["disable", "interval", "retries", "start_interval", "start_period", "test", "timeout"]
    ),
    "deploy": frozenset(
        [
            "endpoint_mode",
            "labels",
            "mode",
            "placement",
            "replicas",
            "resources",
            "restart_policy",
            "rollback_config",
            "update_config",
        ]
    ),
    "network": frozenset(
        [
            "attachable",
            "driver",
            "driver_opts",
            "enable_ipv4",
            "enable_ipv6",
            "external",
            "internal",
            "ipam",
            "labels",
            "name",
        ]
    ),
    "volume": frozenset(["driver", "driver_opts", "external", "labels", "name"]),
}
STACK = {
    **COMPOSE,
    "": frozenset(["configs", "name", "networks", "secrets", "services", "version", "volumes"]),
    "service": _BOTH | _STACK_ONLY,
    "network": COMPOSE["network"] - {"enable_ipv4", "enable_ipv6"},
}
_TEXTS = ("image", "container_name", "restart", "hostname", "user", "working_dir", "network_mode")

FORBIDDEN_IN_STACK: Mapping[str, str] = {
    "cpu_quota": "Set resource limits using deploy.resources",
    "cpu_shares": "Set resource limits using deploy.resources",
    "cpuset": "Set resource limits using deploy.resources",
    "extends": "Support for `extends` is not implemented yet.",
    "mem_limit": "Set resource limits using deploy.resources",
    "memswap_limit": "Set resource limits using deploy.resources",
    "volume_driver": "Instead of setting the volume driver on the service, define a volume using the"
    " top-level `volumes` option and specify the driver there.",
    "volumes_from": "To share a volume between services, define it using the top-level `volumes` option and"
    " reference it from each service that shares it using the service-level `volumes` option.",
}
IGNORED_IN_STACK = [
    "build",
    "cgroup_parent",
    "cgroupns_mode",
    "devices",
    "domainname",
    "external_links",
    "ipc",
    "links",
    "mac_address",
    "network_mode",
    "pid",
    "privileged",
    "restart",
    "security_opt",
    "shm_size",
    "userns_mode",
]
DEPRECATED_IN_STACK: Mapping[str, str] = {
    "container_name": "Setting the container name is not supported.",
    "expose": "Exposing ports is unnecessary - services on the same network can access each other's"
    " containers on any port.",
}


def check(document: Any, *, of_stack: bool) -> None:
    """Refuse keys and shapes that Docker refuses.

    Args:
        document: the parsed file.
        of_stack: by the stack command's rules.

    Raises:
        ComposeFileError: the first finding, in Docker's words.
    """
    checker = _Checker(STACK if of_stack else COMPOSE, of_stack=of_stack)
    checker.keys("", document, "")
    for section, kind in (("services", "service"), ("networks", "network"), ("volumes", "volume")):
        entries = document.get(section)
        if entries is not None:
            checker.mapping(section, entries)
        for name, entry in (entries or {}).items():
            place = f"{section}.{name}"
            if entry is None and kind != "service":
                continue
            checker.mapping(place, entry)
            checker.keys(kind, entry, place)
            if kind == "service":
                checker.service(entry, place)


class _Checker:
    def __init__(self, known: Mapping[str, frozenset[str]], *, of_stack: bool) -> None:
        self._known = known
        self._of_stack = of_stack

    def fail(self, place: str, *, compose: str, stack: str) -> ComposeFileError:
        return ComposeFileError(f"{place} {stack if self._of_stack else compose}".strip())

    def mapping(self, place: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise self.fail(place, compose="must be a mapping", stack="must be a mapping")

    def keys(self, kind: str, value: Mapping[str, Any], place: str) -> None:
        for key in value:
            if key in self._known[kind] or str(key).startswith("x-"):
                continue
            if kind == "service" and not self._of_stack:
                raise ComposeFileError(f"{place}.{key} false schema")
            raise self.fail(
                place or ("(root)" if self._of_stack else ""),
                compose=f"additional properties '{key}' not allowed",
                stack=f"Additional property {key} is not allowed",
            )

    def service(self, entry: Mapping[str, Any], place: str) -> None:
        for key in _TEXTS:
            if entry.get(key) is not None and not isinstance(entry[key], str):
                raise self.fail(f"{place}.{key}", compose="must be a string", stack="must be a string")
        for key in ("healthcheck", "deploy", "build"):
            value = entry.get(key)
            if value is None or (key == "build" and isinstance(value, str)):
                continue
            self.mapping(f"{place}.{key}", value)
            if not (key == "build" and self._of_stack):
                self.keys(key, value, f"{place}.{key}")
        self._environment(entry.get("environment"), f"{place}.environment")
        if self._of_stack and isinstance(entry.get("depends_on"), dict):
            raise ComposeFileError(f"{place}.depends_on must be a list")

    def _environment(self, value: Any, place: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                if self._of_stack and isinstance(item, bool):
                    raise ComposeFileError(f"{place}.{key} must be a string, number or null")
                if isinstance(item, dict | list):
                    raise self.fail(
                        f"{place}.{key}", compose="must be a string", stack="must be a string, number or null"
                    )
        elif value is not None and not isinstance(value, list):
            raise self.fail(place, compose="must be a mapping", stack="must be a mapping or list")
