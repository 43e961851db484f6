import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from toolchain import lock
from toolchain.progress import Say

_COMPLETE = "complete.json"


class Cache:
    """Results that every clone of a user shares: one folder per part and content hash.

    A result is filled in a folder of another name and renamed when whole, so what can be found
    is finished. A folder without a list of its files, or with a file of another size, is not
    taken and made anew.

    Args:
        root: the folder of all results.
        say: shows a line when another process is at work on the same result.
    """

    def __init__(self, root: Path, *, say: Say) -> None:
        self.root = root
        self._say = say

    def find(self, name: str, *, key: str) -> Path | None:
        """Return a finished result's folder, or None."""
        folder = self._folder(name, key)
        return folder if _is_whole(folder) else None

    def make(self, name: str, *, key: str, fill: Callable[[Path], None]) -> Path:
        """Return a result's folder, filling it first unless it is there.

        Processes that want the same result at the same time: one fills it, the others wait for it.

        Args:
            name: the part.
            key: changes with everything the result depends on.
            fill: puts the result's files into the folder it is given; what it raises goes through
                and leaves nothing behind.
        """
        found = self.find(name, key=key)
        if found:
            return found
        folder = self._folder(name, key)

        def waiting() -> None:
            self._say(f"another run is making {name}: waiting for it")

        with lock.hold(self.root / "locks" / folder.name, on_wait=waiting):
            if _is_whole(folder):
                return folder
            shutil.rmtree(folder, ignore_errors=True)
            for left in self.root.glob(f".{folder.name}.*"):  # of a run that was killed
                shutil.rmtree(left, ignore_errors=True)
            half = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=self.root))
            try:
                half.chmod(0o755)
                fill(half)
                _list_files(half)
                half.rename(folder)
            finally:
                shutil.rmtree(half, ignore_errors=True)
        return folder

    def _folder(self, name: str, key: str) -> Path:
        return self.root / f"{name}-{key}"


def _sizes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != _COMPLETE
    }


def _list_files(folder: Path) -> None:
    (folder / _COMPLETE).write_text(json.dumps(_sizes(folder), indent=1) + "\n", encoding="utf-8")


def _is_whole(folder: Path) -> bool:
    try:
        listed = json.loads((folder / _COMPLETE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(listed) and listed == _sizes(folder)
