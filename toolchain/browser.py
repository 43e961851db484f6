import shutil
from pathlib import Path

from toolchain.docker import debian
from toolchain.errors import ToolchainError
from toolchain.progress import Progress

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# where macOS keeps what a person installed
_APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)


class Browser:
    """A Chromium, in which tests look at the frontend's page.

    Args:
        progress: shows what is installed.
    """

    def __init__(self, *, progress: Progress | None = None) -> None:
        self._progress = progress or Progress()

    def ready(self) -> str | None:
        """Say in words what there is if nothing is missing, else None."""
        found = self.program()
        return f"{found.name} at {found}" if found else None

    def install(self) -> str:
        """Install Debian's and say in words what there is.

        Raises:
            ToolchainError: this is no Debian or its kin, or not root's shell, or apt failed.
        """
        if not debian.can_install():
            raise ToolchainError(
                f"there is no browser: none of {', '.join(_PROGRAMS)} is on PATH",
                todo="install Chromium; as root on Debian this command does it",
            )
        debian.install("chromium", target="make browser", say=self._progress.say)
        told = self.ready()
        if told is None:
            raise ToolchainError(
                "apt-get has installed the package chromium, and there is no chromium on PATH",
                todo="look where it is (dpkg --listfiles chromium) and put that folder on PATH",
            )
        return told

    def program(self) -> Path | None:
        """Return the program that starts it, or None."""
        on_path = next(filter(None, map(shutil.which, _PROGRAMS)), None)
        if on_path:
            return Path(on_path)
        return next((place for place in _APPLICATIONS if place.exists()), None)
