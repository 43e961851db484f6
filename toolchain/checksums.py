from pathlib import Path, PurePosixPath

from toolchain import digest
from toolchain.errors import RefusedError

# A release of Pulumi itself lists SHA-256. Its plugins' releases list what plain `shasum` prints,
# which is SHA-1 (read in their release workflow, 2026-11-23): that finds a damaged download;
# that it is theirs is vouched for by TLS alone.
_ALGORITHM_BY_LENGTH = {64: "sha256", 40: "sha1"}


def find(listing: str, *, name: str, where: str) -> str:
    """Return the digest that a checksums file states for a file.

    Args:
        listing: its text, one `<hex>  <file>` per line; a leading `./` or `*` is put up with.
        name: the file.
        where: the checksums file's address, for the message.

    Raises:
        RefusedError: the file is not listed, or with a digest of unknown kind.
    """
    for line in listing.splitlines():
        words = line.split()
        if len(words) == 2 and PurePosixPath(words[1].lstrip("*")).name == name:  # noqa: PLR2004 - digest, name
            if len(words[0]) in _ALGORITHM_BY_LENGTH:
                return words[0].lower()
            break
    raise RefusedError(
        f"{where} states no usable checksum for {name}: the download is not used",
        todo="set STRATA_ENGINE=go to build from source, or look at the release in a browser",
    )


def verify(path: Path, *, expected: str, where: str) -> None:
    """Check a downloaded file against its digest; the digest's length says which kind it is.

    Args:
        path: the file.
        expected: its digest in hex, as `find` returned it.
        where: the file's address, for the message.

    Raises:
        RefusedError: they differ.
    """
    actual = digest.of_file(path, algorithm=_ALGORITHM_BY_LENGTH[len(expected)])
    if actual != expected:
        raise RefusedError(
            f"checksum mismatch, the download is not used: {where}\n"
            f"  expected {expected}\n"
            f"  received {actual}",
            todo="try again; if it stays, something on the way here changes files: ask who runs the network",
        )
