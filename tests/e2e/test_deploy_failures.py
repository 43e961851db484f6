"""A deployment that fails: its class, the next step, the server's words; and the last good one goes on."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.cloud import IMAGES, Cloud, Result
from tests.e2e.looks import await_that
from tests.e2e.snapshot import RELEASE, staging_runs
from tests.e2e.test_journey import PREVIEW, STAGING, version

pytestmark = pytest.mark.e2e

BAD = "v9.9.9"
NEXT = {
    "unhealthy": "Next: read what the containers printed: `strata logs staging`.",
    "wrong-identity": "Next: compare the labels of the images that run with what was asked for.",
    "deployment-error": "Next: read the log above, mend what it names and run `pulumi up --refresh`.",
}


def a_word() -> str:
    """What nothing but the build or container in question could have said."""
    return f"probe-{secrets.token_hex(4)}"


def report(result: Result) -> str:
    """What the failed deployment said, once, without traceback noise."""
    shown = result.refused().output
    assert "Traceback" not in shown
    assert 'File "' not in shown
    told = shown[shown.index("Diagnostics:") :].split("dokploy_provider.errors.DeployFailed: ")[1:]
    assert len(told) == 1, "one resource failed, and it is told once"
    return told[0].split("\n\n")[0]


def failed(result: Result, failure: str, *words: str) -> str:
    told = report(result)
    assert told.rstrip().splitlines()[-1].strip() == f"Class: {failure}"
    assert NEXT[failure] in told
    assert [word for word in words if word not in told] == []
    return told


def no_secret(cloud: Cloud, result: Result) -> None:
    values: list[str] = []
    for service in ("backend", "postgres", "redis", "minio"):
        answer = cloud.vault_admin.secrets.kv.v2.read_secret_version(
            path=f"finance_report/staging/{service}", mount_point="secret", raise_on_deleted_version=True
        )
        values += [value for value in answer["data"]["data"].values() if value]
    values += [cloud.environment[name] for name in ("DOKPLOY_API_KEY", "VAULT_TOKEN", "REGISTRY_PASSWORD")]
    assert [value for value in values if value in result.output] == []


def recovers(cloud: Cloud) -> None:
    """One `up --refresh` of the good release, and nothing is left to do."""
    cloud.up("staging", "--refresh", release=RELEASE).ok()
    assert version(cloud, STAGING) == RELEASE
    verified = cloud.outputs("staging")["verifiedReleases"]
    assert {one["version"] for one in verified} == {RELEASE}


def test_d12_containers_that_exit_are_rolled_back_said_to_be_unhealthy_and_the_last_good_one_serves(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    cloud.release(BAD, backend={"strata.sandbox.behaviour": "exits"})

    result = cloud.up("staging", release=BAD)

    failed(result, "unhealthy", "Swarm rolled back to what ran before", "task: non-zero exit (1)")
    no_secret(cloud, result)
    assert f"`RELEASE={RELEASE} pulumi up --refresh --stack staging`" in result.output
    assert version(cloud, STAGING) == RELEASE

    asked = cloud.run("strata", "status", "--json").ok()
    (row,) = json.loads(asked.stdout)
    assert (row["stack"], row["version"], row["health"]) == ("staging", RELEASE, "healthy")
    no_secret(cloud, asked)
    no_secret(cloud, cloud.run("strata", "doctor").ok())

    recovers(cloud)


@pytest.mark.long
def test_d4_a_build_that_serves_another_commit_than_its_label_is_not_what_was_asked_for(cloud: Cloud) -> None:
    staging_runs(cloud)
    word = a_word()
    cloud.release(BAD, backend={"strata.sandbox.served-commit": "b" * 40, "strata.sandbox.prints": word})

    result = cloud.up("staging", release=BAD)

    failed(result, "wrong-identity", f"says commit {'b' * 40}", f"carries {'a' * 40}")
    no_secret(cloud, result)
    assert [one["version"] for one in cloud.outputs("staging")["verifiedReleases"]] == [RELEASE]
    assert word in cloud.run("strata", "logs", "staging", "--service", "backend").ok().stdout

    recovers(cloud)


@pytest.mark.long
def test_d12_a_variable_that_is_empty_in_vault_stops_the_deploy_and_the_last_good_one_serves(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    kv = cloud.vault_admin.secrets.kv.v2
    place = {"path": "finance_report/staging/backend", "mount_point": "secret"}
    kv.create_or_update_secret(secret={"SECRET_KEY": ""}, **place)

    result = cloud.up("staging")

    failed(result, "deployment-error", "variable SECRET_KEY is missing a value")
    no_secret(cloud, result)
    assert version(cloud, STAGING) == RELEASE

    kv.create_or_update_secret(secret={"SECRET_KEY": "given-again"}, **place)
    recovers(cloud)


@pytest.mark.long
def test_d12_an_image_that_is_gone_when_the_host_pulls_it_is_named_and_the_last_good_one_serves(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    digest = cloud.release(BAD)["backend"]
    cloud.control.post("/pace", json={"queue_delay": 3.0}).raise_for_status()
    before = cloud.cursor()

    run = cloud.start(
        *("env", f"RELEASE={BAD}", "pulumi", "up", "--yes", "--skip-preview", "--stack", "staging"),
        "--non-interactive",
    )
    await_that(
        lambda: [one for one in cloud.log(before) if one["path"] == "compose.deploy"],
        what="Dokploy has been asked to deploy",
    )
    gone = cloud.control.request("DELETE", "/images", json={"name": f"{IMAGES}-backend:{BAD}"})
    assert gone.status_code == 204
    output, _ = run.communicate(timeout=120)
    result = Result(code=run.returncode, stdout=output, stderr="", seconds=0.0)

    failed(result, "unhealthy", f"No such image: {IMAGES}-backend:{BAD}@{digest}")
    no_secret(cloud, result)
    assert version(cloud, STAGING) == RELEASE

    recovers(cloud)


# A pull request's build -------------------------------------------------------------------------------


def commit(cloud: Cloud, edit: Callable[[str], str]) -> None:
    """A commit on main that changes the compose file of the application's repository."""
    file = Path(cloud.pr("pr-12")["PREVIEW_COMPOSE"])
    text = edit(file.read_text(encoding="utf-8"))
    body = {"files": {"docker-compose.yml": text}, "branch": "main"}
    cloud.control.post("/git/commits", json=body).raise_for_status()


def with_arguments(text: str, **arguments: str) -> str:
    """The compose file whose backend is built with more arguments."""
    head, argument, tail = text.partition("        GIT_COMMIT:")
    assert argument
    given = "".join(f"        {name}: {value}\n" for name, value in arguments.items())
    return head + given + argument + tail


def test_d5_a_build_that_fails_says_its_own_words_and_the_last_good_one_serves(cloud: Cloud) -> None:
    cloud.up("pr-12", **cloud.pr("pr-12")).ok()
    good = version(cloud, PREVIEW)
    word = a_word()
    commit(
        cloud,
        lambda text: with_arguments(text, SANDBOX_BEHAVIOUR="fails-build", SANDBOX_PRINTS=word),
    )

    result = cloud.up("pr-12", **cloud.pr("pr-12"))

    failed(result, "deployment-error", word, "failed to solve")
    assert version(cloud, PREVIEW) == good

    commit(cloud, lambda text: text.replace("SANDBOX_BEHAVIOUR: fails-build", "SANDBOX_BEHAVIOUR: ok"))
    cloud.up("pr-12", "--refresh", **cloud.pr("pr-12")).ok()
    assert version(cloud, PREVIEW) not in {"", good}
