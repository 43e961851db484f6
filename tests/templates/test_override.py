"""`docker-compose.override.yml`: what only a developer's machine adds to the base."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from model.services import SERVICES
from tests.model.local.oracle import NAMES, canonical
from tests.model.plans import ROOT

BASE, OVERRIDE = (ROOT.joinpath(name).read_text(encoding="utf-8") for name in NAMES)
BODIES: dict[str, dict[str, Any]] = yaml.safe_load(OVERRIDE)["services"]


@pytest.mark.parametrize(
    ("texts", "env"),
    [
        ([BASE, OVERRIDE], {}),
        ([BASE, OVERRIDE], {"BACKEND_PORT": "18000", "PUBLIC_URL": "http://localhost:1"}),
        ([BASE], {"ENV": "ci"}),
        ([BASE], {"ENV": "pr-12", "VERSION": "pr-12-0123456", "GIT_COMMIT": "0" * 40, "PUBLIC_URL": "x"}),
    ],
    ids=["local", "local with its variables", "ci", "pr"],
)
def test_c2_compose_takes_the_files_of_every_layer_without_a_warning(
    texts: list[str], env: Mapping[str, str], tmp_path: Path
) -> None:
    canonical(tmp_path, texts, env)  # asserts that it says nothing


def test_every_service_is_reached_at_its_own_port_on_this_machine_only() -> None:
    for name, spec in SERVICES.items():
        assert BODIES[name]["ports"] == [f"127.0.0.1:${{{name.upper()}_PORT:-{spec.port}}}:{spec.port}"]


def test_nothing_starts_by_itself_after_a_reboot() -> None:
    assert {name: body["restart"] for name, body in BODIES.items()} == dict.fromkeys(SERVICES, "no")


def test_the_pages_address_follows_its_port() -> None:
    addresses = {
        name: body["environment"]["PUBLIC_URL"] for name, body in BODIES.items() if "environment" in body
    }

    assert set(addresses) == {"backend", "frontend"}
    assert {re.sub(r"^\$\{PUBLIC_URL:-(.*)\}$", r"\1", address) for address in addresses.values()} == {
        "http://localhost:${FRONTEND_PORT:-3000}"
    }


def test_source_is_mounted_for_reading_only() -> None:
    mounts = [mount for body in BODIES.values() for mount in body.get("volumes", ())]

    assert mounts == [
        "./apps/backend/src/backend:/app/backend:ro",
        "./apps/frontend/src:/src/src:ro",
        "./apps/frontend/index.html:/src/index.html:ro",
    ]


def test_a_backend_that_cannot_migrate_ends_with_one_line_instead_of_being_waited_for(tmp_path: Path) -> None:
    """`docker compose up --wait` and `pulumi up` end with a container; one that lives on they wait out."""
    python, *words = BODIES["backend"]["command"]
    assert python == "python"
    throwaway = yaml.safe_load(BASE)["services"]["backend"]["environment"]
    local = {name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for name, value in throwaway.items()}
    nowhere = {"DATABASE_URL": "postgresql://u:canary-93e0@127.0.0.1:1/x", "MIGRATION_WAIT_SECONDS": "0"}

    done = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env=local | nowhere | {"PYTHONPATH": str(ROOT / "apps/backend/src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["event"] == "cannot_start"
    assert json.loads(done.stdout)["reason"] == (
        "no migration: the database did not let us in within 0 s (unreachable)"
    )
