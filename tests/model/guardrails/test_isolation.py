from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model.guardrails import RULES, violations
from model.plan import Plan, RawSource
from tests.model.guardrails.broken import told
from tests.model.plans import preview, standing, with_compose, with_service, with_tier


def broken(service: str = "redis", **changes: Any) -> list[tuple[str, str]]:
    return told(with_service(preview(), "preview", service, **changes))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("privileged", True),
        ("network_mode", "host"),
        ("pid", "host"),
        ("ipc", "host"),
        ("uts", "host"),
        ("userns_mode", "host"),
        ("cgroup", "host"),
        ("cgroup_parent", "/"),
        ("cap_add", ["SYS_ADMIN"]),
        ("devices", ["/dev/sda"]),
        ("device_cgroup_rules", ["c 1:3 mr"]),
        ("gpus", "all"),
        ("security_opt", ["seccomp:unconfined"]),
        ("volumes_from", ["container:dokploy"]),
        ("external_links", ["dokploy"]),
        ("extra_hosts", ["host:host-gateway"]),
        ("extends", {"file": "other.yml", "service": "x"}),
        ("provider", {"type": "program"}),
        ("runtime", "other"),
        ("credential_spec", {"file": "x"}),
        ("use_api_socket", True),
        ("label_file", "x"),
        ("oom_kill_disable", True),
        ("sysctls", {"kernel.x": 1}),
        ("isolation", "host"),
        ("scale", 100),
        ("annotations", {"run.oci.handler": "x"}),
        ("a_key_of_next_year", True),
    ],
)
def test_p10_keys_that_reach_the_host_are_refused_and_so_are_unknown_ones(key: str, value: object) -> None:
    assert broken(**{key: value}) == [("P10", f"preview service redis {key}")]


@pytest.mark.parametrize("key", ["include", "models", "a_key_of_next_year"])
def test_p10_at_the_top_too(key: str) -> None:
    plan = with_compose(preview(), "preview", lambda document: document.update({key: ["x.yml"]}))

    assert told(plan) == [("P10", f"preview {key}")]


def test_p10_extensions_are_free() -> None:
    plan = with_compose(preview(), "preview", lambda document: document.update({"x-notes": "n"}))

    assert told(with_service(plan, "preview", "redis", **{"x-note": "n"})) == []


@pytest.mark.parametrize(
    "volume",
    [
        "/var/run/docker.sock:/var/run/docker.sock",
        "/:/host",
        "./data:/data",
        "../data:/data",
        "~/data:/data",
        "$PWD:/data",
        "C:\\data:/data",
        {"type": "bind", "source": "/etc", "target": "/x"},
        {"type": "bind", "source": "postgres", "target": "/x"},
        {"type": "npipe", "source": "x", "target": "/x"},
        {"type": "volume", "source": "/etc", "target": "/x"},
        {"source": "/etc", "target": "/x"},
    ],
)
def test_p10_host_paths_and_the_docker_socket_are_refused(volume: object) -> None:
    assert ("P10", "preview service redis volumes") in broken(volumes=[volume])


@pytest.mark.parametrize(
    "volume",
    [
        "postgres:/data",
        "postgres:/data:ro",
        "/data",
        {"type": "tmpfs", "target": "/x"},
        {"type": "volume", "source": "postgres", "target": "/x"},
    ],
)
def test_p10_named_volumes_and_memory_are_free(volume: object) -> None:
    assert broken(volumes=[volume]) == []


@pytest.mark.parametrize(
    ("section", "body", "where"),
    [
        ("volumes", {"driver_opts": {"o": "bind", "device": "/etc"}}, "preview volumes extra driver_opts"),
        ("volumes", {"driver": "local"}, "preview volumes extra driver"),
        ("networks", {"driver": "host"}, "preview networks extra driver"),
        ("networks", {"driver_opts": {"parent": "eth0"}}, "preview networks extra driver_opts"),
        ("configs", {"external": True}, "preview configs extra external"),
        ("secrets", {"external": True}, "preview secrets extra external"),
        ("configs", {"file": "/etc/shadow"}, "preview configs extra"),
        ("secrets", {"file": "../../etc/shadow"}, "preview secrets extra"),
    ],
)
def test_p10_what_a_section_may_reach_is_listed_too(section: str, body: dict[str, Any], where: str) -> None:
    plan = with_compose(
        preview(), "preview", lambda document: document.setdefault(section, {}).update(extra=body)
    )

    assert told(plan) == [("P10", where)]


@pytest.mark.parametrize(
    "build",
    [
        "/etc",
        "..",
        "./apps/../../x",
        "~/x",
        "https://github.com/a/b.git",
        "git@github.com:a/b.git",
        "github.com/a/b",
        "git://h/x",
        {"context": "https://h/x.tar"},
        {"context": ".", "dockerfile": "/etc/passwd"},
        {"context": "apps/backend", "dockerfile": "../../../Dockerfile"},
        {"context": "", "dockerfile": "Dockerfile"},
    ],
)
def test_p10_what_is_built_lies_in_the_checkout(build: object) -> None:
    assert broken("backend", build=build) == [("P10", "preview service backend build")]


@pytest.mark.parametrize(
    "build",
    [
        ".",
        "./apps/backend",
        "apps/backend/../frontend",
        {"context": ".", "dockerfile": "apps/backend/Dockerfile"},
    ],
)
def test_p10_any_folder_of_the_checkout_is_free(build: object) -> None:
    assert broken("backend", build=build) == []


@pytest.mark.parametrize(
    "key",
    [
        "network",
        "privileged",
        "ssh",
        "secrets",
        "extra_hosts",
        "additional_contexts",
        "entitlements",
        "tags",
        "cache_from",
    ],
)
def test_p10_a_build_borrows_nothing_of_its_host(key: str) -> None:
    found = broken("backend", build={"context": "./apps/backend", key: ["x"]})

    assert found == [("P10", f"preview service backend build {key}")]


def test_p10_a_built_image_takes_no_name_that_others_use() -> None:
    found = broken("backend", image="docker.io/library/postgres:17.6")

    assert found == [("P10", "preview service backend image")]


@pytest.mark.parametrize(
    "env_file", ["/etc/environment", "../x.env", ["ok.env", "/etc/x"], [{"path": "~/.env"}]]
)
def test_p10_environment_files_lie_in_the_checkout(env_file: object) -> None:
    assert broken(env_file=env_file) == [("P10", "preview service redis env_file")]


def test_p10_environment_files_of_the_checkout_are_free() -> None:
    assert broken(env_file=["a.env", {"path": "./b.env", "required": False}]) == []


def test_p10_a_device_is_not_reserved() -> None:
    reservations = {"devices": [{"capabilities": ["gpu"]}]}

    assert broken(deploy={"resources": {"reservations": reservations}}) == [
        ("P10", "preview service redis deploy")
    ]


def test_p10_logs_stay_with_docker() -> None:
    found = broken(logging={"driver": "syslog", "options": {"syslog-address": "unix:///dev/log"}})

    assert found == [("P10", "preview service redis logging")]


@pytest.mark.parametrize(("key", "where"), [("mem_limit", "memory"), ("cpus", "cpus")])
def test_p10_a_service_without_a_limit_is_refused(key: str, where: str) -> None:
    plan = with_service(preview(), "preview", "redis", **{key: None})

    assert told(plan) == [("P10", "preview service redis")], where


def test_p10_limits_may_stand_under_deploy() -> None:
    limits = {"resources": {"limits": {"memory": "64M", "cpus": "0.1"}}}

    assert broken(mem_limit=None, cpus=None, deploy=limits) == []


@pytest.mark.parametrize("tier", ["data", "app"])
def test_p10_holds_for_what_stays_as_well(tier: str) -> None:
    service = "redis" if tier == "data" else "backend"

    assert told(with_service(standing(), tier, service, privileged=True)) == [
        ("P10", f"{tier} service {service} privileged")
    ]


@pytest.mark.parametrize(
    "changes", [{"mem_limit": "3g"}, {"mem_limit": "2049m"}, {"mem_limit": 2**32}, {"cpus": 2.5}]
)
def test_p10_a_limit_that_is_none_is_refused_in_a_preview(changes: dict[str, Any]) -> None:
    assert broken(**changes) == [("P10", "preview service redis")]


@pytest.mark.parametrize(
    "changes", [{"mem_limit": "2g"}, {"mem_limit": "1.5gb"}, {"mem_limit": "64M"}, {"cpus": "2"}]
)
def test_p10_limits_are_read_as_docker_writes_them(changes: dict[str, Any]) -> None:
    assert broken(**changes) == []


@pytest.mark.parametrize("limit", ["much", "0", 0, "-1", [], {"a": 1}, "1x"])
def test_p10_what_is_no_amount_is_no_limit(limit: object) -> None:
    assert broken(mem_limit=limit) == [("P10", "preview service redis")]


def test_p10_what_stays_may_be_large() -> None:
    assert told(with_service(standing(), "data", "postgres", mem_limit="64g")) == []


def test_p10_a_limit_counts_once_for_each_replica() -> None:
    assert broken(deploy={"replicas": 100}) == [("P10", "preview service redis")]


WORDS = (
    *("services", "volumes", "networks", "build", "deploy", "resources", "limits", "healthcheck", "labels"),
    *(
        "logging",
        "environment",
        "image",
        "aliases",
        "default",
        "name",
        "configs",
        "env_file",
        "ports",
        "command",
    ),
)
KEYS = st.one_of(st.sampled_from(WORDS), st.text(max_size=5), st.integers())
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


def with_raw(text: str) -> Plan:
    """A standing plan whose app tier has this file."""
    return with_tier(standing(), "app", source=RawSource(compose_file=text))


@settings(max_examples=100)
@given(document=st.dictionaries(KEYS, VALUES, max_size=3), body=st.dictionaries(KEYS, VALUES, max_size=6))
@example(document={}, body={"logging": {"driver": {}}, "volumes": [{"type": []}]})
def test_p10_no_compose_file_of_a_stranger_breaks_the_rules_themselves(
    document: dict[str, Any], body: dict[str, Any]
) -> None:
    text = yaml.safe_dump({**document, "services": {"web": body}})

    for plan in (preview(compose_file=text), with_raw(text)):
        assert all(one.rule in RULES for one in violations(plan))
