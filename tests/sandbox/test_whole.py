"""The sandbox as a whole, started for real. Two of them: one stays as it is, the other is ill-treated."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from sandbox import daemon
from sandbox.folder import Folder
from sandbox.github.app_key import APP_ID, INSTALLATION_ID
from sandbox.preview import Preview
from tests.sandbox.launched import CHECKOUT, Launched

BACKEND = "finance_report/staging/backend"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    """A sandbox that is only looked at, or reset."""
    launched = Launched(tmp_path_factory.mktemp("one") / "sandbox")
    launched.up()
    yield launched
    launched("down", "--erase")


@pytest.fixture(scope="module")
def _another(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    launched = Launched(tmp_path_factory.mktemp("another") / "sandbox")
    yield launched
    launched("down", "--erase")


@pytest.fixture
def another(_another: Launched) -> Launched:
    """A sandbox that runs and that a test may stop or kill."""
    _another.up()
    return _another


def gone(pid: int) -> bool:
    """Whether a process ends soon; a zombie has ended."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if not state.stdout or state.stdout.startswith("Z"):
            return True
    return False


def test_when_up_returns_every_part_answers(sandbox: Launched) -> None:
    done = sandbox("status")

    assert done.returncode == 0
    assert "strata sandbox exec pulumi preview --stack staging" in done.stdout
    lines = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    assert {name: health for name, _, health in lines} == dict.fromkeys(
        ["dokploy", "github", "git", "registry", "ingress", "openbao", "control", "oidc"], "answers"
    )


def test_a_second_up_finds_it_at_once(sandbox: Launched) -> None:
    before = sandbox.pid()
    started = time.monotonic()
    done = sandbox.up()

    assert "is running" in done.stdout
    assert sandbox.pid() == before
    assert time.monotonic() - started < 2


def test_two_sandboxes_live_side_by_side(sandbox: Launched, another: Launched) -> None:
    assert set(sandbox.ports.values()) & set(another.ports.values()) == set()
    assert [launched("status").returncode for launched in (sandbox, another)] == [0, 0]


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the kernel's table is Linux's")
def test_everything_listens_on_loopback_only(sandbox: Launched) -> None:
    tables = [Path(name).read_text().splitlines()[1:] for name in ("/proc/net/tcp", "/proc/net/tcp6")]
    listening = [line.split()[1].split(":") for table in tables for line in table if line.split()[3] == "0A"]
    ours = {address for address, port in listening if int(port, 16) in sandbox.ports.values()}

    assert ours == {"0100007F"}


def test_v3_the_operator_sees_names_and_versions_but_no_value(sandbox: Launched) -> None:
    assert sandbox.vault("GET", f"secret/subkeys/{BACKEND}").json()["data"]["subkeys"] == {"SECRET_KEY": None}
    assert sandbox.vault("GET", f"secret/data/{BACKEND}").status_code == 403


def test_v3_the_operator_cannot_mint_a_token(sandbox: Launched) -> None:
    assert sandbox.vault("POST", "auth/token/create", json={"policies": ["root"]}).status_code == 403


def test_the_administrators_token_is_in_no_variable(sandbox: Launched) -> None:
    token = (sandbox.root / "openbao" / "root-token").read_text()

    assert token not in (sandbox.root / "env").read_text()


def test_dokploy_holds_a_vault_provider_for_each_environment(sandbox: Launched) -> None:
    rows = sandbox.dokploy("GET", "vaultProvider.all").json()

    assert sorted(row["name"] for row in rows) == ["finance-report-production", "finance-report-staging"]


def test_v1_no_credential_is_in_a_log(sandbox: Launched) -> None:
    secrets = list(json.loads((sandbox.root / "credentials.json").read_text()).values())
    logs = "".join((sandbox.root / name).read_text() for name in ("daemon.log", "openbao/openbao.log"))

    assert [secret for secret in secrets if secret in logs] == []


def test_the_folder_is_private(sandbox: Launched) -> None:
    assert stat.S_IMODE(sandbox.root.stat().st_mode) == 0o700


def test_exec_passes_input_output_and_exit_code_through(sandbox: Launched) -> None:
    done = sandbox(
        "exec", "sh", "-c", 'read word; echo "$word at $DOKPLOY_URL"; echo oh >&2; exit 3', text="hello\n"
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        f"hello at {sandbox.env['DOKPLOY_URL']}\n",
        "oh\n",
    )


def test_exec_without_a_command_says_how(sandbox: Launched) -> None:
    done = sandbox("exec")

    assert done.returncode == 2
    assert "pulumi preview --stack staging" in done.stderr


def test_strata_sandbox_is_the_same_command(sandbox: Launched) -> None:
    code = "from strata.sandbox import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", code, "exec", "sh", "-c", "exit 5"],
        cwd=CHECKOUT,
        env={**os.environ, "STRATA_SANDBOX_DIR": str(sandbox.root)},
        check=False,
    )

    assert done.returncode == 5


def test_p7_a_preview_is_a_tag_on_a_commit_and_its_compose_file(sandbox: Launched) -> None:
    sandbox.control("POST", "/reset")
    folder = Folder(sandbox.root)
    found = Preview(folder, daemon.running(folder)).variables("pr-7")

    commit = found["PREVIEW_COMMIT"]
    assert found["PREVIEW_REF"] == f"preview/pr-7-{commit[:7]}"
    clone = ["git", "ls-remote", sandbox.repository, f"refs/tags/{found['PREVIEW_REF']}"]
    assert subprocess.run(clone, capture_output=True, text=True, check=True).stdout.split()[0] == commit
    assert "services:" in Path(found["PREVIEW_COMPOSE"]).read_text()


def test_reset_brings_back_the_state_after_seeding(sandbox: Launched) -> None:
    before = sandbox.administrator("GET", f"secret/data/{BACKEND}").json()["data"]["data"]
    sandbox.dokploy("POST", "project.create", json={"name": "p", "description": ""}).raise_for_status()
    for path in (BACKEND, "finance_report/staging/extra"):
        sandbox.administrator("POST", f"secret/data/{path}", json={"data": {"SECRET_KEY": "rotated"}})
    sandbox.control("POST", "/faults", json={"part": "dokploy", "kind": "reject", "times": 0})
    sandbox.control("POST", "/pace", json={"build": 9})
    sandbox.control("POST", "/images", json={"name": "ghcr.io/zitian-party/finance-report-backend:v9.9.9"})
    made = sandbox.control("POST", "/git/commits", json={"files": {"a": "b"}, "branch": "main", "tag": "t"})
    assert sandbox.control("POST", "/reset").status_code == 204

    assert sandbox.dokploy("GET", "project.all").json() == []
    after = sandbox.administrator("GET", f"secret/data/{BACKEND}").json()["data"]
    assert (after["data"], after["metadata"]["version"]) == (before, 1)
    assert sandbox.administrator("GET", "secret/data/finance_report/staging/extra").status_code == 404
    assert sandbox.control("GET", "/faults").json() == []
    assert sandbox.control("GET", "/pace").json()["build"] == 0
    image = {"name": "ghcr.io/zitian-party/finance-report-backend:v9.9.9"}
    assert sandbox.control("DELETE", "/images", json=image).status_code == 404
    remote = ["git", "ls-remote", sandbox.repository]
    refs = subprocess.run(remote, capture_output=True, text=True, check=True).stdout
    assert made.json()["sha"] not in refs
    assert sandbox.vault("GET", f"secret/subkeys/{BACKEND}").status_code == 200


def test_reset_ends_a_deployment_that_runs(sandbox: Launched) -> None:
    sandbox.control("POST", "/reset")
    sandbox.control("POST", "/faults", json={"part": "dokploy", "kind": "freeze", "path": "compose.deploy"})
    project = sandbox.dokploy("POST", "project.create", json={"name": "p", "description": ""}).json()
    compose = sandbox.dokploy(
        "POST",
        "compose.create",
        json={"name": "c", "environmentId": project["environment"]["environmentId"], "appName": "app"},
    ).json()
    number = {"composeId": compose["composeId"]}
    text = "services: {web: {image: 'redis:8.2.1'}}"
    source = {"sourceType": "raw", "composeFile": text}
    sandbox.dokploy("POST", "compose.update", json={**number, **source}).raise_for_status()
    sandbox.dokploy("POST", "compose.deploy", json=number).raise_for_status()
    while not sandbox.dokploy("GET", "deployment.allByCompose", params=number).json():
        pass
    sandbox.control("POST", "/reset")

    assert sandbox.dokploy("GET", "deployment.queueList").json() == []
    tables = sandbox.control("GET", "/engine").json()
    assert (tables["containers"], tables["services"], tables["volumes"]) == ([], [], [])
    assert [path.name for path in (sandbox.root / "dokploy").iterdir()] == []


def test_a_killed_daemon_takes_openbao_along_and_up_finds_its_state(another: Launched) -> None:
    """As after a reboot: no process, a stale pid file, all files there."""
    openbao, ports, env = another.pid("openbao/openbao.pid"), another.ports, another.env
    secret = another.administrator("GET", f"secret/data/{BACKEND}").json()["data"]
    another.dokploy("POST", "project.create", json={"name": "kept", "description": ""}).raise_for_status()
    os.kill(another.pid(), signal.SIGKILL)

    assert gone(openbao)
    another.up()
    assert (another.ports, another.env) == (ports, env)
    assert another.administrator("GET", f"secret/data/{BACKEND}").json()["data"] == secret
    assert "kept" in [row["name"] for row in another.dokploy("GET", "project.all").json()]
    assert another.vault("GET", f"secret/subkeys/{BACKEND}").status_code == 200


def test_a_stale_pid_file_that_names_a_strangers_process_harms_nobody(another: Launched) -> None:
    another("down")
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (another.root / "daemon.pid").write_text(str(stranger.pid))
        another.up()
        alive = stranger.poll() is None
        stranger.kill()

    assert alive


def test_down_stops_openbao_too_and_keeps_the_files(another: Launched) -> None:
    processes = [another.pid(), another.pid("openbao/openbao.pid")]
    done = another("down")

    assert (done.returncode, done.stdout) == (0, "The sandbox is stopped.\n")
    assert [gone(pid) for pid in processes] == [True, True]
    assert another("down").stdout == "No sandbox was running.\n"
    assert (another.root / "sandbox.sqlite").exists()


def test_two_ups_at_once_complete_one_sandbox_whose_seeding_was_interrupted(another: Launched) -> None:
    another("down")
    (another.root / "seeded").unlink()
    refused = another("exec", "true")
    command = [sys.executable, "-m", "sandbox", "up", "--dir", str(another.root)]
    both = [subprocess.Popen(command, cwd=CHECKOUT, stdout=-1, stderr=-1, text=True) for _ in range(2)]
    shown = [process.communicate() for process in both]

    assert refused.returncode == 1
    assert [process.returncode for process in both] == [0, 0], shown
    assert another("exec", "true").returncode == 0


def test_o3_a_port_that_a_stranger_took_is_named(another: Launched) -> None:
    another("down")
    port = another.ports["registry"]
    with socket.create_server(("127.0.0.1", port)):
        done = another("up")

    assert done.returncode == 1
    assert f"{port} (registry)" in done.stderr
    assert "Traceback" not in done.stderr


def test_o3_an_openbao_that_does_not_start_is_shown_with_its_log(another: Launched) -> None:
    another("down")
    key = another.root / "openbao" / "seal.key"
    kept = key.read_text()
    key.write_text("not a key")
    done = another("up")
    key.write_text(kept)

    assert done.returncode == 1
    assert "OpenBao ended with exit code 1" in done.stderr
    assert "Traceback" not in done.stderr


def test_o3_what_needs_a_running_sandbox_says_how_to_start_it(another: Launched) -> None:
    another("down")

    for words in (["exec", "true"], ["deploy"], ["status"]):
        done = another(*words)
        assert done.returncode == 1
        assert "`make sandbox`" in done.stdout + done.stderr


def test_dokploys_vault_token_is_replaced_when_it_ran_out(another: Launched) -> None:
    path = "secret/data/finance_report/staging/deploy"
    accessor = another.administrator("GET", path).json()["data"]["data"]["dokploy_vault_accessor"]
    another.administrator("POST", "auth/token/revoke-accessor", json={"accessor": accessor})
    another("down")
    another.up()

    new = another.administrator("GET", path).json()["data"]["data"]["dokploy_vault_accessor"]
    assert (
        another.administrator("POST", "auth/token/lookup-accessor", json={"accessor": new}).status_code == 200
    )


def test_a_folder_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    done = Launched(tmp_path)("up")

    assert done.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_destroy_without_a_sandbox_has_nothing_to_do(tmp_path: Path) -> None:
    done = Launched(tmp_path / "none")("destroy")

    assert (done.returncode, done.stdout) == (0, "There is no sandbox, hence nothing to destroy.\n")


def test_reset_forgets_what_happened_at_github(sandbox: Launched) -> None:
    sandbox.control("POST", "/reset")
    opened = sandbox.control("POST", "/github/pulls", json={"branch": "feature", "files": {"a": "b"}})
    sandbox.control("POST", "/github/tokens", json={"permissions": {}, "token": "somebody's"})
    assert opened.status_code == 201
    assert len(sandbox.github("GET", "pulls").json()) == 1
    sandbox.control("POST", "/reset")

    assert sandbox.github("GET", "pulls?state=all").json() == []
    assert sandbox.github("GET", "pulls", token="somebody's").status_code == 401
    remote = ["git", "ls-remote", sandbox.repository, "refs/pull/*", "refs/heads/feature"]
    assert subprocess.run(remote, capture_output=True, text=True, check=True).stdout == ""


def test_a_pull_requests_commit_is_fetched_by_its_name(sandbox: Launched, tmp_path: Path) -> None:
    sandbox.control("POST", "/reset")
    body = {"branch": "patch", "files": {"a.txt": "text"}, "fork": True, "author": "stranger"}
    sha = sandbox.control("POST", "/github/pulls", json=body).json()["sha"]
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)

    fetch = ["git", "fetch", "--quiet", "--depth", "1", sandbox.repository, sha]
    subprocess.run(fetch, cwd=tmp_path, check=True)
    show = ["git", "show", "FETCH_HEAD:a.txt"]
    assert subprocess.run(show, cwd=tmp_path, capture_output=True, text=True, check=True).stdout == "text"


def test_the_apps_key_is_good_for_a_token(sandbox: Launched) -> None:
    key = json.loads((sandbox.root / "credentials.json").read_text())["github_app_key"]
    now = int(time.time())
    claims = {"iat": now - 60, "exp": now + 300, "iss": str(APP_ID)}
    signed = jwt.encode(claims, key, algorithm="RS256")
    address = f"{sandbox.env['GITHUB_BASE_URL']}api/v3/app/installations/{INSTALLATION_ID}/access_tokens"
    made = httpx.post(address, headers={"Authorization": f"Bearer {signed}"})

    assert made.status_code == 201, made.text
    assert sandbox.github("GET", "environments", token=made.json()["token"]).status_code == 200
    put = sandbox.github("PUT", "environments/staging", token=made.json()["token"])
    assert (put.status_code, put.headers["x-accepted-github-permissions"]) == (403, "administration=write")
