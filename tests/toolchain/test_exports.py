import os
import subprocess
from pathlib import Path

import pytest

from toolchain import exports
from toolchain.errors import ToolchainError
from toolchain.layout import Layout


def test_a_shell_that_evaluates_the_lines_has_the_project_s_programs_first(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path / "a checkout's folder", cache=tmp_path)
    script = (
        exports.shell(layout) + 'printf "%s\\n" "$PATH" "$PULUMI_HOME" "${PYTHONDONTWRITEBYTECODE-unset}"'
    )

    lines = subprocess.run(
        ["/bin/sh", "-c", script],
        env=os.environ | {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    root = layout.root
    assert lines == [
        f"{root}/.venv/bin:{root}/.toolchain/bin:{root}/node_modules/.bin:/usr/bin:/bin",
        f"{root}/.toolchain/pulumi-home",
        "unset",
    ]


def test_the_later_steps_of_a_job_have_the_same_programs_first(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path / "checkout", cache=tmp_path)
    files = {name: str(tmp_path / name) for name in ("GITHUB_PATH", "GITHUB_ENV")}

    exports.runner(layout, files)

    root = layout.root
    # the runner puts each line in front of those before it
    assert (tmp_path / "GITHUB_PATH").read_text().splitlines()[::-1] == [
        f"{root}/.venv/bin",
        f"{root}/.toolchain/bin",
        f"{root}/node_modules/.bin",
    ]
    assert (tmp_path / "GITHUB_ENV").read_text().splitlines() == [
        f"PULUMI_HOME={root}/.toolchain/pulumi-home",
        "PULUMI_SKIP_UPDATE_CHECK=true",
    ]


def test_outside_of_a_job_it_says_what_to_run_instead(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="toolchain env"):
        exports.runner(Layout(root=tmp_path, cache=tmp_path), {"GITHUB_PATH": str(tmp_path / "path")})

    assert list(tmp_path.iterdir()) == []
