import shlex

from toolchain.layout import Layout


def shell(layout: Layout) -> str:
    """Return the lines that make a shell use the project's programs: `eval "$(python3 -m toolchain env)"`.

    PULUMI_HOME is the project's own: a login in `~/.pulumi` is not seen, so say where state lives
    with PULUMI_BACKEND_URL (and PULUMI_ACCESS_TOKEN for Pulumi Cloud), as CI does. Bytecode is
    written whatever the shell says: the engine starts interpreters by the dozen.

    Args:
        layout: where things lie.
    """
    ours = (layout.venv / "bin", layout.bin, layout.npm_bin)
    folders = ":".join(shlex.quote(str(folder)) for folder in ours)
    return "\n".join(
        [
            f"export PATH={folders}:$PATH",
            f"export PULUMI_HOME={shlex.quote(str(layout.pulumi_home))}",
            "export PULUMI_SKIP_UPDATE_CHECK=true",
            "unset PYTHONDONTWRITEBYTECODE",
            "",
        ]
    )
