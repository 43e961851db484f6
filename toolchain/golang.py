import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolchain import digest, process, versions
from toolchain.errors import ToolchainError

_GET_GO = (
    "install Go {least} or newer (https://go.dev/doc/install, or your package manager) and run this again"
)
_GO_LINE = re.compile(r"^go (\d\S*)$", re.MULTILINE)


@dataclass(frozen=True)
class GoPart:
    """A program built from a pinned Go module in `toolchain/go/<name>`.

    Attributes:
        name: the part and its folder.
        program: the file it becomes.
        package: what is built, as the module's own `go build` would name it.
        ldflags: linker flags; versions are stamped with them.
        tags: build tags.
        scripts: programs that come as a file inside a module: name, module, path in it.
        expect: how long it takes on two cores with nothing cached.
    """

    name: str
    program: str
    package: str
    ldflags: str
    expect: str
    tags: str = ""
    scripts: tuple[tuple[str, str, str], ...] = ()

    def key(self, parts: Path) -> str:
        """Return the cache key: everything the result depends on but Go's own version.

        A newer Go need not build all of it again; to have it so, clear the cache.
        """
        machine = os.uname()
        return digest.of_inputs(
            files=[path for path in (parts / self.name).iterdir() if path.suffix in {".go", ".mod", ".sum"}],
            words=[
                machine.sysname,
                machine.machine,
                self.package,
                self.ldflags,
                self.tags,
                repr(self.scripts),
            ],
        )

    def fill(self, folder: Path, *, parts: Path, log: Path) -> None:
        """Build into a folder.

        Args:
            folder: where the programs go.
            parts: the folder of all parts' modules.
            log: where all output of a failed build is kept.

        Raises:
            ToolchainError: Go is missing or too old, or the build failed.
        """
        source = parts / self.name
        go = find(least=least(parts), what=f"building {self.program}")
        env = environment()

        def run(*words: str | Path) -> str:
            return process.run(
                [go, *words],
                what=f"building {self.program} in toolchain/go/{self.name}",
                todo="read the lines above; for modules that cannot be downloaded check `go env GOPROXY`",
                env=env,
                cwd=source,
                log=log,
            )

        # the order of Go's own documentation; -tags "" is no tag
        run("build", "-o", folder / self.program, "-ldflags", self.ldflags, "-tags", self.tags, self.package)
        for name, module, path in self.scripts:
            there = Path(run("list", "-m", "-f", "{{.Dir}}", module).strip()) / path
            shutil.copyfile(there, folder / name)
            (folder / name).chmod(0o755)  # modules are read-only


def least(parts: Path) -> versions.Version:
    """Return the oldest Go that every part's go.mod accepts.

    Of all of them, whichever is built: who installs Go for the first must not learn at the third
    that it is too old.

    Args:
        parts: the folder of all parts' modules.
    """
    lines = (_GO_LINE.search(module.read_text(encoding="utf-8")) for module in sorted(parts.glob("*/go.mod")))
    return max(
        (version for line in lines if line and (version := versions.parse(line[1]))), default=(1, 0, 0)
    )


def environment() -> Mapping[str, str]:
    """Return this process's environment with what would change a build taken out of it.

    No other Go is downloaded (GOTOOLCHAIN), go.mod and go.sum stay as committed, the result holds
    no path of this machine and no git state, and no C compiler is needed.
    """
    return os.environ | {
        "CGO_ENABLED": "0",
        "GO111MODULE": "on",
        "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def find(*, least: versions.Version, what: str) -> Path:
    """Return the Go on PATH.

    Args:
        least: the oldest that will do.
        what: what it is needed for.

    Raises:
        ToolchainError: there is none, or it is older.
    """
    todo = _GET_GO.format(least=versions.show(least))
    path = shutil.which("go")
    if path is None:
        raise ToolchainError(f"{what}: there is no `go` on PATH", todo=todo)
    answer = process.run([path, "env", "GOVERSION"], what=what, todo=todo, env=environment(), timeout=30)
    version = versions.parse(answer.strip())
    if version is None or version < least:
        raise ToolchainError(
            f"{what}: {path} is {answer.strip() or 'of unknown version'}, too old", todo=todo
        )
    return Path(path)
