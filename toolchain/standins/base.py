import platform
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from toolchain import digest, process
from toolchain.docker import debian
from toolchain.docker.client import Docker
from toolchain.errors import ToolchainError
from toolchain.standins.settings import Settings

PREFIX = "strata/standin-"
"""What the names begin with that only this project gives: the pinned ones may be a registry's image."""

_NAME = f"{PREFIX}base"
_PULL = "see to it that the Engine can pull: `docker pull` of an image says what is in the way"
_INSIDE_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
_SECONDS = 900.0
# neither manuals nor a disk flush for each file of a system that is thrown away when it fails
_OPTIONS = (
    "--variant=minbase",
    "--include=ca-certificates",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=force-unsafe-io",
)


class Base:
    """The Debian below all stand-ins: this machine's release, from its mirror, with its settings.

    Args:
        docker: the command line.
        settings: what it takes over from the machine.
        say: shows a line.
    """

    def __init__(self, docker: Docker, *, settings: Settings, say: Callable[[str], None]) -> None:
        self._docker = docker
        self._say = say
        self._settings = settings
        files = [path for path in (settings.apt_sources, settings.bundle) if path]
        self.key = digest.of_inputs(files=files, words=[settings.pip_conf(), settings.npmrc(), *_OPTIONS])
        self.image = f"{_NAME}:{self.key}"

    def provide(self) -> None:
        """Make it unless the Engine has it.

        Raises:
            ToolchainError: this is no Debian, or its mirror cannot be reached.
        """
        if self._docker.labels_of(self.image) is not None:
            return
        if platform.machine() != "x86_64":
            raise ToolchainError(
                f"stand-ins are made for x86_64, and this is {platform.machine()}", todo=_PULL
            )
        if self._settings.apt_sources is None:
            raise ToolchainError(
                "stand-ins are made of Debian packages, and apt here has no Debian source of this release",
                todo=_PULL,
            )
        if shutil.which("mmdebstrap") is None:
            if not debian.can_install():
                raise ToolchainError(
                    "there is no mmdebstrap", todo="install it: `sudo apt-get install mmdebstrap`"
                )
            debian.install("mmdebstrap", target="make docker", say=self._say)
        with tempfile.TemporaryDirectory(prefix="strata-standin-") as folder:
            self._make(Path(folder), sources=self._settings.apt_sources)

    def _make(self, folder: Path, *, sources: Path) -> None:
        (folder / "pip.conf").write_text(self._settings.pip_conf(), encoding="utf-8")
        (folder / "npmrc").write_text(self._settings.npmrc(), encoding="utf-8")
        hooks = [
            f"upload {folder / 'pip.conf'} /etc/pip.conf",
            'mkdir -p "$1/usr/local/etc"',
            f"upload {folder / 'npmrc'} /usr/local/etc/npmrc",
        ]
        if self._settings.bundle:
            hooks.append(f"upload {self._settings.bundle} {_INSIDE_BUNDLE}")
        archive = folder / "root.tar"
        process.run(
            [
                *("mmdebstrap", "--quiet", *_OPTIONS, *(f"--customize-hook={hook}" for hook in hooks)),
                *(debian.codename(), archive, sources),
            ],
            what="making a Debian for the stand-ins",
            todo=f"check that the mirror in {sources} can be reached: `apt-get update`",
            timeout=_SECONDS,
        )
        self._docker.run(
            ["import", "--change", 'CMD ["bash"]', archive, self.image],
            what="importing a Debian for the stand-ins",
            todo="read the lines above; is the disk full? `docker system df`",
        )
