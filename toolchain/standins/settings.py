import configparser
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from toolchain.docker import debian

_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_APT = Path("/etc/apt")
_PIP_CONF = Path("/etc/pip.conf")


@dataclass(frozen=True)
class Settings:
    """What a stand-in takes over from the machine: builds in it reach the same mirrors and trust the same.

    No credential goes into an image: an index whose address holds one is left out.

    Attributes:
        apt_sources: the file that names Debian's mirror.
        bundle: the authorities that are trusted, or None if the machine has no such file.
        pip: an index of Python packages, or "" for the usual one.
        npm: a registry, or "" for the usual one.
    """

    apt_sources: Path | None
    bundle: Path | None
    pip: str = ""
    npm: str = ""

    @classmethod
    def of_machine(cls) -> "Settings":
        """Read them: files of the system and the user, environment variables before them."""
        return cls(
            apt_sources=_debian_sources(),
            bundle=_BUNDLE if _BUNDLE.is_file() else None,
            pip=_plain(_env("pip_index_url") or _pip_index()),
            npm=_plain(_env("npm_config_registry") or _npm_registry()),
        )

    def pip_conf(self) -> str:
        """Return the pip.conf of a stand-in."""
        lines = ["[global]", "disable-pip-version-check = true", "root-user-action = ignore"]
        if self.bundle:
            lines.append(f"cert = {_BUNDLE}")
        if self.pip:
            lines.append(f"index-url = {self.pip}")
        return "\n".join(lines) + "\n"

    def npmrc(self) -> str:
        """Return the npmrc of a stand-in."""
        lines = ["update-notifier=false"]
        if self.bundle:
            lines.append(f"cafile={_BUNDLE}")
        if self.npm:
            lines.append(f"registry={self.npm}")
        return "\n".join(lines) + "\n"


def _debian_sources() -> Path | None:
    """The file that names this release: beside it lie those of other people's packages."""
    release = debian.codename()
    if not release:
        return None
    word = re.compile(rf"(?<![\w-]){re.escape(release)}(?![\w-])")
    candidates = [*sorted((_APT / "sources.list.d").glob("*.sources")), _APT / "sources.list"]
    return next(
        (path for path in candidates if path.is_file() and word.search(path.read_text("utf-8"))), None
    )


def _env(name: str) -> str:
    """A variable, in whichever case it is written: pip and npm take both."""
    return os.environ.get(name) or os.environ.get(name.upper()) or ""


def _pip_index() -> str:
    config = configparser.ConfigParser(interpolation=None)
    home = Path.home()
    config.read([_PIP_CONF, home / ".pip" / "pip.conf", home / ".config" / "pip" / "pip.conf"])
    return config.get("global", "index-url", fallback="")


def _npm_registry() -> str:
    try:
        lines = (Path.home() / ".npmrc").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    values = [
        value.strip()
        for name, _, value in (line.partition("=") for line in lines)
        if name.strip() == "registry"
    ]
    return values[-1] if values else ""


def _plain(address: str) -> str:
    parts = urlsplit(address)
    return "" if parts.username or parts.password else address
