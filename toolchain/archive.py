import shutil
import tarfile
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from toolchain.errors import RefusedError

_TODO = "do not use this download; set STRATA_ENGINE=go to build from source instead"
_NOT_THIS = "do not use this download; find out why it is not what was published"


def take(archive: Path, *, names: Collection[str], into: Path, where: str) -> set[str]:
    """Take some programs out of a .tar.gz, each by its last path element, into one folder.

    Nothing is unpacked by path: a wanted member's bytes are written under a name this side chose,
    so no member can land elsewhere. An archive that tries is refused as a whole all the same.

    Args:
        archive: the file.
        names: the wanted programs' names.
        into: an existing folder; the programs get mode 755.
        where: the archive's address, for the message.

    Returns:
        The names that were found.

    Raises:
        RefusedError: unreadable, a path that leads out, or a wanted name that is no plain file.
    """
    found: set[str] = set()
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            for member in tar:
                path = _inside(member, where=where, todo=_TODO)
                if path.name not in names or member.isdir():
                    continue
                content = tar.extractfile(member) if member.isreg() else None
                if content is None:
                    raise RefusedError(f"{where}: {member.name} is not a plain file", todo=_TODO)
                with content, (into / path.name).open("wb") as target:
                    shutil.copyfileobj(content, target, 1 << 20)
                (into / path.name).chmod(0o755)
                found.add(path.name)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise RefusedError(f"{where} cannot be read as .tar.gz: {error}", todo=_TODO) from None
    return found


def unpack(archive: Path, *, into: Path, where: str) -> None:
    """Unpack the plain files of a .tar.gz; links and devices of it are left out.

    Not `extractall`: what makes that safe (`filter`) came with Python 3.11.4, and Debian 12 has 3.11.2.

    Args:
        archive: the file.
        into: an existing folder.
        where: the archive's address or name, for the message.

    Raises:
        RefusedError: unreadable, or a path that leads out.
    """
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            for member in tar:
                path = into / _inside(member, where=where, todo=_NOT_THIS)
                content = tar.extractfile(member) if member.isreg() else None
                if content is None:
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                with content, path.open("wb") as target:
                    shutil.copyfileobj(content, target, 1 << 20)
                path.chmod(0o755 if member.mode & 0o100 else 0o644)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise RefusedError(f"{where} cannot be read as .tar.gz: {error}", todo=_NOT_THIS) from None


def _inside(member: tarfile.TarInfo, *, where: str, todo: str) -> PurePosixPath:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise RefusedError(f"{where} has a member that leads out of it: {member.name}", todo=todo)
    return path
