import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from toolchain.errors import ProgramError, ToolchainError

_TAIL = 12
"""Lines of a failed program's output that are shown; the rest is in its log."""


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    todo: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    log: Path | None = None,
    timeout: float | None = None,
) -> str:
    """Run a program to its end and return what it wrote to stdout; it has no stdin and cannot ask.

    Args:
        command: the program and its arguments.
        what: what is being done, for the message of a failure.
        todo: what to do if it fails.
        env: the whole environment; this process's own if not given.
        cwd: the folder to run in.
        log: where all output of a failure is kept.
        timeout: seconds; unlimited if not given.

    Raises:
        ProgramError: it ends with another code than 0.
        ToolchainError: it cannot be started, or takes too long.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            env=env,
            cwd=cwd,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise ToolchainError(f"{what}: cannot start {words[0]}: {error.strerror}", todo=todo) from None
    except subprocess.TimeoutExpired:
        raise ToolchainError(f"{what}: {words[0]} did not end within {timeout} s", todo=todo) from None
    if done.returncode == 0:
        return done.stdout
    output = (done.stdout + done.stderr).rstrip()
    lines = output.splitlines()
    message = f"{what}: `{' '.join(words[:3])} …` ended with code {done.returncode}"
    if lines:
        message += "\n" + "\n".join(f"  | {line}" for line in lines[-_TAIL:])
    if log and len(lines) > _TAIL:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(output + "\n", encoding="utf-8")
        message += f"\n  all of it: {log}"
    raise ProgramError(message, todo=todo, stdout=done.stdout)
