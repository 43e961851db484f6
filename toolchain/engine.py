import json
from collections.abc import Mapping
from pathlib import Path

from toolchain import digest, links, parts, path_engine, pins, release, stamp
from toolchain.cache import Cache
from toolchain.errors import ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress
from toolchain.sources import Source, Sources

_PROGRAMS = "programs"


class Engine:
    """Pulumi, its Python host and its plugins, linked into the checkout.

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
        if not programs or not all((self._layout.home / program).exists() for program in programs):
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
            chosen=self._chosen,
            progress=self._progress,
        )
        programs, origin = self._engine(sources)
        installed = self._link_engine(programs)
        words = [f"pulumi {origin}"]
        for name, version in pins.PLUGINS.items():
            plugin, origin = _plugin(sources, name=name, version=version)
            installed.append(self._link_plugin(plugin, name=name, version=version))
            words.append(f"{name} {version} {origin}")
        said = ", ".join(words)
        stamp.write(
            self._stamp,
            {
                "key": self._key(),
                _PROGRAMS: json.dumps([str(path.relative_to(self._layout.home)) for path in installed]),
                "words": said,
            },
        )
        return said

    def _key(self) -> str:
        folder = self._layout.go_parts
        return digest.of_inputs(words=[self._chosen, pins.PULUMI, *(part.key(folder) for part in parts.ALL)])

    def _engine(self, sources: Sources) -> tuple[dict[str, Path], str]:
        if self._chosen.allows(Source.PATH):
            found = path_engine.find(own=self._layout.bin, say=self._progress.say)
            if found:
                return found, f"from {found['pulumi']}"
            if self._chosen is Source.PATH:
                raise ToolchainError(
                    "STRATA_ENGINE=path, and no usable pulumi is on PATH",
                    todo=f"install Pulumi {pins.PULUMI} or a newer 3.x, or unset STRATA_ENGINE",
                )
        programs, origin = sources.get(
            lambda: release.engine(pins.PULUMI), built=(parts.ENGINE, parts.LANGUAGE_HOST)
        )
        return programs, f"{pins.PULUMI} {origin}"

    def _link_engine(self, programs: Mapping[str, Path]) -> list[Path]:
        folder = self._layout.bin
        for name, program in programs.items():
            links.point(folder / name, at=program)
        for name in release.ENGINE_PROGRAMS:
            if name not in programs:  # of another engine, installed before
                (folder / name).unlink(missing_ok=True)
        return [folder / name for name in programs]

    def _link_plugin(self, program: Path, *, name: str, version: str) -> Path:
        # The layout that `pulumi plugin install resource NAME VERSION --file` makes, without its copy
        # of 60 to 120 MB in each clone; a file beside the folder marks a half-made one.
        plugins = self._layout.pulumi_home / "plugins"
        folder = plugins / f"resource-{name}-v{version}"
        link = folder / f"pulumi-resource-{name}"
        links.point(link, at=program)
        folder.with_name(f"{folder.name}.partial").unlink(missing_ok=True)
        return link


def _plugin(sources: Sources, *, name: str, version: str) -> tuple[Path, str]:
    programs, origin = sources.get(
        lambda: release.plugin(name, version=version), built=(parts.PLUGINS[name],)
    )
    return programs[f"pulumi-resource-{name}"], origin
