import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from sandbox import daemon, environment
from sandbox.certificates import Authority, write_bundle
from sandbox.deploy import FIRST_RELEASE, ask, deploy, destroy
from sandbox.errors import UnfitAnswer
from sandbox.folder import Folder
from sandbox.runner import Runner
from sandbox.world import Ports
from tests.sandbox.pulumi_stub import PulumiStub

HOST = "report-staging.zitian.party"
ANSWER = b'{"commit":"c1"}'


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "sandbox")
    made.make()
    Authority(made)
    write_bundle(made)
    return made


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PulumiStub:
    stub = PulumiStub(tmp_path / "bin")
    monkeypatch.setattr(environment, "program_folders", lambda: [stub.place])
    return stub


@pytest.fixture
def ingress(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """An ingress that answers everything over TLS; gives the Host headers that it saw."""
    hosts: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(200)
            self.send_header("Content-Length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        server.socket = Authority(folder).context([HOST]).wrap_socket(server.socket, server_side=True)
        monkeypatch.setattr(daemon, "running", lambda _: ports_with(ingress=server.server_port))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield hosts
        server.shutdown()
        thread.join()


def ports_with(*, ingress: int) -> Ports:
    return Ports(
        dokploy=1,
        github=2,
        git=3,
        registry=4,
        ingress=ingress,
        openbao=6,
        openbao_cluster=7,
        control=8,
        oidc=9,
    )


def there(folder: Folder, *stacks: str) -> None:
    place = folder.state / ".pulumi" / "stacks" / "finance-report"
    place.mkdir(parents=True, exist_ok=True)
    for stack in stacks:
        (place / f"{stack}.json").touch()


def running(version: str) -> dict[str, Any]:
    image = f"ghcr.io/zitian-party/finance-report-backend:{version}@sha256:1"
    return {"url": f"https://{HOST}", "release": {"version": version, "images": {"backend": image}}}


def deployed(folder: Folder, **more: Any) -> tuple[int, str]:
    shown = StringIO()
    fields = {"stack": "staging", "release": None, **more}
    code = deploy(folder, console=Console(file=shown, width=200), **fields)
    return code, shown.getvalue()


def up(pulumi: PulumiStub) -> dict[str, Any]:
    (call,) = [call for call in pulumi.calls() if call["words"][0] == "up"]
    return call


def test_a_stack_that_runs_nothing_gets_the_first_release(
    folder: Folder, pulumi: PulumiStub, ingress: list[str]
) -> None:
    pulumi.answer("stack output", text="{}")
    deployed(folder)

    assert up(pulumi)["seen"]["RELEASE"] == FIRST_RELEASE


def test_a_stack_that_runs_something_keeps_it(folder: Folder, pulumi: PulumiStub, ingress: list[str]) -> None:
    pulumi.answer("stack output", text=json.dumps(running("v1.0.1")))
    deployed(folder)

    assert "RELEASE" not in up(pulumi)["seen"]


def test_a_preview_has_no_release(
    folder: Folder, pulumi: PulumiStub, ingress: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi.answer("stack output", text="{}")
    there(folder, "pr-7")
    monkeypatch.setenv("PREVIEW_REF", "preview/pr-7-abcdef0")
    deployed(folder, stack="pr-7")

    assert "RELEASE" not in up(pulumi)["seen"]


def test_a_release_that_is_asked_for_is_deployed(
    folder: Folder, pulumi: PulumiStub, ingress: list[str]
) -> None:
    pulumi.answer("stack output", text=json.dumps(running("v1.0.0")))
    deployed(folder, release="v1.0.1")

    assert up(pulumi)["seen"]["RELEASE"] == "v1.0.1"


def test_state_is_looked_at_before_it_is_trusted(
    folder: Folder, pulumi: PulumiStub, ingress: list[str]
) -> None:
    pulumi.answer("stack output", text="{}")
    deployed(folder)

    assert "--refresh" in up(pulumi)["words"]


def test_what_runs_is_shown_with_its_own_word_for_it(
    folder: Folder, pulumi: PulumiStub, ingress: list[str]
) -> None:
    pulumi.answer("stack output", text=json.dumps(running("v1.0.1")))
    code, shown = deployed(folder)

    assert code == 0
    for text in (f"https://{HOST}", "v1.0.1", "@sha256:1", '200 {"commit":"c1"}', "curl --cacert"):
        assert text in shown
    assert ingress == [HOST]


def test_a_failed_up_ends_with_pulumis_exit_code(
    folder: Folder, pulumi: PulumiStub, ingress: list[str]
) -> None:
    pulumi.answer("stack output", text="{}")
    pulumi.answer("up", code=255)

    assert deployed(folder) == (255, "")


def test_o3_an_address_that_does_not_answer_is_an_error_with_its_name(
    folder: Folder, pulumi: PulumiStub, ingress: list[str]
) -> None:
    with pytest.raises(UnfitAnswer, match=r"https://elsewhere\.example\.com/health"):
        ask(Runner(folder), "https://elsewhere.example.com/health")


def destroyed(folder: Folder, stack: str | None = None) -> int:
    return destroy(folder, stack=stack, console=Console(file=StringIO()))


def lines(pulumi: PulumiStub, word: str) -> list[str]:
    return [line for line in pulumi.lines() if line.startswith(word)]


@pytest.fixture
def running_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "running", lambda _: ports_with(ingress=5))


def test_all_stacks_of_the_backend_are_destroyed(
    folder: Folder, pulumi: PulumiStub, running_sandbox: None
) -> None:
    there(folder, "staging", "pr-7", "production")

    assert destroyed(folder) == 0
    assert [line.split("--stack ")[1].split()[0] for line in lines(pulumi, "destroy")] == [
        "pr-7",
        "production",
        "staging",
    ]


def test_p3_of_a_preview_nothing_stays_a_standing_stack_keeps_its_history(
    folder: Folder, pulumi: PulumiStub, running_sandbox: None
) -> None:
    there(folder, "staging", "pr-7")
    destroyed(folder)

    assert ["--remove" in line for line in lines(pulumi, "destroy")] == [True, False]


def test_productions_protection_is_lifted_in_the_sandbox_only_for_its_destroy(
    folder: Folder, pulumi: PulumiStub, running_sandbox: None
) -> None:
    there(folder, "staging", "production")
    destroyed(folder)

    assert lines(pulumi, "state unprotect") == ["state unprotect --all --yes --stack production"]


def test_a_destroy_that_fails_ends_with_its_exit_code_and_touches_no_further_stack(
    folder: Folder, pulumi: PulumiStub, running_sandbox: None
) -> None:
    there(folder, "pr-7", "staging")
    pulumi.answer("destroy --stack pr-7", code=255)

    assert destroyed(folder) == 255
    assert len(lines(pulumi, "destroy")) == 1
