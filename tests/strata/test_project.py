from pathlib import Path

import pytest

from model.errors import SettingsError
from model.layers import Stack
from strata.errors import NoProject
from strata.project import Project
from tests.strata.conftest import ROOT, Here

STAGING = Stack.parse("staging")


def test_the_projects_own_files_give_valid_settings_for_both_standing_stacks() -> None:
    project = Project.find({}, start=ROOT / "tests")

    assert project.folder == ROOT
    for stack in (STAGING, Stack.parse("production")):
        assert project.settings(stack).images.backend.startswith("ghcr.io/")
    assert project.names(STAGING).vault_provider == "finance-report-staging"


def test_the_stack_file_stands_above_the_defaults_and_objects_stay_objects(here: Here) -> None:
    here.stack_file("staging", domain="example.org", waitMinutes=7, reviewerUsers=[3, 4])

    settings = Project.find({}, start=here.folder).settings(STAGING)

    assert (settings.domain, settings.wait_minutes, settings.reviewer_users) == ("example.org", 7, (3, 4))
    assert settings.host_prefix == "report"


def test_a_misspelt_key_is_refused_as_the_program_does(here: Here) -> None:
    here.stack_file("staging", domian="example.org")

    with pytest.raises(SettingsError, match="did you mean domain"):
        Project.find({}, start=here.folder).settings(STAGING)


@pytest.mark.parametrize("content", [b"config:\n  a: 1\n b: 2\n", b"config: \xff\xfe\n"])
def test_a_stack_file_that_is_no_yaml_is_named(here: Here, content: bytes) -> None:
    (here.folder / "Pulumi.staging.yaml").write_bytes(content)

    with pytest.raises(SettingsError, match=r"Pulumi\.staging\.yaml is not YAML"):
        Project.find({}, start=here.folder).settings(STAGING)


def test_encrypted_values_are_left_out(here: Here) -> None:
    (here.folder / "Pulumi.staging.yaml").write_text("config:\n  other:key:\n    secure: v1:abc\n")

    assert Project.find({}, start=here.folder).settings(STAGING).app == "finance_report"


def test_there_is_no_project_above_the_root(tmp_path: Path) -> None:
    with pytest.raises(NoProject):
        Project.find({}, start=tmp_path)


@pytest.mark.parametrize("leads_there", [True, False])
def test_the_sandboxs_own_stack_files_count_when_the_backend_is_the_sandboxs(
    here: Here, tmp_path: Path, *, leads_there: bool
) -> None:
    sandbox = tmp_path / ".sandbox"
    (sandbox / "project").mkdir(parents=True)
    (sandbox / "project" / "Pulumi.yaml").write_text((here.folder / "Pulumi.yaml").read_text())
    env = {
        "STRATA_SANDBOX_DIR": str(sandbox),
        "PULUMI_BACKEND_URL": f"file://{sandbox}/state" if leads_there else "s3://bucket",
    }

    found = Project.find(env, start=here.folder)

    assert found.folder == (sandbox / "project" if leads_there else here.folder)
