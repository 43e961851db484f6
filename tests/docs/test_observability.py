"""docs/observability.md against the code that it speaks of."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from dokploy_provider.errors import Failure

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
LEVELS = {"debug", "info", "warning", "error", "exception", "log"}
TYPESCRIPT = re.compile(r"\blog(?:\[level\]|\.\w+)\((?:[^;]*?,\s*)?'([\w ]+)',?\s*\)")


def part(title: str) -> str:
    _, found, rest = DOCUMENT.partition(f"# {title}\n")
    assert found, title
    return re.split(r"^#", rest, maxsplit=1, flags=re.MULTILINE)[0]


def told(title: str) -> set[str]:
    """The names in the first column of a part's table."""
    cells = [line.split("|")[1] for line in part(title).splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def levels_told(title: str) -> dict[str, set[str]]:
    """Event to the second column of a part's table."""
    rows = [line.split("|") for line in part(title).splitlines() if line.startswith("| `")]
    return {cells[1].strip(" `"): set(re.findall(r"\w+", cells[2])) for cells in rows}


def events_of_python(folder: str) -> Iterator[tuple[str, set[str]]]:
    """The first text among the arguments of each call of a logger, and the levels that the call may have."""
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and "log." in ast.unparse(node.func):
                words = [one.value for one in node.args if isinstance(one, ast.Constant)]
                if levels := LEVELS & set(re.findall(r"\.(\w+)", ast.unparse(node.func))):
                    yield next(word for word in words if isinstance(word, str)), levels


def events_of_typescript(folder: str) -> Iterator[str]:
    for path in (ROOT / folder).rglob("*.ts"):
        yield from TYPESCRIPT.findall(path.read_text(encoding="utf-8"))


def test_every_event_of_the_backend_is_explained_and_no_other() -> None:
    assert told("Backend") == {event for event, _ in events_of_python("apps/backend/src")}


def test_every_event_of_the_backend_has_the_levels_that_are_told() -> None:
    logged: dict[str, set[str]] = {}
    for event, levels in events_of_python("apps/backend/src"):
        logged.setdefault(event, set()).update({"exception": "error"}.get(level, level) for level in levels)
    # only when it runs is it known at which: `log` is called with a number
    fixed = {event: levels for event, levels in logged.items() if "log" not in levels}

    assert logged.keys() - fixed.keys() == {"request"}
    assert {event: levels for event, levels in levels_told("Backend").items() if event in fixed} == fixed


def test_every_event_of_the_frontend_is_explained_and_no_other() -> None:
    assert told("Frontend") == set(events_of_typescript("apps/frontend/server"))


def test_every_class_of_a_failed_deployment_is_explained_and_no_other() -> None:
    assert told("A deployment") == {str(failure) for failure in Failure}
