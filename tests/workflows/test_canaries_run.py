"""V1, V6: nothing secret is in a runner's log, summary, output, comment, issue, deployment or tag."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.e2e.scanner import Hit, Scanner
from tests.e2e.test_canaries import credentials, planted_in_vault
from tests.workflows.documents import Document
from tests.workflows.runner import Run
from tests.workflows.test_previews_run import opened
from tests.workflows.test_staging_run import after_ci
from tests.workflows.world import World

pytestmark = pytest.mark.e2e

TABLES = ("comment", "issue", "deployment", "deployment_status", "dispatch", "run", "job", "release")
# A job's own: of Vault, of GitHub, and what GitHub signs for it. None is known before the run.
MINTED = re.compile(r"\b(?:hv[sb]|[sb])\.[A-Za-z0-9_-]{24,}|\bghs_[A-Za-z0-9]{20,}|\beyJ[\w-]+\.eyJ[\w-]+\.")


def secrets_of(world: World) -> Iterator[tuple[str, str]]:
    yield from planted_in_vault(world.cloud)
    yield from credentials(world.cloud)
    deploy = world.cloud.vault_admin.read("secret/data/finance_report/staging/deploy")["data"]["data"]
    pem = str(deploy["GITHUB_APP_PRIVATE_KEY"]).strip().splitlines()
    yield from ((f"line {at} of the App's key", line) for at, line in enumerate(pem[1:-1]))


def shown(world: World, run: Run) -> Iterator[tuple[str, str]]:
    """Everything that a person with read access sees of a run."""
    yield "log", run.log
    yield "summary", run.summary
    yield "outputs", json.dumps({job: run.outputs(job) for job in run.jobs})
    yield from ((table, json.dumps(world.table(table))) for table in TABLES)
    tags = [ref.removeprefix("refs/tags/") for ref in world.refs() if "/tags/v" in ref]
    yield from ((tag, world.show(tag)) for tag in tags)


def hits(world: World, scanner: Scanner, run: Run) -> list[Hit | str]:
    places = dict(shown(world, run))
    minted = [f"{place}: {found[:6]}…" for place, text in places.items() for found in MINTED.findall(text)]
    return [*minted, *(hit for place, text in places.items() for hit in scanner.text(place, text))]


def leaking(document: Document) -> None:
    """Somebody prints a credential: as it is, which the runner masks, and encoded, which it cannot."""
    (job,) = (body for body in document["jobs"].values() if "environment" in body)
    at = next(i for i, step in enumerate(job["steps"]) if "strata login" in step.get("run", ""))
    job["steps"][at + 1 : at + 1] = [
        {"run": f"printenv DOKPLOY_API_KEY{encoded}"} for encoded in ("", " | base64")
    ]


@pytest.mark.long
def test_v1_a_deployment_to_staging_shows_no_secret(world: World) -> None:
    scanner = Scanner(secrets=dict(secrets_of(world)))
    world.staging_stands()
    commit = world.commit({"README.md": "Better\n"})
    world.images(commit)
    world.ci_passed(commit)

    done = after_ci(world, commit).ok()

    assert "***" in done.log
    assert hits(world, scanner, done) == []


def test_v1_a_preview_shows_no_secret(world: World) -> None:
    scanner = Scanner(secrets=dict(secrets_of(world)))
    number = opened(world)

    done = world.run("pr-test.yml", inputs={"number": str(number)}).ok()

    assert world.table("comment")
    assert hits(world, scanner, done) == []


def test_v1_a_credential_that_is_printed_is_masked_and_an_encoded_one_is_found(world: World) -> None:
    scanner = Scanner(secrets=dict(secrets_of(world)))

    done = world.run("sweep.yml", event="schedule", change=leaking)

    assert done.step("sweep", "printenv") == "success"
    found = {(one.secret, one.form) for one in hits(world, scanner, done) if isinstance(one, Hit)}
    assert found == {("DOKPLOY_API_KEY", "base64")}
