import platform
from collections.abc import Sequence
from pathlib import Path

from toolchain import digest, process, stamp, uv
from toolchain.cache import Cache
from toolchain.errors import ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress

_BACKEND = Path("apps/backend")
_NETWORK = "check that the package index can be reached (a mirror: UV_DEFAULT_INDEX or PIP_INDEX_URL)"


class Virtualenv:
    """The project's `.venv`: exactly what requirements.txt lists, plus the project itself, editable.

    Args:
        layout: where things lie.
        progress: shows each step.
    """

    def __init__(self, layout: Layout, *, progress: Progress) -> None:
        self._layout = layout
        self._progress = progress
        self._stamp = layout.venv / "strata-stamp.json"

    def ready(self) -> str | None:
        """Say in words what is installed if it is what is wanted, else None."""
        if stamp.read(self._stamp).get("key") != self._key() or not self._layout.python.exists():
            return None
        return f"python {platform.python_version()}"

    def install(self) -> str:
        """Bring the environment to what is wanted, and say in words what it is.

        Raises:
            ToolchainError: uv cannot be had, or it failed.
        """
        stamp.forget(self._stamp)
        program = uv.find(Cache(self._layout.cache, say=self._progress.say), progress=self._progress)
        if self._python_version() != platform.python_version():
            with self._progress.step(f"make .venv with python {platform.python_version()}"):
                self._uv(
                    [program, "venv", "--clear", "--python", uv.base_python(), self._layout.venv],
                    what="making .venv",
                    todo="read the lines above; removing .venv and running this again starts afresh",
                )
        target: list[str | Path] = ["--python", self._layout.python]
        with self._progress.step("install python packages, each checked by hash"):
            # bytecode now: the engine starts a fresh interpreter for every program and provider
            self._uv(
                [
                    program,
                    "pip",
                    "sync",
                    *target,
                    "--require-hashes",
                    "--compile-bytecode",
                    "requirements.txt",
                ],
                what="installing what requirements.txt lists",
                todo=_NETWORK,
            )
        with self._progress.step("install the project itself, editable"):
            self._uv(
                # its build backend is in the lock file, nothing has to be downloaded
                [
                    program,
                    "pip",
                    "install",
                    *target,
                    "--offline",
                    "--no-deps",
                    "--no-build-isolation",
                    "-e",
                    ".",
                ],
                what="installing the project",
                todo="read the lines above: pyproject.toml names a file or folder that does not exist",
            )
        stamp.write(self._stamp, {"key": self._key()})
        return f"python {platform.python_version()}"

    def lock(self, extra: Sequence[str]) -> None:
        """Write both requirements.txt anew: every platform, every hash, no index's address.

        The project's own holds the backend's packages too, so that one environment serves all checks; the
        backend's image installs its own file, which is held to the same versions.

        Args:
            extra: further options of `uv pip compile`, such as `--upgrade` or `--upgrade-package NAME`.

        Raises:
            ToolchainError: uv cannot be had, or no set of versions fits.
        """
        program = uv.find(Cache(self._layout.cache, say=self._progress.say), progress=self._progress)
        common = (
            *("--universal", "--generate-hashes", "--no-header", "--no-annotate"),
            *("--no-emit-index-url", "--no-emit-find-links"),
        )
        with self._progress.step("resolve pyproject.toml into requirements.txt"):
            self._uv(
                [
                    *(program, "pip", "compile", "pyproject.toml", "--group", "dev"),
                    *(_BACKEND / "pyproject.toml", "--group", f"{_BACKEND / 'pyproject.toml'}:dev"),
                    *(*common, "-o", "requirements.txt", *extra),
                ],
                what="resolving pyproject.toml",
                todo=_NETWORK,
            )
        with self._progress.step(f"resolve {_BACKEND}'s for its image"):
            self._uv(
                [
                    *(program, "pip", "compile", _BACKEND / "pyproject.toml", "-c", "requirements.txt"),
                    *(*common, "-o", _BACKEND / "requirements.txt"),
                ],
                what=f"resolving {_BACKEND}/pyproject.toml",
                todo=_NETWORK,
            )

    def _key(self) -> str:
        try:
            return digest.of_inputs(
                files=[self._layout.requirements, self._layout.pyproject],
                words=[platform.python_version(), str(self._layout.root)],
            )
        except OSError as error:
            raise ToolchainError(
                f"{error.filename}: {error.strerror}", todo="run this in a whole checkout of the project"
            ) from None

    def _python_version(self) -> str:
        """Return the version of the interpreter in .venv, or nothing if none starts there."""
        try:
            return process.run(
                [self._layout.python, "-c", "import platform; print(platform.python_version())"],
                what="starting .venv's python",
                todo="",
                timeout=30,
            ).strip()
        except ToolchainError:
            return ""

    def _uv(self, command: Sequence[str | Path], *, what: str, todo: str) -> None:
        process.run(
            command,
            what=what,
            todo=todo,
            env=uv.environment(),
            cwd=self._layout.root,
            log=self._layout.home / "uv.log",
        )
