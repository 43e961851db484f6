"""O4: the playbook "Shipping a feature", command by command; nothing of it leaves this machine."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.docs.commandlines import blocks
from tests.e2e.cloud import Cloud
from tests.workbench.conftest import copy_of_checkout, run_git

IN_SANDBOX = ["strata", "sandbox", "exec"]


LAPTOP, SANDBOX = blocks("Shipping a feature")


@pytest.mark.long
def test_o4_on_the_laptop_a_change_is_checked_and_pushed(tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet", "--bare", "origin.git")
    checkout = copy_of_checkout(tmp_path / "checkout")
    run_git(checkout, "remote", "add", "origin", str(tmp_path / "origin.git"))
    for name, value in (("user.name", "somebody"), ("user.email", "somebody@example.org")):
        run_git(checkout, "config", name, value)
    with (checkout / "README.md").open("a", encoding="utf-8") as readme:
        readme.write("\nEntries carry notes.\n")
    folders = (checkout / ".venv/bin", checkout / "node_modules/.bin")
    environment = {**os.environ, "PATH": ":".join([*map(str, folders), os.environ["PATH"]])}

    for line in LAPTOP:
        done = subprocess.run(
            ["/bin/bash", "-c", line],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"

    subjects = run_git(tmp_path / "origin.git", "log", "--format=%s", "feature/notes").splitlines()
    assert subjects == ["Entries carry notes", "As it is"]


@pytest.mark.e2e
def test_o4_in_the_sandbox_it_travels_from_the_pull_request_to_production(cloud: Cloud) -> None:
    for line in SANDBOX:
        words = shlex.split(line)
        variables = dict(word.split("=", 1) for word in words if re.match(r"[A-Z]+=", word))
        command = words[len(variables) :]
        assert command[:3] == IN_SANDBOX, line
        # what `exec` does before the command: it makes the stack, and finds a pull request's commit
        if "--stack" in command:
            stack = command[command.index("--stack") + 1]
            cloud.pulumi("stack", "select", "--create", stack).ok()
            if "up" in command and stack.startswith("pr-"):
                variables |= cloud.pr(stack)
        shown = cloud.run(*command[3:], **variables).ok()

    assert [row for row in shown.output.splitlines() if "v1.0.0" in row and "healthy" in row]
    assert cloud.health("report.zitian.party").json()["version"] == "v1.0.0"
