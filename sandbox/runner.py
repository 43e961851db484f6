"""Running commands, above all `pulumi`, with the environment and the project folder of the sandbox."""

import os
import subprocess
from collections.abc import Sequence
from typing import NoReturn

from sandbox import commands, credentials, daemon, environment
from sandbox.errors import CommandFailed
from sandbox.folder import Folder
from sandbox.openbao import OpenBao
from sandbox.preview import Preview
from sandbox.project import Project


class Runner:
    """Commands in one sandbox.

    Args:
        folder: of the sandbox; it must run.
        administrator: with the token of Vault's administrator in place of the operator's.

    Raises:
        NotRunning: with what to do.
    """

    def __init__(self, folder: Folder, *, administrator: bool = False) -> None:
        self._folder = folder
        self.ports = daemon.running(folder)
        sandbox = environment.variables(folder, ports=self.ports, credentials=credentials.load(folder))
        if administrator:
            sandbox["VAULT_TOKEN"] = OpenBao(folder, self.ports).administrator_token
        self.environment = environment.for_command(sandbox, os.environ)
        self.project = Project(folder)
        self.project.refresh(
            registry=environment.registry_mirror(self.ports), vault=environment.vault_address(self.ports)
        )

    def replace(self, command: Sequence[str]) -> NoReturn:
        """Become this command: its input, output, signals and exit code are the caller's."""
        found = self._prepared(command)
        os.chdir(self._folder.project)
        try:
            os.execvpe(command[0], list(command), found)  # noqa: S606  # no shell is wanted
        except FileNotFoundError:
            raise CommandFailed(f"There is no program `{command[0]}` on the sandbox's PATH.") from None

    def run(self, command: Sequence[str], **variables: str) -> int:
        """Run a command with the caller's terminal and return its exit code; `variables` are added."""
        found = {**self._prepared(command), **variables}
        return subprocess.run(command, cwd=self._folder.project, env=found, check=False).returncode

    def read(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command quietly."""
        found = self._prepared(command)
        return self._quietly(command, found)

    def _prepared(self, command: Sequence[str]) -> dict[str, str]:
        """The command's environment; makes the stack and the pull request's tag that it needs."""
        stack = commands.stack_of(command)
        if stack is None:
            return self.environment
        if commands.is_made_for_you(stack, command) and stack not in self.project.stacks():
            self._make(stack)
        if commands.needs_preview(stack, command) and "PREVIEW_REF" not in self.environment:
            return {**self.environment, **Preview(self._folder, self.ports).variables(stack)}
        return self.environment

    def _make(self, stack: str) -> None:
        done = self._quietly(["pulumi", "stack", "init", stack, "--non-interactive"], self.environment)
        if done.returncode and "already exists" not in done.stderr:
            raise CommandFailed(
                f"`pulumi stack init {stack}` in the sandbox failed:\n{done.stdout}{done.stderr}"
            )

    def _quietly(self, command: Sequence[str], found: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self._folder.project,
            env=found,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
