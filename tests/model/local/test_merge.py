"""Our reading of base and override against the real Docker Compose's."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from model.local.reader import LocalCompose
from tests.model.local.oracle import NAMES, composes, ours
from tests.model.plans import ROOT

OWN = [(ROOT / name).read_text(encoding="utf-8") for name in NAMES]

# Each way of saying each key; a file says some of them.
WAYS: dict[str, list[Any]] = {
    "command": ["sleep 5", ["sleep", "10"], "sh -c 'echo \"a b\"'", ["echo", "$$HOME", "${WORD:-d}"]],
    "entrypoint": [["/bin/sh", "-c"], "/bin/sh -euc", ["/x"]],
    "environment": [
        {"A": 1, "B": "two", "F": 1.5, "G": 2.0},
        ["A=2", "C=", "D=x=y"],
        {"HANDED": None, "NOBODY": None},
        ["HANDED"],
        {"B": "${WORD:-other} and ${WORD}", "E": "$$5"},
    ],
    "labels": [{"x": "y", "n": 1}, ["x=z", "w"]],
    "healthcheck": [
        {"test": "curl -f x", "interval": "2s", "start_period": "1m"},
        {"test": ["CMD", "true"], "timeout": "1m30s", "retries": 3},
        {"interval": "500ms"},
    ],
    "depends_on": [["other"], {"other": {"condition": "service_healthy"}}],
    "networks": [
        ["default"],
        {"default": None},
        {"default": {"aliases": ["a", "b"]}},
        {"default": {"aliases": ["c", "a"]}},
    ],
    "ports": [
        ["127.0.0.1:8000:80"],
        ["127.0.0.1:8001:80/udp", "9000:90"],
        [{"target": 80, "published": "8000", "host_ip": "127.0.0.1"}],
    ],
    "volumes": [
        ["data:/data"],
        ["./src:/src:ro", "data:/other"],
        ["./src:/data", "./src:/src"],
        [{"type": "tmpfs", "target": "/data", "tmpfs": {"size": "10m"}}],
        [{"type": "bind", "source": "./x/../y", "target": "/src", "read_only": True}],
    ],
    "tmpfs": ["/run", ["/run", "/two"], ["/three:size=1m"]],
    "logging": [
        {"driver": "json-file", "options": {"max-size": "5m"}},
        {"driver": "json-file", "options": {"max-file": "2"}},
        {"driver": "local", "options": {"max-size": "1m"}},
        {"options": {"max-file": "9"}},
    ],
    "mem_limit": ["512m", "1gb", 134217728, "128MB"],
    "shm_size": ["64m", "1g"],
    "cpus": [1.0, 0.5, "0.25"],
    "init": [True, False],
    "read_only": [True],
    "restart": ["no", "always", "unless-stopped", "on-failure"],
    "stop_grace_period": ["20s", "1m"],
    "stop_signal": ["SIGINT"],
    "user": ["10001:10001", "postgres"],
    "working_dir": ["/app"],
}  # fmt: skip
BUILD: list[Any] = [
    "./app",
    {"context": "./app", "args": {"A": "1", "HANDED": None}},
    {"context": "app", "args": ["B=2", "A=${WORD:-3}"], "target": "final"},
    {"context": "./app", "dockerfile": "Other", "labels": {"x": "y"}},
    {"target": "dev"},
]
ENV = {"WORD": "w", "HANDED": "given", "BACKEND_PORT": "18000"}


SERVICE = st.fixed_dictionaries({}, optional={name: st.sampled_from(ways) for name, ways in WAYS.items()})


def document(services: Mapping[str, Any]) -> str:
    return yaml.safe_dump(
        {
            "x-kept": {"any": "thing"},
            "services": {**services, "other": {"image": "tiny:1.0"}},
            "volumes": {"data": None},
        },
        sort_keys=False,
    )


def both(*texts: str) -> tuple[LocalCompose, LocalCompose]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        mine = ours(folder, texts, ENV)
        theirs = composes(folder, texts, ENV)
    return replace(mine, variables={}), theirs


@pytest.mark.parametrize("count", [1, 2])
def test_c7_our_own_files_are_read_as_compose_reads_them(count: int) -> None:
    mine, theirs = both(*OWN[:count])

    assert mine == theirs


@pytest.mark.parametrize("key", list(WAYS))
def test_c7_each_way_of_a_key_over_each_other_is_what_compose_makes_of_it(key: str) -> None:
    pairs = {f"s{number}": pair for number, pair in enumerate(product(WAYS[key], WAYS[key]))}
    base = {name: {"image": "tiny:1.0", key: below} for name, (below, _) in pairs.items()}
    over = {name: {key: above} for name, (_, above) in pairs.items()}

    mine, theirs = both(document(base), document(over))

    assert mine == theirs


def test_c7_each_way_of_building_over_each_other_is_what_compose_makes_of_it() -> None:
    pairs = {f"s{number}": pair for number, pair in enumerate(product(BUILD, BUILD))}
    base = {name: {"build": below} for name, (below, _) in pairs.items()}
    over = {name: {"build": above} for name, (_, above) in pairs.items()}

    mine, theirs = both(document(base), document(over))

    assert mine == theirs


@settings(max_examples=15)
@given(base=SERVICE, over=SERVICE)
def test_c7_any_two_files_are_merged_as_compose_merges_them(
    base: dict[str, Any], over: dict[str, Any]
) -> None:
    mine, theirs = both(document({"one": {"image": "tiny:1.0", **base}}), document({"one": over}))

    assert mine == theirs
