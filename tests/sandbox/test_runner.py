from pathlib import Path

import pytest

from sandbox import daemon, environment
from sandbox.errors import CommandFailed
from sandbox.folder import Folder
from sandbox.runner import Runner
from sandbox.world import Ports
from tests.sandbox.pulumi_stub import PulumiStub

PORTS = Ports(
    dokploy=1, github=2, git=3, registry=4, ingress=5, openbao=6, openbao_cluster=7, control=8, oidc=9
)


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PulumiStub:
    stub = PulumiStub(tmp_path / "bin")
    monkeypatch.setattr(environment, "program_folders", lambda: [stub.place])
    return stub


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    made = Folder(tmp_path / "sandbox")
    made.make()
    monkeypatch.setattr(daemon, "running", lambda _: PORTS)
    return made


def there(folder: Folder, stack: str) -> None:
    file = folder.state / ".pulumi" / "stacks" / "finance-report" / f"{stack}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def test_a_command_runs_in_the_project_folder_and_is_led_to_the_sandbox(
    folder: Folder, pulumi: PulumiStub
) -> None:
    Runner(folder).run(["pulumi", "stack", "ls"])

    (call,) = pulumi.calls()
    assert call["cwd"] == str(folder.project)
    assert call["seen"] == {
        "PULUMI_BACKEND_URL": f"file://{folder.state}",
        "DOKPLOY_URL": "http://127.0.0.1:1",
    }


@pytest.mark.parametrize("administrator", [False, True])
def test_v3_a_command_has_the_administrators_token_only_when_that_is_asked_for(
    folder: Folder, *, administrator: bool
) -> None:
    (folder.openbao / "root-token").write_text("the administrator's")

    found = Runner(folder, administrator=administrator).environment

    assert (found["VAULT_TOKEN"] == "the administrator's") is administrator


def test_its_exit_code_is_the_commands(folder: Folder, pulumi: PulumiStub) -> None:
    pulumi.answer("preview", code=7)

    assert Runner(folder).run(["pulumi", "preview"]) == 7


def test_a_stack_that_is_missing_is_made_first(folder: Folder, pulumi: PulumiStub) -> None:
    Runner(folder).run(["pulumi", "preview", "--stack", "staging"])

    assert pulumi.lines() == ["stack init staging --non-interactive", "preview --stack staging"]


def test_a_stack_that_is_there_is_left_alone(folder: Folder, pulumi: PulumiStub) -> None:
    there(folder, "staging")
    Runner(folder).run(["pulumi", "preview", "--stack", "staging"])

    assert pulumi.lines() == ["preview --stack staging"]


def test_a_misspelt_stack_is_for_pulumi_to_refuse(folder: Folder, pulumi: PulumiStub) -> None:
    Runner(folder).run(["pulumi", "preview", "--stack", "stagign"])

    assert pulumi.lines() == ["preview --stack stagign"]


def test_another_run_may_make_the_same_stack_at_the_same_moment(folder: Folder, pulumi: PulumiStub) -> None:
    pulumi.answer("stack init", text="error: stack 'staging' already exists", code=1)

    assert Runner(folder).run(["pulumi", "preview", "--stack", "staging"]) == 0


def test_o3_a_stack_that_cannot_be_made_shows_pulumis_words(folder: Folder, pulumi: PulumiStub) -> None:
    pulumi.answer("stack init", text="error: no space left", code=1)

    with pytest.raises(CommandFailed, match="no space left"):
        Runner(folder).run(["pulumi", "preview", "--stack", "staging"])


def test_a_preview_that_the_caller_pinned_is_taken_as_it_is(
    folder: Folder, pulumi: PulumiStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    there(folder, "pr-7")
    monkeypatch.setenv("PREVIEW_REF", "preview/pr-7-abcdef0")
    Runner(folder).run(["pulumi", "up", "--stack", "pr-7"])

    assert pulumi.calls()[0]["seen"]["PREVIEW_REF"] == "preview/pr-7-abcdef0"


def test_o3_a_program_that_is_not_there_is_named(folder: Folder, pulumi: PulumiStub) -> None:
    with pytest.raises(CommandFailed, match="`no-such-program`"):
        Runner(folder).replace(["no-such-program"])
