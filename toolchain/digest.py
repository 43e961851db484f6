import hashlib
from collections.abc import Iterable
from pathlib import Path

_CHUNK = 1 << 20


def of_file(path: Path, *, algorithm: str = "sha256") -> str:
    """Return a file's digest in hex.

    Args:
        path: the file.
        algorithm: a name that hashlib knows.
    """
    # not for security where it is sha1, see `checksums`
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def of_inputs(*, files: Iterable[Path] = (), words: Iterable[str] = ()) -> str:
    """Return a key of 16 hex digits that changes with any of its inputs.

    Names and lengths are part of it, so that bytes cannot move from one input to the next.

    Args:
        files: their names and contents count, their folders do not.
        words: settings that change the result.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for name, content in [
        *((path.name, path.read_bytes()) for path in sorted(files)),
        *(("", word.encode()) for word in words),
    ]:
        digest.update(f"{len(name)}:{name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()[:16]
