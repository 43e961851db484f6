"""pytest over the tests that a change can break, in a process that loads nothing else."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from workbench.imports import Imports

# All plugins cost a quarter of a second at every start (measured 2026-11-23), and a short run needs neither
# other processes nor another order; what a project's own options mention has to be there. Objects are not
# collected in so short a life (a fifth of the time went there), so there is nothing to find at its end.
_OPTIONS = ("-p", "pytest_socket", "-p", "no:unraisableexception", "-p", "no:cacheprovider", "-q")


def run(project: Path, changed: Sequence[Path], *, near: bool = False, options: Sequence[str] = ()) -> int:
    """Run the affected tests and return pytest's exit code, 0 where there are none.

    Args:
        project: the folder with the packages and their tests; the current one.
        changed: absolute paths.
        near: only tests that import what changed themselves.
        options: more for pytest.
    """
    begun = time.perf_counter()
    found = Imports(project).tests_of(changed, near=near)
    for path in found.unknown:
        print(f"no test reaches {path.relative_to(project)}: `moon run` the whole :test")
    if not found.tests:
        return 0
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    print(f"{len(found.tests)} files of tests, chosen in {time.perf_counter() - begun:.2f} s")
    return int(pytest.main([*_OPTIONS, *options, *map(str, found.tests)]))
