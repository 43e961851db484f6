"""A registry on loopback: tags by repository, in pages, for those who bring a token."""

import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sandbox.certificates import Authority
from sandbox.folder import Folder

TOKEN = "token-canary"
PER_PAGE = 2


@dataclass
class RegistryServer:
    """What it has, and what it was asked.

    Attributes:
        address: `127.0.0.1:PORT`.
        ca: what a client has to trust.
        tags: by repository.
        refuse: repository to the status it answers with.
        odd: repository to the body it answers with.
        asked: paths, with the query.
        scopes: for which tokens were asked.
    """

    address: str
    ca: Path
    tags: dict[str, list[str]] = field(default_factory=dict)
    refuse: dict[str, int] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)

    def answer(self, target: str, authorization: str) -> tuple[int, dict[str, str], str]:
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        if parts.path == "/token":
            self.scopes += query["scope"]
            return 200, {}, json.dumps({"token": TOKEN})
        self.asked.append(target)
        name = parts.path.removeprefix("/v2/").removesuffix("/tags/list")
        if authorization != f"Bearer {TOKEN}":
            challenge = (
                f'Bearer realm="https://{self.address}/token",service="r",scope="repository:{name}:pull"'
            )
            return 401, {"WWW-Authenticate": challenge}, "{}"
        if name in self.refuse:
            return self.refuse[name], {}, "{}"
        if name in self.odd:
            return 200, {}, self.odd[name]
        known = self.tags.get(name, [])
        start = known.index(query["last"][0]) + 1 if "last" in query else 0
        page = known[start : start + PER_PAGE]
        more = start + PER_PAGE < len(known)
        link = {"Link": f'</v2/{name}/tags/list?last={page[-1]}>; rel="next"'} if more else {}
        return 200, link, json.dumps({"name": name, "tags": page})


@contextmanager
def serving(folder: Path) -> Iterator[RegistryServer]:
    """Run one; its certificate is of an authority made for it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = registry.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    files = Folder(folder)
    files.make()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Authority(files).issue(["127.0.0.1"]))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        registry = RegistryServer(address=f"127.0.0.1:{server.server_port}", ca=files.ca)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield registry
        finally:
            server.shutdown()
            thread.join()
