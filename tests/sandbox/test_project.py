from pathlib import Path

import pytest
import yaml

from sandbox.errors import CommandFailed
from sandbox.folder import Folder
from sandbox.project import Project

MIRROR = "127.0.0.1:5443"
VAULT = "http://127.0.0.1:8200"
SALT = "encryptionsalt: v1:abc=:v1:def\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    place = tmp_path / "checkout"
    place.mkdir()
    (place / "Pulumi.yaml").write_text(
        "name: finance-report\n"
        "runtime: {name: python, options: {virtualenv: .venv}}\n"
        "config:\n  docker:registryAuth: {value: [{address: ghcr.io}]}\n"
    )
    (place / "Pulumi.staging.yaml").write_text("config:\n  finance-report:domain: zitian.party  # ours\n")
    return place


@pytest.fixture
def folder(source: Path) -> Folder:
    made = Folder(source / ".sandbox")
    made.make()
    return made


@pytest.fixture
def project(folder: Folder, source: Path) -> Project:
    made = Project(folder, source=source)
    made.refresh(registry=MIRROR, vault=VAULT)
    return made


def test_the_copy_leads_back_to_the_program(project: Project, folder: Folder, source: Path) -> None:
    content = yaml.safe_load((folder.project / "Pulumi.yaml").read_text())

    assert content["main"] == "../.."
    assert content["runtime"]["options"]["virtualenv"] == str(source / ".venv")


def test_credentials_are_looked_up_for_the_mirror_too(project: Project, folder: Folder) -> None:
    content = yaml.safe_load((folder.project / "Pulumi.yaml").read_text())

    assert content["config"]["docker:registryAuth"]["value"] == [{"address": "ghcr.io"}, {"address": MIRROR}]


def test_credentials_are_looked_up_also_when_the_project_lists_no_registry(
    project: Project, folder: Folder, source: Path
) -> None:
    (source / "Pulumi.yaml").write_text("name: finance-report\nruntime: python\n")

    project.refresh(registry=MIRROR, vault=VAULT)
    content = yaml.safe_load((folder.project / "Pulumi.yaml").read_text())
    assert content["config"]["docker:registryAuth"]["value"] == [{"address": MIRROR}]


def test_a_stack_file_is_copied_word_for_word(project: Project, folder: Folder, source: Path) -> None:
    assert (folder.project / "Pulumi.staging.yaml").read_text() == (
        source / "Pulumi.staging.yaml"
    ).read_text()


def test_what_pulumi_wrote_into_the_copy_stays(project: Project, folder: Folder) -> None:
    copy = folder.project / "Pulumi.staging.yaml"
    changed = copy.read_text() + "  finance-report:waitMinutes: 5\n" + SALT
    copy.write_text(changed)

    project.refresh(registry=MIRROR, vault=VAULT)
    assert copy.read_text() == changed


def test_a_changed_original_is_copied_again_with_the_sandboxs_salt(
    project: Project, folder: Folder, source: Path
) -> None:
    copy = folder.project / "Pulumi.staging.yaml"
    copy.write_text(copy.read_text() + SALT)
    (source / "Pulumi.staging.yaml").write_text("encryptionsalt: v1:theirs\nconfig: {}\n")

    project.refresh(registry=MIRROR, vault=VAULT)
    assert copy.read_text() == "config: {}\n" + SALT


def test_a_copy_that_destroy_remove_deleted_comes_back(project: Project, folder: Folder) -> None:
    (folder.project / "Pulumi.staging.yaml").unlink()

    project.refresh(registry=MIRROR, vault=VAULT)
    assert (folder.project / "Pulumi.staging.yaml").exists()


def test_the_checkout_is_never_written_to(project: Project, source: Path) -> None:
    assert {path.name for path in source.iterdir()} == {"Pulumi.yaml", "Pulumi.staging.yaml", ".sandbox"}


def test_the_backends_stacks_are_those_of_this_project(project: Project, folder: Folder) -> None:
    stacks = folder.state / ".pulumi" / "stacks"
    for file in (
        "finance-report/staging.json",
        "finance-report/pr-7.json.gz",
        "finance-report/staging.json.bak",
    ):
        (stacks / file).parent.mkdir(parents=True, exist_ok=True)
        (stacks / file).touch()
    (stacks / "other").mkdir()
    (stacks / "other" / "production.json").touch()

    assert project.stacks() == ["pr-7", "staging"]


def test_a_checkout_without_a_project_is_said(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"Pulumi\.yaml"):
        Project(folder, source=tmp_path / "nowhere").refresh(registry=MIRROR, vault=VAULT)


def test_p10_the_sandbox_has_one_server_and_acknowledges_it(folder: Folder, source: Path) -> None:
    (source / "Pulumi.yaml").write_text(
        "name: finance-report\nruntime: python\n"
        "config:\n  previewsBesideStanding: {type: boolean, default: false}\n"
    )

    Project(folder, source=source).refresh(registry=MIRROR, vault=VAULT)
    content = yaml.safe_load((folder.project / "Pulumi.yaml").read_text())

    assert content["config"]["previewsBesideStanding"]["default"] is True


def test_jobs_in_the_sandbox_ask_its_own_vault(folder: Folder, source: Path) -> None:
    (source / "Pulumi.yaml").write_text(
        "name: finance-report\nruntime: python\n"
        "config:\n  vaultAddr: {type: string, default: https://vault.example.org}\n"
    )

    Project(folder, source=source).refresh(registry=MIRROR, vault=VAULT)
    content = yaml.safe_load((folder.project / "Pulumi.yaml").read_text())

    assert content["config"]["vaultAddr"]["default"] == VAULT
