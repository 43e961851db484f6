import json
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from model.configfile import project_name, raw_config
from model.errors import SettingsError
from model.settings import Settings
from tests.model.plans import PROJECT, ROOT, raw, settings

# Any text is one of these.
FREE = {
    "registryUrl",
    "registryUsername",
    "registryCredentialVersion",
    "previewSshKeyId",
    "previewGithubId",
    "previewLabel",
}
KINDS = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def schema() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    return {key: entry for key, entry in config.items() if ":" not in key}


def refused(**changes: str) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(**changes)
    return str(caught.value)


def test_the_schema_and_the_model_have_the_same_keys() -> None:
    assert list(schema()) == [field.alias for field in Settings.model_fields.values()]


def test_the_schema_and_the_model_have_the_same_kinds() -> None:
    told = Settings.model_json_schema(by_alias=True)["properties"]
    kinds = {key: "object" if "$ref" in entry else entry["type"] for key, entry in told.items()}

    assert kinds == {key: entry["type"] for key, entry in schema().items()}


def test_the_items_of_lists_have_the_same_kind() -> None:
    told = Settings.model_json_schema(by_alias=True)["properties"]
    items = {key: entry["items"]["type"] for key, entry in told.items() if entry.get("type") == "array"}

    assert items == {key: entry["items"]["type"] for key, entry in schema().items() if "items" in entry}


def test_every_key_has_a_default_or_the_cli_refuses_stacks_without_it() -> None:
    assert [key for key, entry in schema().items() if "default" not in entry] == []


def test_every_key_is_described() -> None:
    assert [key for key, entry in schema().items() if not entry.get("description")] == []


def test_every_default_is_of_the_kind_that_the_schema_says() -> None:
    wrong = [key for key, entry in schema().items() if not isinstance(entry["default"], KINDS[entry["type"]])]

    assert wrong == []


def test_the_model_has_no_defaults_of_its_own() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.is_required()] == []


def test_registries_are_asked_without_a_docker_daemon() -> None:
    assert raw()["docker:disableDockerDaemonCheck"] == "true"


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_the_shipped_stack_files_are_valid(stack: str) -> None:
    assert settings(stack).app == "finance_report"


def test_decision_1_the_stack_files_do_not_say_which_stack_they_are() -> None:
    own = [yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text()) for stack in ("staging", "production")]

    assert [
        key for config in own for key in config["config"] if key.endswith((":env", ":stack", ":layer"))
    ] == []


@pytest.mark.parametrize("key", ["github:owner", "docker:host", "pulumi:disable-default-providers"])
def test_the_namespaces_of_providers_are_not_ours(key: str) -> None:
    assert Settings.load(raw() | {key: "x"}, project=PROJECT) == settings()


@pytest.mark.parametrize(
    "namespace", ["finance_report", "financeReport", "finance-reprot", "finance-reports"]
)
def test_a_misspelt_namespace_is_answered_with_the_right_one(namespace: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(raw() | {f"{namespace}:reviewerTeams": "[4711]"}, project=PROJECT)

    assert f"{namespace}:reviewerTeams: the namespace is finance-report here" in str(caught.value)
    assert "write finance-report:reviewerTeams" in str(caught.value)
    assert "4711" not in str(caught.value)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings().domain = "example.org"  # type: ignore[misc]


def test_a_misspelt_key_is_answered_with_the_nearest() -> None:
    assert "waitMinute: no such setting; did you mean waitMinutes?" in refused(waitMinute="3")


def test_a_misspelt_key_inside_an_object_is_answered_with_the_nearest() -> None:
    assert "images.frontent: no such setting; did you mean frontend?" in refused(
        images='{"backend": "ghcr.io/a/b", "frontend": "ghcr.io/a/c", "frontent": "x"}'
    )


def test_a_key_that_resembles_none_is_answered_with_all() -> None:
    assert "zzz: no such setting; the keys are adopt, app, deployTimeoutSeconds" in refused(zzz="1")


def test_a_release_in_a_file_is_refused_with_the_reason() -> None:
    text = refused(release="v1.0.45")

    assert "set RELEASE in the environment" in text
    assert "v1.0.45" not in text


@pytest.mark.parametrize(
    ("key", "text", "line"),
    [
        ("waitMinutes", "soon", "waitMinutes: expected an integer, got a string"),
        ("waitMinutes", "1.5", "waitMinutes: expected an integer, got a number"),
        ("waitMinutes", "true", "waitMinutes: expected an integer, got a boolean"),
        ("waitMinutes", "43201", "waitMinutes: input should be less than or equal to 43200"),
        ("images", "none", "images: expected an object, got a string"),
        ("images", "[]", "images: expected an object, got a list"),
        (
            "images",
            '{"backend": 3, "frontend": "ghcr.io/a/b"}',
            "images.backend: expected a string, got an integer",
        ),
        ("reviewerTeams", "7", "reviewerTeams: expected a list, got an integer"),
        ("reviewerTeams", '["seven"]', "reviewerTeams.0: expected an integer, got a string"),
        ("reviewerUsers", "[0]", "reviewerUsers.0: input should be greater than 0"),
        ("domain", "zitian party", "domain: not well-formed; for example example.org"),
        (
            "images",
            '{"backend": "app", "frontend": "ghcr.io/a/b"}',
            "images.backend: not well-formed; for example",
        ),
        ("repository", "owner/name", "repository: not well-formed; for example finance_report"),
        ("vaultAddr", "", "vaultAddr: not well-formed; for example https://vault.example.org"),
        ("vaultAddr", "http://vault.example.org", "vaultAddr: not well-formed"),
        ("vaultAddr", "https://me:word@vault.example.org", "vaultAddr: not well-formed"),
        ("vaultAddr", "https://vault.example.org/", "vaultAddr: not well-formed"),
    ],
)
def test_a_wrong_value_is_one_line_with_what_is_expected(key: str, text: str, line: str) -> None:
    assert refused(**{key: text}).splitlines()[1].strip().startswith(line)


def test_all_faults_are_told_at_once_and_the_file_is_named() -> None:
    lines = refused(waitMinutes="soon", tsl="none", domain="x").splitlines()

    assert "Pulumi.staging.yaml" in lines[0]
    assert len(lines) == 5


def test_a_missing_key_is_named() -> None:
    without = {key: text for key, text in raw().items() if key != f"{PROJECT}:domain"}

    with pytest.raises(SettingsError, match="domain: missing"):
        Settings.load(without, project=PROJECT)


@pytest.mark.parametrize("key", sorted(set(schema()) - FREE))
def test_v1_no_fault_repeats_the_value(key: str) -> None:
    canary = 'Canary {"4711": '

    assert "4711" not in refused(**{key: canary})


def test_v1_a_validation_error_of_the_model_hides_its_input() -> None:
    assert all(model.model_config.get("hide_input_in_errors") for model in _models(Settings))


def _models(model: type[BaseModel]) -> list[type[BaseModel]]:
    inner = [field.annotation for field in model.model_fields.values()]
    return [model, *(one for one in inner if isinstance(one, type) and issubclass(one, BaseModel))]


def test_the_files_are_read_as_the_cli_hands_them_over() -> None:
    project = (
        "name: p\nconfig:\n  a: {type: integer, default: 3}\n  b: {default: [1]}\n  x:c: {value: 'true'}\n"
    )

    read = raw_config(project, "config:\n  p:a: 5\n  p:d: text\n  p:s: {secure: v1:abc}\n", stack="staging")

    assert read == {"p:a": "5", "p:b": "[1]", "x:c": "true", "p:d": "text"}


def test_booleans_and_objects_are_handed_over_as_json() -> None:
    read = raw_config("name: p\n", "config:\n  p:a: true\n  p:b: {k: [1, 2]}\n", stack="staging")

    assert {key: json.loads(text) for key, text in read.items()} == {"p:a": True, "p:b": {"k": [1, 2]}}


@pytest.mark.parametrize(
    ("project", "own", "told"),
    [
        ("name: [", "", "Pulumi.yaml is not YAML"),
        ("- name", "", "Pulumi.yaml is not a mapping"),
        ("runtime: python", "", "Pulumi.yaml has no name"),
        ("name: p", "config: {", "Pulumi.staging.yaml is not YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(project: str, own: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        raw_config(project, own, stack="staging")


def test_the_project_is_called_as_its_resources_are() -> None:
    assert project_name((ROOT / "Pulumi.yaml").read_text()) == PROJECT
