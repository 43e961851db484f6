import os
import shlex
import shutil
from pathlib import Path


def program(source: Path, *, at: Path) -> None:
    """Put a program under a name, replacing what has it in one step; one that runs keeps running.

    A hard link where the file system allows it, else a copy. Not a symbolic link: the engine
    resolves its own path, finds its language host in another folder than PATH does, and warns
    about it in every run (measured with 3.250, 2026-11-23). So the cache may also be cleared.

    Args:
        source: the program.
        at: the name; its folder is made.
    """
    half = _half(at)
    try:
        os.link(source, half)
    except OSError:  # another file system, or one without hard links
        shutil.copy2(source, half)
    # to replace a file by a hard link to itself does nothing, and would leave the half one
    half.replace(at)
    half.unlink(missing_ok=True)


def call(target: Path, *, at: Path) -> None:
    """Put a script under a name that becomes another program, which so keeps its own path.

    Args:
        target: the program to become.
        at: the script's name; its folder is made.
    """
    half = _half(at)
    half.write_text(f'#!/bin/sh\nexec {shlex.quote(str(target))} "$@"\n', encoding="utf-8")
    half.chmod(0o755)
    half.replace(at)


def _half(at: Path) -> Path:
    at.parent.mkdir(parents=True, exist_ok=True)
    half = at.with_name(f".{at.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    return half
