import os
import subprocess
from pathlib import Path

from toolchain import exports
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
