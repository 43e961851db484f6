"""What is known before the first resource, and that it needs no credential."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.local import files
from components.local.plan import ATTEMPT, OWNER, LocalPlan, plan_local
from model.errors import ComposeError
from model.layers import Stack
from tests.components.local.docker import FakeDocker, inspected
from tests.components.local.plans import TEXT
from tests.model.plans import ROOT

PROJECT = "finance-report"


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small compose file with what it builds, and the settings of `Pulumi.yaml`."""
    from tests.program.recording import config

    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "Dockerfile").write_text("FROM scratch")
    (tmp_path / "docker-compose.yml").write_text(TEXT)
    monkeypatch.setenv("PULUMI_CONFIG", config("local"))
    monkeypatch.setattr(pulumi, "get_project", lambda: PROJECT)
    monkeypatch.setattr(pulumi, "get_stack", lambda: "local")
    return tmp_path


def planned(
    checkout: Path, *there: dict[str, Any], stack: str = "local", env: Mapping[str, str] | None = None
) -> LocalPlan:
    files_ = str(checkout / "docker-compose.yml")
    words = iter(f"new-{number}" for number in range(9))
    return plan_local(
        Stack.parse(stack),
        env={"COMPOSE_FILE": files_, "BACKEND_PORT": "1", "FRONTEND_PORT": "2", **(env or {})},
        engine=lambda: FakeDocker(there=list(there)).engine,
        word=lambda: next(words),
    )


def ours(service: str, attempt: str, **more: Any) -> dict[str, Any]:
    labels = {OWNER: "finance-report/local", ATTEMPT: attempt}
    return inspected(f"finance-report-local-{service}", labels=labels, **more)


def test_c3_every_name_carries_application_and_stack(checkout: Path) -> None:
    plan = planned(checkout)

    assert plan.container("backend") == "finance-report-local-backend"
    assert plan.owner == "finance-report/local"
    assert plan.names.network == "finance-report-local"


def test_what_is_healthy_stays_and_what_is_not_is_made_again(checkout: Path) -> None:
    plan = planned(checkout, ours("store", "old"), ours("backend", "older", health="unhealthy"))

    assert plan.attempts == {"store": "old", "backend": "new-0", "frontend": "new-1"}


def test_a_container_of_our_name_without_our_label_is_refused(checkout: Path) -> None:
    with pytest.raises(pulumi.RunError, match="docker rm -f finance-report-local-store"):
        planned(checkout, inspected("finance-report-local-store"))


def test_another_stacks_container_is_not_ours(checkout: Path) -> None:
    other = inspected("finance-report-ci-store", labels={OWNER: "finance-report/ci", ATTEMPT: "x"})

    assert planned(checkout, other).attempts["store"] == "new-0"


def test_env_is_the_stacks_name_whatever_the_shell_says(checkout: Path) -> None:
    plan = planned(checkout, stack="ci", env={"ENV": "production"})

    assert plan.compose.services["store"].aliases == {"small-store-ci"}


def test_a_variable_of_the_shell_comes_before_the_env_file(checkout: Path) -> None:
    (checkout / ".env").write_text("FRONTEND_PORT=4000\nBACKEND_PORT=5000\n")

    plan = planned(checkout, env={"BACKEND_PORT": "3"})

    ports = {port.published for service in plan.compose.services.values() for port in service.ports}
    assert ports == {2, 3}
    assert plan.compose.variables == {2: "FRONTEND_PORT", 3: "BACKEND_PORT"}


def test_ci_takes_the_base_alone_and_keeps_data_in_memory(checkout: Path) -> None:
    override = checkout / "docker-compose.override.yml"
    override.write_text("services: {store: {command: [only, local]}}")
    both = {"COMPOSE_FILE": f"{checkout / 'docker-compose.yml'}:{override}"}

    local, ci = planned(checkout, env=both), planned(checkout, stack="ci", env=both)

    assert local.compose.services["store"].command == ("only", "local")
    assert ci.compose.services["store"].command is None
    assert (local.compose.volumes, ci.compose.volumes) == (("store",), ())
    assert ci.compose.services["store"].volumes["/data"].type == "tmpfs"


def test_the_usual_files_are_the_repositorys_own() -> None:
    compose = files.read_files(Stack.parse("local"), env={})

    assert list(compose.services) == ["postgres", "redis", "minio", "backend", "frontend"]
    assert files.ROOT == ROOT
    assert {port.host_ip for one in compose.services.values() for port in one.ports} == {"127.0.0.1"}


def test_c4_ci_publishes_nothing_of_the_repositorys_own_files() -> None:
    compose = files.read_files(Stack.parse("ci"), env={})

    assert [service.ports for service in compose.services.values()] == [frozenset()] * 5


def test_a_size_that_would_be_rounded_off_is_refused(checkout: Path) -> None:
    file = checkout / "docker-compose.yml"
    file.write_text(TEXT.replace("mem_limit: 64m", "mem_limit: 1000000"))

    with pytest.raises(ComposeError, match=r"services\.store\.mem_limit: 1000000 bytes"):
        planned(checkout)


def test_the_settings_are_still_checked(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from model.errors import SettingsError

    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({f"{PROJECT}:domian": "x"}))

    with pytest.raises(SettingsError, match="did you mean domain"):
        planned(checkout)
