from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.throwaway.engine import EngineError, connected


class OldEngine(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = b'{"ApiVersion": "1.39", "Version": "18.09.1"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def old_engine() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), OldEngine) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"tcp://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_without_an_engine_the_message_says_where_it_looked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as refused, connected(f"unix://{tmp_path}/docker.sock"):
        pass

    assert f"no Docker Engine answers at unix://{tmp_path}/docker.sock" in str(refused.value)
    assert "→ start Docker, or `make docker`" in str(refused.value)


def test_an_engine_that_is_too_old_is_refused_with_what_to_install(old_engine: str) -> None:
    with pytest.raises(EngineError) as refused, connected(old_engine):
        pass

    assert "speaks API 1.39, too old" in str(refused.value)
    assert "→ install Docker 20.10 or newer" in str(refused.value)
