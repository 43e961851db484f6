"""GitHub's side of a login, for real: an issuer, and the tokens that it signs for our workflows' jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from sandbox.folder import Folder
from sandbox.oidc import Runs, Signer, create_app
from sandbox.oidc.runs import Run
from sandbox.store import Store
from sandbox.world import Ports, World
from tests.served import served

REPOSITORY = "zitian-party/finance_report"
PULL = {"pull_request": {"number": 7, "head": {"ref": "topic"}, "base": {"ref": "main"}}}
RELEASE = {"release": {"tag_name": "v1.2.3"}}


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job of one of the repository's workflows, and the event that started it."""

    workflow: str
    name: str
    event_name: str
    environment: str
    event: Any = None

    def run(self) -> dict[str, Any]:
        """How the issuer is told of the run; a workflow file as short as its claims."""
        text = (
            f"jobs:\n  {self.name}:\n    environment: {self.environment}\n"
            "    permissions:\n      id-token: write\n"
        )
        return {
            "workflow": f".github/workflows/{self.workflow}",
            "event_name": self.event_name,
            "event": self.event or {},
            "text": text,
        }


JOBS = {
    "staging": Job(
        workflow="staging-deploy.yml", name="deploy", event_name="workflow_run", environment="staging"
    ),
    "production": Job(
        workflow="production-deploy.yml",
        name="deploy",
        event_name="release",
        event=RELEASE,
        environment="production",
    ),
    "plan": Job(workflow="ci.yml", name="plan", event_name="pull_request", event=PULL, environment="plan"),
    "staging-observe": Job(
        workflow="drift.yml", name="staging", event_name="schedule", environment="staging-observe"
    ),
    "production-observe": Job(
        workflow="drift.yml", name="production", event_name="schedule", environment="production-observe"
    ),
    "preview": Job(
        workflow="pr-test.yml",
        name="destroy",
        event_name="pull_request_target",
        event=PULL,
        environment="preview",
    ),
}
UP = replace(JOBS["preview"], name="up", environment="pr-${{ github.event.pull_request.number }}")


@dataclass(frozen=True, kw_only=True)
class Actions:
    """GitHub Actions with its issuer."""

    issuer: str
    runs: Runs
    world: World

    def start(self, job: Job, **changes: Any) -> Run:
        """A run of the job's workflow."""
        return self.runs.register({**job.run(), **changes})

    def variables(self, job: Job, **changes: Any) -> dict[str, str]:
        """What a step of the job finds in its environment."""
        run = self.start(job, **changes)
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.issuer}/token?run={run.number}&job={job.name}",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": run.secret,
        }

    def token(self, job: Job, *, audience: str, **changes: Any) -> str:
        """The job's token, as its runner fetches it."""
        given = self.variables(job, **changes)
        answer = httpx.get(
            f"{given['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience={audience}",
            headers={"Authorization": f"Bearer {given['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
            trust_env=False,
        )
        return str(answer.raise_for_status().json()["value"])


@contextmanager
def running(place: Path) -> Iterator[Actions]:
    """An issuer on a port of its own."""
    folder = Folder(place / "issuer")
    folder.make()
    ports = Ports(**dict.fromkeys(Ports.__dataclass_fields__, 1))
    world = World(root=place, ports=ports, store=Store(None), ca_file=place / "ca.pem")
    runs, signer = Runs(world.store), Signer(folder)
    with served(lambda url: create_app(world, runs, signer, issuer=url)) as issuer:
        yield Actions(issuer=issuer, runs=runs, world=world)
    world.store.close()
