import shlex
from collections.abc import Mapping
from pathlib import Path

from toolchain.errors import ToolchainError
from toolchain.layout import Layout


def shell(layout: Layout) -> str:
    """Return the lines that make a shell use the project's programs: `eval "$(python3 -m toolchain env)"`.

    PULUMI_HOME is the project's own: a login in `~/.pulumi` is not seen, so say where state lives
    with PULUMI_BACKEND_URL (and PULUMI_ACCESS_TOKEN for Pulumi Cloud), as CI does. Bytecode is
    written whatever the shell says: the engine starts interpreters by the dozen.

    Args:
        layout: where things lie.
    """
    folders = ":".join(shlex.quote(str(folder)) for folder in _folders(layout))
    return "\n".join(
        [
            f"export PATH={folders}:$PATH",
            f"export PULUMI_HOME={shlex.quote(str(layout.pulumi_home))}",
            "export PULUMI_SKIP_UPDATE_CHECK=true",
            "unset PYTHONDONTWRITEBYTECODE",
            "",
        ]
    )


def runner(layout: Layout, env: Mapping[str, str]) -> None:
    """Tell the later steps of a job the same, in the files that GitHub's runner names.

    Args:
        layout: where things lie.
        env: of the step; GITHUB_PATH and GITHUB_ENV are files to append to.

    Raises:
        ToolchainError: this is no job of a runner.
    """
    if not (env.get("GITHUB_PATH") and env.get("GITHUB_ENV")):
        raise ToolchainError(
            "there is no GITHUB_PATH and GITHUB_ENV: this is no step of a workflow",
            todo='run `eval "$(python3 -m toolchain env)"` in a shell',
        )
    with Path(env["GITHUB_PATH"]).open("a", encoding="utf-8") as path:
        # what is added last comes first
        path.writelines(f"{folder}\n" for folder in reversed(_folders(layout)))
    with Path(env["GITHUB_ENV"]).open("a", encoding="utf-8") as variables:
        variables.write(f"PULUMI_HOME={layout.pulumi_home}\nPULUMI_SKIP_UPDATE_CHECK=true\n")


def _folders(layout: Layout) -> tuple[Path, Path, Path]:
    return layout.venv / "bin", layout.bin, layout.npm_bin
