import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from toolchain.docker.client import Docker
from toolchain.errors import UnavailableError
from toolchain.layout import Layout
from toolchain.progress import Progress
from toolchain.standins.base import PREFIX, Base
from toolchain.standins.settings import Settings
from toolchain.standins.table import ALL, StandIn

_LABEL = "strata.standin"
_KEY = "strata.standin.key"

_Item = TypeVar("_Item")


class StandIns:
    """Images of this project's making, where a pinned one is neither there nor to be had.

    Args:
        docker: the command line; its Engine must take stand-ins.
        layout: where the cache is.
        progress: shows each step.
        table: which image stands for which pin.
    """

    def __init__(
        self, docker: Docker, *, layout: Layout, progress: Progress, table: Sequence[StandIn] = ALL
    ) -> None:
        self._docker = docker
        self._layout = layout
        self._progress = progress
        self._table = table

    @cached_property
    def _base(self) -> Base:
        return Base(self._docker, settings=Settings.of_machine(), say=self._progress.say)

    def missing(self) -> list[StandIn]:
        """Return those whose image is not there, or there as a stand-in of another recipe."""
        return [standin for standin in self._table if not self._is_there(standin)]

    def provide(self) -> None:
        """Pull what is missing, and build what cannot be pulled.

        Raises:
            ToolchainError: a stand-in cannot be built.
        """
        missing = self.missing()
        if not missing:
            return
        with self._progress.step(f"pull {_names(missing)}"):
            wanted = [
                standin
                for standin, pulled in zip(missing, _at_once(self._pulled, missing), strict=True)
                if not pulled
            ]
        if not wanted:
            return
        self._progress.say(f"no registry has {_names(wanted)} for this machine: stand-ins are built")
        with self._progress.step("make a Debian and fetch packages for stand-ins", expect="half a minute"):
            _at_once(lambda part: part(), [self._base.provide, *(self._fetch(standin) for standin in wanted)])
        with self._progress.step(f"build stand-ins for {_names(wanted)}", expect="half a minute"):
            _at_once(self._build, wanted)
        self._remove_former()

    def _own_name(self, standin: StandIn) -> str:
        """A second name, by which it is still known once the pinned one is that of another image.

        Its labels cannot tell: whatever is built of a stand-in inherits them.
        """
        return f"{PREFIX}{standin.name}:{standin.key(self._base.key)}"

    def _remove_former(self) -> None:
        wanted = {self._base.image, *map(self._own_name, self._table)}
        former = [name for name in self._docker.names(f"{PREFIX}*") if name not in wanted]
        removed = [name for name in former if self._docker.remove(name)]
        if removed:
            self._progress.say(f"removed what former stand-ins were: {', '.join(removed)}")

    def _is_there(self, standin: StandIn) -> bool:
        labels = self._docker.labels_of(standin.image)
        if labels is None:
            return False
        return _LABEL not in labels or labels.get(_KEY) == standin.key(self._base.key)

    def _pulled(self, standin: StandIn) -> bool:
        try:
            self._docker.pull(standin.image)
        except UnavailableError:
            return False
        return True

    def _fetch(self, standin: StandIn) -> Callable[[], object]:
        ingredient = standin.ingredient
        if ingredient is None:
            return lambda: None
        return lambda: ingredient.fetch(self._layout, progress=self._progress)

    def _build(self, standin: StandIn) -> None:
        with tempfile.TemporaryDirectory(prefix="strata-standin-") as temporary:
            context = Path(temporary) / "context"
            shutil.copytree(standin.folder, context)
            if standin.ingredient:
                shutil.copytree(
                    standin.ingredient.fetch(self._layout, progress=self._progress), context / "files"
                )
            self._docker.run(
                [
                    *("build", "--quiet", "--tag", standin.image, "--tag", self._own_name(standin)),
                    *("--build-arg", f"BASE={self._base.image}"),
                    *("--label", f"{_LABEL}={standin.made_of}"),
                    *("--label", f"{_KEY}={standin.key(self._base.key)}", context),
                ],
                what=f"building the stand-in for {standin.image}",
                todo="read the lines above; most often a package mirror cannot be reached from a container",
            )


def _at_once(work: Callable[[_Item], object], items: Iterable[_Item]) -> list[object]:
    """Do the same with several at the same time; the first failure goes through once all have ended."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        return [done.result() for done in [pool.submit(work, item) for item in items]]


def _names(standins: Sequence[StandIn]) -> str:
    return ", ".join(standin.image.rpartition("/")[2] for standin in standins)
