import json
from collections.abc import Mapping
from pathlib import Path

from toolchain import digest, parts, path_engine, pins, place, release, stamp
from toolchain.cache import Cache
from toolchain.errors import ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress
from toolchain.sources import Source, Sources

_PROGRAMS = "programs"


class Engine:
    """Pulumi, its Python host and its plugins, put into the checkout.

    Args:
        layout: where things lie.
        chosen: where they may come from.
        progress: shows each step.
    """

    def __init__(self, layout: Layout, *, chosen: Source, progress: Progress) -> None:
        self._layout = layout
        self._chosen = chosen
        self._progress = progress
        self._stamp = layout.home / "engine.json"

    def ready(self) -> str | None:
        """Say in words what is installed if it is what is wanted and all there, else None."""
        facts = stamp.read(self._stamp)
        if facts.get("key") != self._key():
            return None
        programs = json.loads(facts.get(_PROGRAMS, "[]"))
        if not programs or not all(Path(program).exists() for program in programs):
            return None
        return facts.get("words")

    def install(self) -> str:
        """Install what is wanted, whatever is there, and say in words what it is.

        Raises:
            ToolchainError: no source has it.
        """
        stamp.forget(self._stamp)
        sources = Sources(
            Cache(self._layout.cache, say=self._progress.say),
            parts=self._layout.go_parts,
            # nobody has plugins on PATH: they come from where they can be had
            chosen=Source.AUTO if self._chosen is Source.PATH else self._chosen,
            progress=self._progress,
        )
        installed, origin = self._engine(sources)
        words = [f"pulumi {origin}"]
        for name, version in pins.PLUGINS.items():
            plugin, origin = _plugin(sources, name=name, version=version)
            installed.append(self._place_plugin(plugin, name=name, version=version))
            words.append(f"{name} {version} {origin}")
        said = ", ".join(words)
        stamp.write(
            self._stamp,
            {
                "key": self._key(),
                _PROGRAMS: json.dumps([str(path) for path in installed]),
                "words": said,
            },
        )
        return said

    def _key(self) -> str:
        folder = self._layout.go_parts
        return digest.of_inputs(words=[self._chosen, pins.PULUMI, *(part.key(folder) for part in parts.ALL)])

    def _engine(self, sources: Sources) -> tuple[list[Path], str]:
        if self._chosen.allows(Source.PATH):
            found = path_engine.find(own=self._layout.bin, say=self._progress.say)
            if found:
                return self._call_engine(found), f"from {found['pulumi']}"
            if self._chosen is Source.PATH:
                raise ToolchainError(
                    "STRATA_ENGINE=path, and no usable pulumi is on PATH",
                    todo=f"install Pulumi {pins.PULUMI} or a newer 3.x, or unset STRATA_ENGINE",
                )
        programs, origin = sources.get(
            lambda: release.engine(pins.PULUMI), built=(parts.ENGINE, parts.LANGUAGE_HOST)
        )
        return self._place_engine(programs), f"{pins.PULUMI} {origin}"

    def _place_engine(self, programs: Mapping[str, Path]) -> list[Path]:
        for name, program in programs.items():
            place.program(program, at=self._layout.bin / name)
        return [self._layout.bin / name for name in programs]

    def _call_engine(self, programs: Mapping[str, Path]) -> list[Path]:
        # Only `pulumi` gets a name in the checkout. Its host is found on PATH like before; a second
        # one here, installed for another engine, would come first.
        for name in release.ENGINE_PROGRAMS:
            (self._layout.bin / name).unlink(missing_ok=True)
        place.call(programs["pulumi"], at=self._layout.bin / "pulumi")
        return [self._layout.bin / "pulumi", *programs.values()]

    def _place_plugin(self, program: Path, *, name: str, version: str) -> Path:
        # The layout that `pulumi plugin install resource NAME VERSION --file` makes, without its copy
        # of 60 to 120 MB in each clone; a file beside the folder would mark a half-made one.
        folder = self._layout.pulumi_home / "plugins" / f"resource-{name}-v{version}"
        placed = folder / f"pulumi-resource-{name}"
        place.program(program, at=placed)
        folder.with_name(f"{folder.name}.partial").unlink(missing_ok=True)
        return placed


def _plugin(sources: Sources, *, name: str, version: str) -> tuple[Path, str]:
    programs, origin = sources.get(
        lambda: release.plugin(name, version=version), built=(parts.PLUGINS[name],)
    )
    return programs[f"pulumi-resource-{name}"], origin
