"""Which tests a conftest hands a change on to: those below it that ask for a fixture which imports it."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def asking(conftest: Path, tests: Collection[Path], *, changed: Collection[str]) -> set[Path]:
    """Find the tests that a change reaches through this conftest.

    An import at its top, or one for a fixture that nobody has to ask for, reaches all of them.

    Args:
        conftest: the file.
        tests: those below it.
        changed: dotted names of the modules that the change reaches.
    """
    tree = ast.parse(conftest.read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, _Function)]
    if any(_imports(node, changed) for node in tree.body if not isinstance(node, _Function | ast.If)):
        return set(tests)
    names = {function.name for function in functions if _imports(function, changed)}
    found = -1
    while found != len(names):
        found = len(names)
        names |= {function.name for function in functions if names & _parameters(function)}
    if any(function.name in names and "autouse=True" in _decorators(function) for function in functions):
        return set(tests)
    return {test for test in tests if names and names & _asked_for(test)}


def _asked_for(test: Path) -> set[str]:
    """Every parameter of a function, and in a module that asks by name every text."""
    text = test.read_text("utf-8")
    nodes = list(ast.walk(ast.parse(text)))
    names = {node.arg for node in nodes if isinstance(node, ast.arg)}
    if "usefixtures" in text or "getfixturevalue" in text:
        names |= {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    return names


def _imports(node: ast.AST, changed: Collection[str]) -> bool:
    return any(name in changed for inner in ast.walk(node) for name in _imported(inner))


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _parameters(function: _Function) -> set[str]:
    return {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}


def _decorators(function: _Function) -> str:
    return " ".join(ast.unparse(decorator) for decorator in function.decorator_list)
