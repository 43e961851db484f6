"""HTTP: `/health`, `/ready`, `/api`."""

import json
import logging
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from backend.report import health, identity

_log = logging.getLogger("backend")
stopping = threading.Event()


def answer(path: str) -> tuple[int, dict[str, object]]:
    """Status code and body for a path."""
    if path == "/health":
        return health()
    if path == "/ready":
        return (
            (503, {"status": "stopping"}) if stopping.is_set() else (200, {"status": "ready", **identity()})
        )
    if path in {"/api", "/api/"}:
        return 200, {"name": "finance report", **identity()}
    return 404, {"status": "not found"}


class Handler(BaseHTTPRequestHandler):
    """JSON for everything, also for what is not there: a page must not answer in its place."""

    protocol_version = "HTTP/1.1"
    server_version = "backend"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer a GET or, without its body, a HEAD."""
        status, body = answer(urlsplit(self.path).path)
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """One line a request, at debug: health checks would fill the log."""
        _log.debug(format, *args)


def serve(*, port: int, drain_seconds: float) -> None:
    """Serve until SIGTERM, then go on for a while: a router takes some time to send nobody here any more."""
    server = ThreadingHTTPServer(("", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    _log.info("backend %s answers on port %d", identity()["version"], port)
    stopping.wait()
    _log.info("stopping in %.0f seconds", drain_seconds)
    threading.Event().wait(drain_seconds)
    server.shutdown()
    server.server_close()
