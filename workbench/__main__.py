"""`python -m workbench`: `watch` (make watch), `affected` (moon's task of that name)."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from workbench.errors import WorkbenchError

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: that of pytest, or 1 with one sentence about what is missing.

    Args:
        arguments: without the program's name.
    """
    parser = argparse.ArgumentParser(prog="python -m workbench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("watch", help="lint, affected tests and types of each save")
    affected = commands.add_parser("affected", help="the current folder's tests that a change can break")
    affected.add_argument("files", nargs="*", type=Path, help="default: MOON_AFFECTED_FILES")
    affected.add_argument("--near", action="store_true", help="only tests that import it themselves")
    affected.add_argument("-m", dest="markers", help="as pytest's -m")
    options = parser.parse_args(arguments)
    try:
        if options.command == "affected":
            return _affected(options.files, near=options.near, markers=options.markers)
        _watch()
    except WorkbenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    return 0


def _watch() -> None:
    from workbench.watch import watch

    watch(ROOT, say=lambda line: print(line, flush=True))


def _affected(files: Sequence[Path], *, near: bool, markers: str | None) -> int:
    gc.disable()  # before anything is imported: see `affected`
    from workbench import affected

    given = [str(file) for file in files] or os.environ.get("MOON_AFFECTED_FILES", "").split(":")
    changed = [Path(name).resolve() for name in given if name]
    return affected.run(Path.cwd(), changed, near=near, options=["-m", markers] if markers else [])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
