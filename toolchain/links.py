import os
from pathlib import Path


def point(link: Path, *, at: Path) -> None:
    """Make a symbolic link, replacing whatever file or link has its name, in one step.

    A program that runs from the old target keeps running.

    Args:
        link: the link to make; its folder is made as well.
        at: what it points at.
    """
    link.parent.mkdir(parents=True, exist_ok=True)
    half = link.with_name(f".{link.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    half.symlink_to(at)
    half.replace(link)
