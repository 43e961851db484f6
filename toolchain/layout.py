import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Where everything lies: the checkout, what is made inside it, and the user's cache.

    Attributes:
        root: the checkout.
        cache: what all clones of this user share.
    """

    root: Path
    cache: Path

    @classmethod
    def of_checkout(cls, root: Path | None = None) -> "Layout":
        """Read `STRATA_CACHE_DIR` and `XDG_CACHE_HOME` (default: `~/.cache`).

        Args:
            root: the checkout; the folder this package lies in if not given.
        """
        base = os.environ.get("STRATA_CACHE_DIR")
        if not base:
            base = str(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "strata")
        return cls(
            root=root or Path(__file__).resolve().parent.parent,
            cache=Path(base).expanduser().resolve() / "toolchain",
        )

    @property
    def venv(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The virtual environment's interpreter."""
        return self.venv / "bin" / "python"

    @property
    def home(self) -> Path:
        """What the toolchain installs into the checkout."""
        return self.root / ".toolchain"

    @property
    def bin(self) -> Path:
        """The engine's programs, first on PATH after the virtual environment's."""
        return self.home / "bin"

    @property
    def npm_bin(self) -> Path:
        """What npm installs for the checkout itself: moon, after `make apps`."""
        return self.root / "node_modules" / ".bin"

    @property
    def pulumi_home(self) -> Path:
        """Pulumi's own folder: a plugin cache of the project, apart from a developer's `~/.pulumi`."""
        return self.home / "pulumi-home"

    @property
    def go_parts(self) -> Path:
        """The pinned Go modules."""
        return self.root / "toolchain" / "go"

    @property
    def requirements(self) -> Path:
        """The lock file, with hashes."""
        return self.root / "requirements.txt"

    @property
    def pyproject(self) -> Path:
        """The project's own description."""
        return self.root / "pyproject.toml"
