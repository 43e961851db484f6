"""The first layer with the real moon, on a clone of what is committed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workbench.conftest import install
from workbench import moon
from workbench.errors import WorkbenchError

PROMISED = {
    *(f"{project}:{task}" for project in ("backend", "frontend") for task in ("lint", "typecheck", "test")),
    "infra:check",
}


def run(clone: Path, *words: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, moon.program(clone), *words], cwd=clone, capture_output=True, text=True, check=False
    )


def statuses(clone: Path, *targets: str, changed: str) -> dict[str, str]:
    return {result.target: result.status for result in moon.run(clone, targets, changed=[clone / changed])}


def edit(path: Path, text: str = "\n# a change\n") -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_every_task_that_the_first_layer_promises_is_there(clone: Path) -> None:
    answer = json.loads(run(clone, "query", "tasks").stdout)

    found = {f"{project}:{task}" for project, tasks in answer["tasks"].items() for task in tasks}
    assert found >= PROMISED


def test_a_change_in_one_part_leaves_the_others_alone(clone: Path) -> None:
    backend = statuses(clone, ":lint", changed="apps/backend/src/backend/__init__.py")
    rooms = statuses(clone, ":lint", changed="model/layers.py")
    page = statuses(clone, ":noop", ":lint", changed="docs/playbooks.md")

    assert (set(backend), set(rooms), set(page)) == ({"backend:lint"}, {"infra:lint"}, set())


def test_what_has_not_changed_is_not_done_again(clone: Path) -> None:
    source = "apps/backend/src/backend/__init__.py"
    first = statuses(clone, "backend:lint", changed=source)
    second = statuses(clone, "backend:lint", changed=source)
    edit(clone / source)
    third = statuses(clone, "backend:lint", changed=source)

    assert [run_["backend:lint"] for run_ in (first, second, third)] == ["passed", "cached", "passed"]


def test_some_tests_are_never_taken_for_all_of_them(clone: Path) -> None:
    assert all(
        task["options"]["cache"] is False
        for tasks in json.loads(run(clone, "query", "tasks").stdout)["tasks"].values()
        for name, task in tasks.items()
        if name == "affected"
    )


def test_a_finding_fails_the_task_and_is_in_its_result(clone: Path) -> None:
    source = clone / "apps/backend/src/backend/__init__.py"
    edit(source, "import os\n")

    (result,) = moon.run(clone, ["backend:lint"], changed=[source])

    assert (result.good, result.status) == (False, "failed")
    assert "F401" in result.output


def test_a_finding_is_the_commands_exit_code(clone: Path) -> None:
    edit(clone / "apps/backend/src/backend/__init__.py", "import os\n")

    assert run(clone, "run", "backend:lint").returncode == 1


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_it_needs_no_network_at_all(clone: Path) -> None:
    unshare = shutil.which("unshare")
    assert unshare, "install util-linux"

    done = run(clone, "run", "backend:lint", before=(unshare, "--map-root-user", "--net"))

    assert done.returncode == 0, done.stdout + done.stderr


def test_it_works_in_a_worktree_whose_git_is_a_file(clone: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    subprocess.run(["git", "-C", clone, "worktree", "add", "--quiet", "--detach", tree], check=True)
    install(tree)

    assert run(tree, "run", "backend:lint").returncode == 0


def test_a_checkout_without_moon_names_the_command_that_provides_it(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=r"Next: `make apps`\."):
        moon.program(tmp_path)


def test_a_broken_task_file_is_told_with_moons_own_words(clone: Path) -> None:
    (clone / "moon.yml").write_text("tasks: nothing\n", encoding="utf-8")

    with pytest.raises(WorkbenchError, match=r"(?s)before it ran anything.*moon\.yml"):
        statuses(clone, ":lint", changed="model/layers.py")
