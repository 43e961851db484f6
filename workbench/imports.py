"""Who imports whom, so that a change runs the tests that can see it and no others.

A static graph, not a record of earlier runs (as pytest-testmon keeps one): it needs no first run, has nothing
to keep in step, and is right after a `git switch`. A data file reaches every module that spells its name, a
conftest every test below it, what a fixture imports the tests that ask for it. What a test starts as another
program is not seen: the whole run is CI's.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import grimp
from grimp.exceptions import SourceSyntaxError

from workbench import fixtures
from workbench.errors import WorkbenchError

_CACHE = ".grimp_cache"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a change asks for.

    Attributes:
        tests: files of tests, sorted.
        unknown: changed files that no import and no spelt name leads anywhere from.
    """

    tests: tuple[Path, ...]
    unknown: tuple[Path, ...]


class Imports:
    """The import graph of one project: its packages, those below `src/`, and its tests.

    Args:
        project: the project's folder.

    Raises:
        WorkbenchError: a module cannot be parsed; it names the file and the line.
    """

    def __init__(self, project: Path) -> None:
        self._files = dict(_modules(project))
        packages = sorted({name.partition(".")[0] for name in self._files})
        homes = {str(_home(name, path)) for name, path in self._files.items()}
        sys.path[:0] = sorted(homes)
        try:
            self._graph = grimp.build_graph(
                packages[0],
                *packages[1:],
                cache_dir=str(project / _CACHE),
                exclude_type_checking_imports=True,
            )
        except SourceSyntaxError as error:
            raise WorkbenchError(str(error), next_step="correct that line") from None
        self._names = {path: name for name, path in self._files.items()}

    def tests_of(self, changed: Iterable[Path], *, near: bool = False) -> Selection:
        """Find the tests that can see a change.

        Args:
            changed: absolute paths, of files that may be gone by now.
            near: only tests that import it themselves.
        """
        tests: set[Path] = set()
        unknown: list[Path] = []
        for path in changed:
            reached = self._reached(path, near=near)
            tests |= reached
            if not reached and path.name != "__init__.py":
                unknown.append(path)
        return Selection(tests=tuple(sorted(tests)), unknown=tuple(unknown))

    def _reached(self, path: Path, *, near: bool) -> set[Path]:
        if path.name == "conftest.py":
            return self._below(path.parent)
        # a module that is gone is in no graph: whoever still speaks of it breaks
        word = path.stem if path.suffix == ".py" else path.name
        seeds = {self._names[path]} if path in self._names else self._spelling(word)
        modules = {module for seed in seeds for module in self._importing(seed, near=near)}
        files = {self._files[module] for module in modules}
        handed_on = [
            fixtures.asking(file, self._below(file.parent), changed=modules)
            for file in files
            if file.name == "conftest.py"
        ]
        return {file for file in files.union(*handed_on) if _is_test(file)}

    def _below(self, folder: Path) -> set[Path]:
        return {file for file in self._names if _is_test(file) and folder in file.parents}

    def _spelling(self, word: str) -> set[str]:
        return {name for name, file in self._files.items() if word in file.read_text("utf-8")}

    def _importing(self, module: str, *, near: bool) -> set[str]:
        if module not in self._graph.modules:
            return {module}  # a script in a folder that is no package: nothing can import it
        if near:
            return {module} | self._graph.find_modules_that_directly_import(module)
        return {module} | self._graph.find_downstream_modules(module)


def _home(name: str, path: Path) -> Path:
    """The folder from which a module is imported by that name."""
    depth = name.count(".") + (1 if path.name == "__init__.py" else 0)
    return path.parents[depth]


def _modules(project: Path) -> Iterator[tuple[str, Path]]:
    """Dotted names and files of every package of the project; where `tests` is none, of those in it."""
    tests = project / "tests"
    for home in (project, project / "src", *(() if (tests / "__init__.py").exists() else (tests,))):
        for marker in sorted(home.glob("*/__init__.py")):
            for path in sorted(marker.parent.rglob("*.py")):
                parts = path.relative_to(home).with_suffix("").parts
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def _is_test(path: Path) -> bool:
    return path.name.startswith("test_")
