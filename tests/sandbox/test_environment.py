import os
import stat
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

from sandbox import environment
from sandbox.credentials import Credentials
from sandbox.folder import Folder
from sandbox.world import Ports

PORTS = Ports(
    dokploy=1, github=2, git=3, registry=4, ingress=5, openbao=6, openbao_cluster=7, control=8, oidc=9
)
CREDENTIALS = Credentials(
    dokploy_api_key='a "key" # of $HOME',
    github_token="g",
    registry_password="r",
    passphrase="p",
    vault_token="v",
)
# The contract between the sandbox and the rooms that are led to it.
NAMES = {
    "DOKPLOY_URL", "DOKPLOY_API_KEY", "VAULT_ADDR", "VAULT_TOKEN", "GITHUB_TOKEN", "GITHUB_OWNER",
    "GITHUB_BASE_URL", "GITHUB_SERVER_URL", "REGISTRY_PASSWORD", "DOCKER_CONFIG", "STRATA_REGISTRY_MIRROR",
    "STRATA_CONNECT_TO", "SSL_CERT_FILE", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "sand box")
    made.make()
    return made


@pytest.fixture
def variables(folder: Folder) -> dict[str, str]:
    return environment.variables(folder, ports=PORTS, credentials=CREDENTIALS)


def test_every_variable_of_the_contract_is_there_and_filled(variables: dict[str, str]) -> None:
    assert {name for name in NAMES if not variables.get(name)} == set()


def test_a_shell_that_sources_the_file_has_the_values(folder: Folder, variables: dict[str, str]) -> None:
    environment.write_env_file(folder, variables)
    shell = subprocess.run(
        ["sh", "-c", f'. "{folder.env}"; env -0'],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )

    seen = dict(line.split("=", 1) for line in shell.stdout.split("\0") if line)
    assert {name: seen[name] for name in variables} == variables
    assert seen["PATH"].endswith(os.environ["PATH"])
    assert seen["PATH"] != os.environ["PATH"]


def test_what_reads_env_files_has_the_same_values(folder: Folder, variables: dict[str, str]) -> None:
    environment.write_env_file(folder, variables)

    read = dotenv_values(stream=StringIO(folder.env.read_text()))
    assert {name: read[name] for name in variables} == variables


def test_the_file_begins_with_where_pulumi_belongs(folder: Folder, variables: dict[str, str]) -> None:
    environment.write_env_file(folder, variables)

    first, second, *_ = folder.env.read_text().splitlines()
    assert first.startswith(f"# pulumi belongs into {folder.project}")
    assert "`strata sandbox exec pulumi" in second


def test_only_the_owner_reads_the_file(folder: Folder, variables: dict[str, str]) -> None:
    environment.write_env_file(folder, variables)

    assert stat.S_IMODE(folder.env.stat().st_mode) == 0o600


def test_nothing_of_the_callers_leads_to_a_real_server(variables: dict[str, str]) -> None:
    caller = {
        "PATH": "/bin",
        "VAULT_ADDR": "https://vault.example.com",
        "VAULT_NAMESPACE": "team",
        "BAO_TOKEN": "t",
        "DOKPLOY_VAULT_ADDR": "https://vault.example.com",
        "PULUMI_CONFIG_PASSPHRASE_FILE": "/p",
        "GH_TOKEN": "t",
    }

    found = environment.for_command(variables, caller)
    assert found["VAULT_ADDR"] == variables["VAULT_ADDR"]
    assert {name for name in caller if name in found and name not in variables} == {"PATH"}


def test_what_concerns_the_command_itself_stays(variables: dict[str, str]) -> None:
    caller = {"RELEASE": "v1.0.1", "PREVIEW_REF": "preview/pr-7-abcdef0", "LANG": "C"}

    found = environment.for_command(variables, caller)
    assert {name: found[name] for name in caller} == caller


def test_loopback_is_reached_without_the_companys_proxy(variables: dict[str, str]) -> None:
    found = environment.for_command(variables, {"HTTP_PROXY": "http://proxy", "NO_PROXY": "example.com"})

    assert found["NO_PROXY"] == "127.0.0.1,localhost,example.com"
