from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from strata.outcome import Exit
from tests.dokploy_provider.server import KEY, Dokploy
from tests.strata.conftest import FakeDokploy, Here

Strata = Callable[..., Result]
CANARY = "hunter2-canary"


@pytest.fixture
def deployed(dokploy: FakeDokploy, here: Here) -> FakeDokploy:
    """Staging with both tiers at Dokploy, another stack beside it."""
    environments = [
        {
            "name": stack,
            "environmentId": stack,
            "compose": [
                {"composeId": f"{stack}-{tier}", "name": f"{here.slug}-{stack}-{tier}"}
                for tier in ("data", "app")
            ],
        }
        for stack in ("production", "staging")
    ]

    def compose(params: Mapping[str, str]) -> Any:
        identity = params["composeId"]
        kind = "stack" if identity.endswith("app") else "docker-compose"
        return {
            "composeId": identity,
            "name": f"{here.slug}-{identity}",
            "appName": f"{here.slug}-{identity}-x1y2z3",
            "composeType": kind,
            "env": f"SECRET={CANARY}",
            "refreshToken": CANARY,
        }

    def containers(params: Mapping[str, str]) -> Any:
        app = params["appName"]
        names = (
            [f"{app}_backend.1.abc", f"{app}_frontend.1.def"]
            if params["appType"] == "stack"
            else [f"{app}-redis-1"]
        )
        return [
            {"containerId": name[-3:], "name": name, "state": "running", "status": "Up 2 minutes"}
            for name in names
        ]

    def records(params: Mapping[str, str]) -> Any:
        return [
            {
                "deploymentId": f"{params['composeId']}-old",
                "createdAt": "2026-11-22T08:00:00Z",
                "status": "done",
            },
            {
                "deploymentId": f"{params['composeId']}-new",
                "createdAt": "2026-11-23T08:00:00Z",
                "status": "error",
            },
        ]

    dokploy.answers = {
        "project.all": lambda params: [{"projectId": "p", "name": "x", "environments": environments}],
        "compose.one": compose,
        "deployment.allByCompose": records,
        "deployment.readLogs": lambda params: (
            f"deploying {params['deploymentId']}\nPASSWORD={CANARY}\nfailed"
        ),
        "docker.getContainersByAppNameMatch": containers,
        "compose.readLogs": lambda params: (
            f"I am {params['containerId']}\nDATABASE_URL=postgresql://u:{CANARY}@db/x"
        ),
    }
    return dokploy


def test_d5_logs_show_the_newest_deployment_of_each_tier_and_its_containers(
    strata: Strata, deployed: FakeDokploy, here: Here
) -> None:
    result = strata("logs", "staging")

    assert result.exit_code == Exit.OK
    titles = [line for line in result.stdout.splitlines() if line.startswith("== ")]
    data, app, up = f"{here.slug}-staging-data", f"{here.slug}-staging-app", "running (Up 2 minutes)"
    assert titles == [
        f"== {data}: deployment of 2026-11-23T08:00:00Z, error",
        f"== {data}: container {data}-x1y2z3-redis-1, {up}",
        f"== {app}: deployment of 2026-11-23T08:00:00Z, error",
        f"== {app}: container {app}-x1y2z3_backend.1.abc, {up}",
        f"== {app}: container {app}-x1y2z3_frontend.1.def, {up}",
    ]
    assert "deploying staging-app-new" in result.stdout


def test_v1_logs_are_masked(strata: Strata, deployed: FakeDokploy) -> None:
    result = strata("logs", "staging")

    assert CANARY not in result.output
    assert "I am abc" in result.stdout


def test_v1_colours_neither_reach_the_terminal_nor_hide_a_credential(
    strata: Strata, deployed: FakeDokploy
) -> None:
    printed = f"\x1b[31mpass\x1b[0mword={CANARY}\x1b]0;title\x07\tend\x9b2J\r"
    deployed.answers["compose.readLogs"] = lambda params: printed

    result = strata("logs", "staging", "--service", "redis")

    assert result.stdout.splitlines()[1:] == ["password=***\tend2J"]


def test_logs_of_one_service_are_those_of_its_containers(strata: Strata, deployed: FakeDokploy) -> None:
    result = strata("logs", "staging", "--service", "backend")

    assert "I am abc" in result.stdout
    assert result.stdout.count("== ") == 1


def test_the_number_of_lines_is_the_callers(strata: Strata, deployed: FakeDokploy) -> None:
    deployed.answers["compose.readLogs"] = lambda params: "\n".join(f"line {n}" for n in range(100))

    result = strata("logs", "staging", "--service", "redis", "--tail", "2")

    assert result.stdout.splitlines()[1:] == ["line 98", "line 99"]


def test_one_log_that_cannot_be_read_does_not_hide_the_others(strata: Strata, deployed: FakeDokploy) -> None:
    deployed.refuse["deployment.readLogs"] = (404, {"message": "Deployment not found", "code": "NOT_FOUND"})

    result = strata("logs", "staging")

    assert "not readable" in result.stdout
    assert "I am abc" in result.stdout


def test_a_stack_that_dokploy_does_not_have_is_told(strata: Strata, deployed: FakeDokploy) -> None:
    result = strata("logs", "pr-12")

    assert result.exit_code == Exit.FAILED
    assert "Dokploy has no compose of stack pr-12" in result.stderr


@pytest.fixture
def emulator(tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dokploy]:
    """A preview that the sandbox's own Dokploy has deployed, whose backend prints a password."""
    served = Dokploy(tmp_path / "sandbox")
    monkeypatch.setenv("DOKPLOY_URL", served.url)
    monkeypatch.setenv("DOKPLOY_API_KEY", KEY)
    here.stack_file("pr-12")
    prints = {"strata.sandbox.prints": f"ready\npassword={CANARY}"}
    image = served.publish("docker.io/zitian/backend:v1", **prints)
    project = served.do("project.create", name=here.app)["project"]["projectId"]
    environment = served.do("environment.create", projectId=project, name="pr-12")["environmentId"]
    name = f"{here.slug}-pr-12"
    row = served.do("compose.create", name=name, environmentId=environment, appName=name, sourceType="raw")
    text = f"services: {{backend: {{image: '{image}'}}, redis: {{image: '{image}'}}}}"
    served.do("compose.update", composeId=row["composeId"], composeFile=text)
    served.do("compose.deploy", composeId=row["composeId"])
    served.idle()
    yield served
    served.close()


def test_d5_v1_the_emulators_logs_read_like_dockers_and_are_masked(
    strata: Strata, emulator: Dokploy, here: Here
) -> None:
    result = strata("logs", "pr-12")

    assert result.exit_code == Exit.OK, result.output
    titles = [line.split(": ")[1].split(" ")[0] for line in result.stdout.splitlines() if line[:2] == "=="]
    assert titles == ["deployment", "container", "container"]
    backend = strata("logs", "pr-12", "--service", "backend").stdout.splitlines()
    assert backend[0].startswith(f"== {here.slug}-pr-12: container {here.slug}-pr-12-")
    assert [line.split("Z ")[1] for line in backend[2:]] == ["ready", "password=***"]
    assert CANARY not in result.output
