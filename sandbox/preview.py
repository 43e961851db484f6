"""What a workflow does before `pulumi up --stack pr-<n>`: pin a commit by a tag and read its compose file."""

import subprocess

from sandbox import daemon
from sandbox.errors import CommandFailed
from sandbox.folder import Folder
from sandbox.git.repository import environment
from sandbox.github.accounts import ORGANISATION, REPOSITORY
from sandbox.world import Ports

COMPOSE = "docker-compose.yml"


class Preview:
    """Pull requests' commits in the sandbox's repository; all of them are its HEAD.

    Args:
        folder: of the running sandbox.
        ports: where it is asked.
    """

    def __init__(self, folder: Folder, ports: Ports) -> None:
        self._folder = folder
        self._ports = ports
        self._repository = folder.git / ORGANISATION / f"{REPOSITORY}.git"

    def variables(self, stack: str) -> dict[str, str]:
        """Push the tag `preview/<stack>-<sha7>` and return the variables that the program asks for.

        Raises:
            SandboxError: the repository has no commit or no compose file.
        """
        commit = self._git("rev-parse", "HEAD").strip()
        tag = f"preview/{stack}-{commit[:7]}"
        daemon.control(self._ports, "POST", "/git/tags", {"name": tag, "sha": commit})
        file = self._folder.previews / f"{stack}.{COMPOSE}"
        file.write_text(self._git("show", f"{commit}:{COMPOSE}"))
        return {"PREVIEW_REF": tag, "PREVIEW_COMMIT": commit, "PREVIEW_COMPOSE": str(file)}

    def _git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words],
            env=environment(self._repository),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandFailed(
                f"`git {words[0]}` in the sandbox's repository {self._repository} failed:\n{done.stderr}"
            )
        return done.stdout
