"""The program's whole configuration, from the variable in which the language host hands it over."""

import json

import pulumi
import pytest

from components.settings import load_settings
from model.errors import SettingsError
from tests.program.recording import config


@pytest.fixture(autouse=True)
def in_staging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi, "get_project", lambda: "finance-report")
    monkeypatch.setattr(pulumi, "get_stack", lambda: "staging")


def test_the_files_of_the_checkout_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", config("staging"))

    assert load_settings().domain == "zitian.party"


def test_a_misspelt_key_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", config("staging", hostprefix="x"))

    with pytest.raises(SettingsError, match="did you mean hostPrefix"):
        load_settings()


def test_keys_of_other_namespaces_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = {**json.loads(config("staging")), "github:owner": "someone"}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(raw))

    assert load_settings().repository == "finance_report"


def test_a_release_in_a_file_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", config("staging", release="v1.0.0"))

    with pytest.raises(SettingsError, match="set RELEASE in the environment"):
        load_settings()


def test_no_configuration_at_all_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_CONFIG", raising=False)

    with pytest.raises(SettingsError, match=r"Pulumi\.staging\.yaml"):
        load_settings()
