"""Pull requests' environments: built from a commit, beside staging and apart from it, gone without trace."""

import os
import signal
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.looks import await_line, await_that, compose, composes, environments, left_of, records, running
from tests.e2e.snapshot import staging_runs
from tests.e2e.test_journey import PREVIEW, STAGING, version

pytestmark = pytest.mark.e2e

NAME = "finance-report-pr-12"
SHARED_BY_ALL = {"dokploy-network"}


def pushed(cloud: Cloud, stack: str, text: str, *, tag_at: str | None = None) -> Mapping[str, str]:
    """What a workflow gives `up` for a commit that was just pushed; `tag_at` moves its tag elsewhere."""
    commit = {"files": {"NOTES.md": text}, "branch": f"feature-{stack}"}
    sha = cloud.control.post("/git/commits", json=commit).raise_for_status().json()["sha"]
    tag = f"preview/{stack}-{sha[:7]}"
    cloud.control.post("/git/tags", json={"name": tag, "sha": tag_at or sha}).raise_for_status()
    return {**cloud.pr(stack), "PREVIEW_REF": tag, "PREVIEW_COMMIT": sha}


def served(cloud: Cloud, stack: str) -> tuple[str, str]:
    """Environment and commit that a preview's own host answers."""
    answer = cloud.health(f"report-{stack}.zitian.party").raise_for_status().json()
    return answer["environment"], answer["commit"]


def possessions(cloud: Cloud, stack: str) -> set[str]:
    """Whatever of the host and of Dokploy a stack uses: by kind and name."""
    app = f"finance-report-{stack}"
    tables: dict[str, list[dict[str, Any]]] = cloud.control.get("/engine").raise_for_status().json()
    mine = [row for row in tables["containers"] if row["app"].startswith(app)]
    found = {f"container {row['name']}" for row in mine}
    found |= {f"network {name}" for row in mine for name in row["networks"] if name not in SHARED_BY_ALL}
    aliases = [row["networks"].get(name, []) for row in mine for name in SHARED_BY_ALL]
    found |= {
        f"alias {alias}" for names in aliases for alias in names if alias not in ("backend", "frontend")
    }
    found |= {f"volume {mount['Name']}" for row in mine for mount in row["mounts"]}
    found |= {f"image {row['image']}" for row in mine if row["image"].startswith(app)}
    own = [row for row in composes(cloud) if row["name"].startswith(app)]
    found |= {f"compose {row['composeId']}" for row in own}
    found |= {f"environment {row['environmentId']}" for row in own}
    return found | {f"host {domain['host']}" for row in own for domain in row["domains"]}


def test_p2_p3_previews_share_nothing_with_each_other_or_staging_and_leave_nothing(cloud: Cloud) -> None:
    staging_runs(cloud)
    staging = running(cloud, "finance-report-staging")
    twelve, thirteen = (pushed(cloud, stack, stack) for stack in ("pr-12", "pr-13"))
    cloud.up("pr-12", **twelve).ok()
    cloud.up("pr-13", **thirteen).ok()

    assert served(cloud, "pr-12") == ("pr-12", twelve["PREVIEW_COMMIT"])
    assert served(cloud, "pr-13") == ("pr-13", thirteen["PREVIEW_COMMIT"])
    owns = {stack: possessions(cloud, stack) for stack in ("staging", "pr-12", "pr-13")}
    assert min(map(len, owns.values())) > 10
    assert [(a, b, owns[a] & owns[b]) for a, b in combinations(owns, 2) if owns[a] & owns[b]] == []

    neighbour = running(cloud, "finance-report-pr-13")
    domains = [row["domainId"] for row in compose(cloud, NAME)["domains"]]
    cloud.destroy("pr-12").ok()

    assert left_of(cloud, "pr-12") == {}
    answers = [cloud.dokploy.get("/domain.one", params={"domainId": id_}) for id_ in domains]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert running(cloud, "finance-report-pr-13") == neighbour
    assert running(cloud, "finance-report-staging") == staging
    assert served(cloud, "pr-13") == ("pr-13", thirteen["PREVIEW_COMMIT"])
    assert version(cloud, STAGING) == "v1.0.0"
    cloud.destroy("pr-12", "--remove").ok()
    cloud.up("staging", "--expect-no-changes").ok()


@pytest.mark.long
def test_p7_a_new_commit_is_what_runs_and_a_run_that_names_none_keeps_it(cloud: Cloud) -> None:
    cloud.up("pr-12", **pushed(cloud, "pr-12", "first")).ok()
    second = pushed(cloud, "pr-12", "second")

    cloud.up("pr-12", **second).ok()

    assert served(cloud, "pr-12") == ("pr-12", second["PREVIEW_COMMIT"])
    assert cloud.outputs("pr-12")["commit"] == second["PREVIEW_COMMIT"]
    before = running(cloud, NAME)
    cloud.up("pr-12", "--expect-no-changes").ok()
    assert running(cloud, NAME) == before


def test_s9_a_container_that_stays_fails_the_destroy_by_its_name(cloud: Cloud) -> None:
    cloud.up("pr-12", **cloud.pr("pr-12")).ok()
    cloud.fault(part="engine", kind="container-stays", path=NAME)

    shown = cloud.destroy("pr-12").refused().output

    (container,) = cloud.control.get("/engine").json()["containers"]
    assert f"container {container['name']} (running)" in shown
    assert "docker rm -f" in shown
    assert "pr-12-preview-compose" in cloud.resources("pr-12"), "forgotten, though something of it is left"
    assert "pr-12" in environments(cloud)
    again = cloud.destroy("pr-12", "--refresh").refused().output
    assert f"container {container['name']} (running)" in again, "a refresh forgot it"


@pytest.mark.long
def test_s9_p3_a_destroy_during_a_running_build_waits_for_it_and_leaves_nothing(cloud: Cloud) -> None:
    cloud.fault(part="dokploy", kind="freeze", path="compose.deploy", key=NAME)
    cloud.pulumi("stack", "init", "pr-12").ok()
    words = ("--yes", "--skip-preview", "--non-interactive", "--stack", "pr-12")
    up = cloud.start("pulumi", "up", *words, **cloud.pr("pr-12"))
    await_that(lambda: environments(cloud).get("pr-12", {}).get("compose"), what="the compose", beside=up)
    await_that(lambda: records(cloud, NAME), what="the build's record", beside=up)
    os.killpg(up.pid, signal.SIGKILL)
    up.communicate()
    cloud.pulumi("cancel", "--yes", "--stack", "pr-12").ok()

    destroy = cloud.start("pulumi", "destroy", *words)
    await_line(destroy, "still runs; waiting before deleting it")
    assert {row["name"] for row in composes(cloud)} == {NAME}
    cloud.control.delete("/faults").raise_for_status()
    cloud.fault(part="dokploy", kind="drop-after", path="compose.delete")
    output, _ = destroy.communicate(timeout=60)

    assert destroy.returncode == 0, output
    assert left_of(cloud, "pr-12") == {}


@pytest.mark.long
def test_d4_p7_a_tag_that_was_moved_to_another_commit_is_a_wrong_identity(cloud: Cloud) -> None:
    first = pushed(cloud, "pr-12", "first")
    cloud.up("pr-12", **first).ok()
    second = pushed(cloud, "pr-12", "second", tag_at=first["PREVIEW_COMMIT"])

    shown = cloud.up("pr-12", **second).refused().output

    assert "wrong-identity" in shown
    assert second["PREVIEW_COMMIT"] in shown
    assert first["PREVIEW_COMMIT"] in shown
    cloud.up("pr-12", "--refresh").ok()
    assert served(cloud, "pr-12") == ("pr-12", first["PREVIEW_COMMIT"])
    assert version(cloud, PREVIEW) == f"pr-12-{first['PREVIEW_COMMIT'][:7]}"
