"""An Engine that keeps images in memory."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from toolchain.docker.client import Docker
from toolchain.errors import ToolchainError, UnavailableError


class FakeEngine(Docker):
    """Images with their labels; what a build was given is written down.

    Attributes:
        images: labels by name.
        registry: the images that can be pulled.
        broken: images whose build fails.
        used: images that a container is made of.
        built: arguments of each build, by image.
        contexts: the files that a build was given, by image.
    """

    def __init__(self, *, registry: Sequence[str] = ()) -> None:
        self.images: dict[str, dict[str, str]] = {}
        self.registry = registry
        self.broken: set[str] = set()
        self.used: set[str] = set()
        self.built: dict[str, list[str]] = {}
        self.contexts: dict[str, set[str]] = {}

    def labels_of(self, image: str) -> Mapping[str, str] | None:
        return self.images.get(image)

    def names(self, pattern: str) -> Sequence[str]:
        return [name for name in self.images if fnmatchcase(name.rpartition(":")[0], pattern)]

    def remove(self, image: str) -> bool:
        return image not in self.used and self.images.pop(image, None) is not None

    def pull(self, image: str) -> None:
        if image not in self.registry:
            raise UnavailableError(f"{image} cannot be pulled: no such host", todo="")
        self.images[image] = {}

    def run(self, arguments: Sequence[str | Path], *, what: str, todo: str) -> str:
        words = [str(word) for word in arguments]
        if words[0] == "import":
            self.images[words[-1]] = {}
            return ""
        image = words[words.index("--tag") + 1]
        if image in self.broken:
            raise ToolchainError(what, todo=todo)
        self.built[image] = words
        context = Path(words[-1])
        self.contexts[image] = {
            str(path.relative_to(context)) for path in context.rglob("*") if path.is_file()
        }
        names = [words[at + 1] for at, word in enumerate(words) if word == "--tag"]
        labels = [words[at + 1] for at, word in enumerate(words) if word == "--label"]
        self.images |= {name: dict(label.split("=", 1) for label in labels) for name in names}
        return ""
