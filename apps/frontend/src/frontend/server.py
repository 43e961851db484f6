"""Static files; unknown paths get the page, which routes itself."""

import logging
import os
import signal
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_log = logging.getLogger("frontend")
stopping = threading.Event()
PUBLIC = Path(os.environ.get("PUBLIC_DIR", "/public"))


class Handler(SimpleHTTPRequestHandler):
    """The page's files. Everything it calls is on its own origin: one image serves every environment."""

    protocol_version = "HTTP/1.1"
    server_version = "frontend"
    sys_version = ""

    def translate_path(self, path: str) -> str:
        """A file below the folder, or the page."""
        found = super().translate_path(path)
        return found if Path(found).is_file() else str(Path(self.directory) / "index.html")

    def end_headers(self) -> None:
        """Headers for every answer."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """One line a request, at debug: health checks would fill the log."""
        _log.debug(format, *args)


def serve(*, port: int, drain_seconds: float, public: Path = PUBLIC) -> None:
    """Serve until SIGTERM, then go on for a while: a router takes some time to send nobody here any more."""
    server = ThreadingHTTPServer(("", port), partial(Handler, directory=os.fspath(public)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    _log.info("frontend answers on port %d", port)
    stopping.wait()
    _log.info("stopping in %.0f seconds", drain_seconds)
    threading.Event().wait(drain_seconds)
    server.shutdown()
    server.server_close()
