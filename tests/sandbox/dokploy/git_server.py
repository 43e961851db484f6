"""Repositories over HTTP, by git's own CGI program."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

Start = Callable[[str, list[tuple[str, str]]], Any]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Print nothing."""


class GitServer:
    """Serves the bare repositories of a folder on a free loopback port."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._server: WSGIServer = make_server("127.0.0.1", 0, self._answer, handler_class=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{name}"

    def _answer(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        cgi = {name: value for name, value in environ.items() if isinstance(value, str)}
        cgi |= {"GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH": os.environ["PATH"]}
        done = subprocess.run(["git", "http-backend"], input=body, env=cgi, capture_output=True, check=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [
            (name, value) for name, _, value in (line.partition(": ") for line in head.decode().split("\r\n"))
        ]
        status = dict(headers).get("Status", "200 OK")
        start(status, [header for header in headers if header[0] != "Status"])
        return [content]


class Repository:
    """A bare repository that commits can be added to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._git("init", "--quiet", "--bare", "--initial-branch=main", str(path), inside=False)
        self._work = path.with_suffix(".work")
        self._git("clone", "--quiet", str(path), str(self._work), inside=False)

    def commit(self, files: dict[str, str], message: str, *, branch: str = "main", tag: str = "") -> str:
        """Write files, commit, push; returns the hash."""
        self._git("checkout", "--quiet", "-B", branch)
        for name, text in files.items():
            file = self._work / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", message)
        self._git("push", "--quiet", "--force", "origin", branch)
        if tag:
            self._git("tag", tag)
            self._git("push", "--quiet", "origin", tag)
        return self._git("rev-parse", "HEAD").strip()

    def point(self, *refs: str) -> None:
        """Make refs that point to the newest commit."""
        self._git("push", "--quiet", "origin", *(f"HEAD:{ref}" for ref in refs))

    def _git(self, *argv: str, inside: bool = True) -> str:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            **{
                f"GIT_{who}_{what}": "test@example.com"
                for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")
            },
        }
        at = ["-C", str(self._work)] if inside else []
        return subprocess.run(["git", *at, *argv], env=env, capture_output=True, text=True, check=True).stdout
