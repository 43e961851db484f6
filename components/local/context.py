"""What an image is built from, as one short text: the same context, the same text, on any machine."""

import hashlib
from pathlib import Path

from docker.utils.build import PatternMatcher

from model.errors import ComposeError
from model.local.service import Build

_DIGITS = 12


def digest(service: str, build: Build) -> str:
    """Twelve hexadecimal digits over the files that Docker would be sent, and over how they are built.

    Args:
        service: for the refusal.
        build: its context absolute.

    Raises:
        ComposeError: the folder or its Dockerfile is not there.
    """
    root = Path(build.context)
    dockerfile = root / build.dockerfile
    if not dockerfile.is_file():
        raise ComposeError(
            f"services.{service}.build: there is no {build.dockerfile} in {root}; nothing was changed. "
            "Next: correct `context` or `dockerfile`, or check the folder out"
        )
    found = hashlib.sha256(build.model_dump_json(exclude={"context"}).encode())
    for name in sorted(_sent(root, build.dockerfile)):
        _add(found, root, name)
    return found.hexdigest()[:_DIGITS]


def _sent(root: Path, dockerfile: str) -> set[str]:
    """Relative names of what `.dockerignore` lets through; the Dockerfile always."""
    ignore = root / ".dockerignore"
    lines = ignore.read_text(encoding="utf-8").splitlines() if ignore.is_file() else []
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return set(PatternMatcher([*patterns, f"!{dockerfile}"]).walk(str(root)))


def _add(found: "hashlib._Hash", root: Path, name: str) -> None:
    """Name, kind, the bit that makes it executable, and content; times and owners are not sent on."""
    file = root / name
    if file.is_symlink():
        kind, content = "link", str(file.readlink()).encode()
    elif file.is_dir():
        return
    else:
        kind = "program" if file.stat().st_mode & 0o100 else "file"
        content = file.read_bytes()
    for part in (name.encode(), kind.encode(), content):
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
