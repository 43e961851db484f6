"""Which keys the two commands know; a file that real Docker refuses is refused here.

Checked key by key on 2026-11-23 against Docker Compose 5.6.1 and the stack command of Docker 28.2.2.
"""

from collections.abc import Mapping

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
