"""What is known before the first resource, and that it needs no credential."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.local import files
from components.local.identity import OWNER, Identity
from components.local.plan import ATTEMPT, LocalPlan, plan_local
from model.errors import ComposeError
from model.layers import Stack
from model.naming import Names
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
    return plan_of(checkout, FakeDocker(there=list(there)), stack=stack, env=env)


def plan_of(
    checkout: Path, docker: FakeDocker, *, stack: str = "local", env: Mapping[str, str] | None = None
) -> LocalPlan:
    files_ = str(checkout / "docker-compose.yml")
    words = iter(f"new-{number}" for number in range(9))
    return plan_local(
        Stack.parse(stack),
        env={"COMPOSE_FILE": files_, "BACKEND_PORT": "1", "FRONTEND_PORT": "2", **(env or {})},
        engine=lambda: docker.engine,
        word=lambda: next(words),
    )


def refused(checkout: Path, docker: FakeDocker, stack: str = "local", state: str = "") -> str:
    """What it says, after it is sure that Docker was only asked."""
    with pytest.raises(pulumi.RunError) as caught:
        plan_of(checkout, docker, stack=stack, env={"PULUMI_BACKEND_URL": state} if state else None)
    assert [words for words in docker.asked if "rm" in words] == []
    return str(caught.value)


def labels(checkout: Path, stack: str = "local", state: str = "") -> dict[str, str]:
    """What the stack of a checkout writes on everything."""
    parsed = Stack.parse(stack)
    names = Names.of(parsed, domain="example.org", host_prefix="report", app=PROJECT)
    env = {"PULUMI_BACKEND_URL": state} if state else {}
    return Identity.of(names, parsed, folder=checkout.resolve(), env=env).labels


def ours(checkout: Path, service: str, attempt: str, **more: Any) -> dict[str, Any]:
    written = {**labels(checkout), ATTEMPT: attempt}
    return inspected(f"finance-report-local-{service}", labels=written, **more)


def test_c3_every_name_carries_application_and_stack(checkout: Path) -> None:
    plan = planned(checkout)

    assert plan.container("backend") == "finance-report-local-backend"
    assert plan.volume("store") == "finance-report-local-store"
    assert plan.identity.stack == "finance-report/local"
    assert plan.names.network == "finance-report-local"


def test_what_is_healthy_stays_and_what_is_not_is_made_again(checkout: Path) -> None:
    plan = planned(
        checkout, ours(checkout, "store", "old"), ours(checkout, "backend", "older", health="unhealthy")
    )

    assert plan.attempts == {"store": "old", "backend": "new-0", "frontend": "new-1"}


def test_what_has_our_name_and_no_label_is_refused_with_the_command_that_removes_it(checkout: Path) -> None:
    docker = FakeDocker(
        there=[inspected("finance-report-local-store")], volumes={"finance-report-local-store": {}}
    )

    said = refused(checkout, docker)

    assert "  container finance-report-local-store: nothing says whose it is" in said
    assert "`docker rm -f finance-report-local-store` if nobody needs it" in said
    assert "`docker volume rm finance-report-local-store` if nobody needs it" in said


@pytest.mark.parametrize("stack", ["local", "ci"])
def test_s3_another_checkouts_healthy_container_is_refused_with_both_checkouts(
    checkout: Path, stack: str
) -> None:
    """Stack and application are the same; until 2026-11-23 it counted as ours, and its data too."""
    name = f"finance-report-{stack}-store"
    there = inspected(name, labels={**labels(Path("/elsewhere"), stack), ATTEMPT: "x"})

    said = refused(checkout, FakeDocker(there=[there]), stack)

    assert f"Stack finance-report/{stack} of the checkout {checkout.resolve()} cannot have its names" in said
    assert f"  container {name}: stack finance-report/{stack} of the checkout /elsewhere\n" in said
    assert f"`pulumi destroy --stack {stack}`" in said
    assert f"`pulumi config set app <name> --stack {stack}`" in said


def test_s3_the_same_checkout_with_another_state_is_somebody_else(checkout: Path) -> None:
    there = inspected("finance-report-local-store", labels=labels(checkout, state="file:///a"))

    said = refused(checkout, FakeDocker(there=[there]), state="file:///b")

    assert "with another state (PULUMI_BACKEND_URL)" in said


@pytest.mark.parametrize(
    "there",
    [
        {"networks": {"finance-report-local": {OWNER: "finance-report/local@00000000"}}},
        {"volumes": {"finance-report-local-store": {OWNER: "finance-report/local@00000000"}}},
    ],
    ids=["network", "volume"],
)
def test_s3_a_name_that_another_checkout_left_behind_is_refused(
    checkout: Path, there: dict[str, Any]
) -> None:
    assert "of the checkout that it does not say" in refused(checkout, FakeDocker(**there))


def test_s10_what_our_own_lost_state_made_is_ours(checkout: Path) -> None:
    docker = FakeDocker(
        there=[ours(checkout, "store", "old")],
        networks={"finance-report-local": labels(checkout)},
        volumes={"finance-report-local-store": labels(checkout)},
    )

    assert plan_of(checkout, docker).attempts["store"] == "old"


def test_a_checkout_that_is_reached_by_a_link_is_the_same(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    link = tmp_path_factory.mktemp("linked") / "checkout"
    link.symlink_to(checkout)

    assert planned(link).identity == planned(checkout).identity


def test_another_stacks_container_is_not_ours(checkout: Path) -> None:
    other = inspected("finance-report-ci-store", labels={**labels(checkout, "ci"), ATTEMPT: "x"})

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


@pytest.mark.parametrize(
    "given", [{}, {"COMPOSE_FILE": "docker-compose.yml"}], ids=["alone", "the shell's first"]
)
def test_c7_compose_file_in_the_env_file_is_honoured_as_by_compose(
    tmp_path_factory: pytest.TempPathFactory, given: dict[str, str]
) -> None:
    root = tmp_path_factory.mktemp("root")
    (root / "docker-compose.yml").write_text("services: {usual: {image: 'tiny:1.0'}}")
    (root / "other").mkdir()
    (root / "other" / "mine.yml").write_text("services: {mine: {image: 'tiny:${TAG}', user: '${USER_ID}'}}")
    (root / "other" / ".env").write_text("TAG=there\nUSER_ID=7\n")
    (root / ".env").write_text("COMPOSE_FILE=other/mine.yml\nTAG=here\n")

    compose = files.read_files(Stack.parse("local"), env=given, root=root)

    assert list(compose.services) == (["usual"] if given else ["mine"])
    assert given or (compose.services["mine"].image, compose.services["mine"].user) == ("tiny:here", "7")


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
