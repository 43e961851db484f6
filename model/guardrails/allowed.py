"""What a compose file may say, key by key.

Lists what is allowed and not what is known to be bad: Compose learns new keys every year (`provider`, which
runs a program on the host, in 2025).
"""

# `name`, `container_name` and `ports` are refused by C3 and C4, which have the better words for them.
TOP_LEVEL = frozenset({"services", "networks", "volumes", "configs", "secrets", "version", "name"})
SERVICE = frozenset(
    {
        "attach", "build", "cap_drop", "command", "configs", "container_name", "cpu_shares", "cpus",
        "depends_on", "deploy", "develop", "domainname", "entrypoint", "env_file", "environment",
        "expose", "healthcheck", "hostname", "image", "init", "labels", "logging", "mem_limit",
        "mem_reservation", "memswap_limit", "networks", "pids_limit", "platform", "ports", "profiles",
        "pull_policy", "read_only", "restart", "secrets", "shm_size", "stdin_open", "stop_grace_period",
        "stop_signal", "tmpfs", "tty", "ulimits", "user", "volumes", "working_dir",
    }
)  # fmt: skip
BUILD = frozenset(
    {
        "args", "context", "dockerfile", "dockerfile_inline", "labels", "no_cache", "platforms", "pull",
        "target",
    }
)  # fmt: skip
VOLUME = frozenset({"name", "labels"})
NETWORK = frozenset({"name", "external", "internal", "labels", "attachable"})
# Of `configs` and `secrets`.
FILE_ENTRY = frozenset({"content", "environment", "file", "labels"})
LOG_DRIVERS = frozenset({"json-file", "local", "none"})
