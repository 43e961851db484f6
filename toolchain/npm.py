import json
import os
import platform
from pathlib import Path

from toolchain import digest, process, stamp
from toolchain.errors import ProgramError, ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress

_KEYED = ("package.json", "package-lock.json", ".npmrc")

# its own patience with a registry that is away is a minute and a half
_PATIENCE = ("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")

_OTHER_REGISTRY = "name another registry in npm_config_registry"
_NETWORK = f"check that npm's registry can be reached, or {_OTHER_REGISTRY}"
_LOCK = "run `npm install` in {folder} and commit its package-lock.json"

# what to do next, by npm's word for what happened
_TODO = {
    **dict.fromkeys(
        ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ERR_SOCKET_TIMEOUT"), _NETWORK
    ),
    **dict.fromkeys(("E401", "E403"), f"log in to the registry that npm is set to, or {_OTHER_REGISTRY}"),
    **dict.fromkeys(("E404", "ETARGET"), f"npm's registry lacks what the lock lists: {_OTHER_REGISTRY}"),
    "EINTEGRITY": "find out why a download is not what the lock says it is before you go on",
    **dict.fromkeys(("EUSAGE", "EJSONPARSE"), _LOCK),
}


class NpmPackages:
    """What one folder's package-lock.json lists, in its node_modules, installed by the npm of `.venv`.

    Args:
        layout: where things lie.
        folder: the one with package.json, as a path from the checkout.
        progress: shows each step.
    """

    def __init__(self, layout: Layout, folder: Path, *, progress: Progress) -> None:
        self._layout = layout
        self._folder = folder
        self._progress = progress
        # inside, so that it goes when someone removes the folder
        self._stamp = layout.root / folder / "node_modules" / ".strata-stamp.json"

    def ready(self) -> str | None:
        """Say in words what is installed if it is what is wanted, else None."""
        return self._words() if stamp.read(self._stamp).get("key") == self._key() else None

    def install(self) -> str:
        """Install exactly what the lock lists, each checked by its hash, and say in words what it is.

        Raises:
            ToolchainError: the registry cannot be reached, the lock does not fit package.json, or npm failed.
        """
        stamp.forget(self._stamp)
        npm = self._layout.venv / "bin" / "npm"
        with self._progress.step(f"install {self._words()}, each checked by hash"):
            try:
                process.run(
                    [npm, "ci", "--json", "--loglevel=silent", "--no-audit", "--no-fund", *_PATIENCE],
                    what=f"installing {self._words()}",
                    todo="run `npm ci` in that folder to see more",
                    # npm is a script: it starts the node that comes first
                    env={**os.environ, "PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
                    cwd=self._layout.root / self._folder,
                )
            except ProgramError as error:
                raise self._in_words(error) from None
        stamp.write(self._stamp, {"key": self._key()})
        return self._words()

    def _words(self) -> str:
        return f"npm packages of {'the checkout' if self._folder == Path() else self._folder}"

    def _key(self) -> str:
        folder = self._layout.root / self._folder
        try:
            return digest.of_inputs(
                files=[folder / name for name in _KEYED], words=[platform.system(), platform.machine()]
            )
        except OSError as error:
            raise ToolchainError(
                f"{error.filename}: {error.strerror}", todo="run this in a whole checkout of the project"
            ) from None

    def _in_words(self, error: ProgramError) -> ToolchainError:
        try:
            said = json.loads(error.stdout)["error"]
            code, summary = str(said["code"]), str(said["summary"])
        except (ValueError, KeyError, TypeError):
            return error
        # a summary of misuse goes on with the whole usage
        told = summary.partition("Clean install a project")[0].split("\n")
        lines = "".join(f"\n  | {line}" for line in told if line.strip())
        todo = _TODO.get(code, error.todo).format(folder=self._folder)
        return ToolchainError(f"installing {self._words()}: npm ended with {code}{lines}", todo=todo)
