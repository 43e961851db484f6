"""Programs that write down how they were called, and a release server on loopback."""

import hashlib
import http.server
import io
import tarfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

GO = """\
case "$1" in
    env) echo "${GO_SAYS:-go1.26.8}" ;;
    build)
        while [ "$1" != -o ]; do shift; done
        echo "#!/bin/sh" > "$2"
        ;;
    list) echo "$MODULE" ;;
esac
"""


class Programs:
    """A folder of programs; only builtins of the shell work in them, since PATH has nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, script: str = "", *, folder: Path | None = None) -> Path:
        path = (folder or self.folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "$@" >> "{self._calls(name)}"\n{script}')
        path.chmod(0o755)
        return path

    def calls(self, name: str) -> list[str]:
        path = self._calls(name)
        return path.read_text().splitlines() if path.exists() else []

    def add_go(self, *, says: str = "go1.26.8") -> None:
        """A Go that builds empty programs and whose modules hold every script that is asked for."""
        module = self.folder / "module"
        for script in (
            "python/dist/pulumi-resource-pulumi-python",
            "python/cmd/pulumi-language-python-exec",
        ):
            (module / script).parent.mkdir(parents=True, exist_ok=True)
            (module / script).write_text("#!/bin/sh\n")
        self.add("go", f"GO_SAYS={says}\nMODULE='{module}'\n{GO}")

    def builds(self) -> list[str]:
        """The programs that Go was asked to build, in order."""
        return [
            Path(call.split(" -o ")[1].split()[0]).name
            for call in self.calls("go")
            if call.startswith("build")
        ]

    def _calls(self, name: str) -> Path:
        return self.folder / f"{name}.calls"


class ReleaseServer:
    """Files by path; what is asked for is written down."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                content = outer.files.get(self.path)
                self.send_response(404 if content is None else 200)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def publish(self, base: str, *, file: str, sums: str, content: bytes, stated: str | None = None) -> None:
        """Put an archive and its checksums file up; `stated` is a digest that is not its own."""
        digest = stated or hashlib.sha256(content).hexdigest()
        self.files[f"{base}/{file}"] = content
        self.files[f"{base}/{sums}"] = f"{'0' * 64}  other.tar.gz\n{digest}  {file}\n".encode()

    def publish_engine(self, *, stated: str | None = None) -> None:
        self.publish(
            "/pulumi/pulumi/releases/download/v3.250.0",
            file="pulumi-v3.250.0-linux-x64.tar.gz",
            sums="pulumi-3.250.0-checksums.txt",
            content=tar({f"pulumi/{name}": b"#!/bin/sh\n" for name in ("pulumi", "pulumi-language-python")}),
            stated=stated,
        )

    def publish_plugin(self, name: str, version: str) -> None:
        """As plugins' releases do it: `./` before the name, and SHA-1."""
        content = tar({f"pulumi-resource-{name}": b"#!/bin/sh\n", "README.md": b"hello"})
        base = f"/pulumi/pulumi-{name}/releases/download/v{version}"
        file = f"pulumi-resource-{name}-v{version}-linux-amd64.tar.gz"
        self.files[f"{base}/{file}"] = content
        digest = hashlib.sha1(content).hexdigest()
        self.files[f"{base}/pulumi-{name}_{version}_checksums.txt"] = f"{digest}  ./{file}\n".encode()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def tar(members: dict[str, bytes | tarfile.TarInfo]) -> bytes:
    """A .tar.gz of files by path; a TarInfo is taken as it is, without content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def link(name: str, *, to: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = tarfile.SYMTYPE
    member.linkname = to
    return member
