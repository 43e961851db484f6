import io
import socket
import threading
from pathlib import Path

import pytest

from tests.toolchain.fakes import ReleaseServer
from toolchain import fetch
from toolchain.errors import RefusedError, UnavailableError


def test_a_small_file_is_read(server: ReleaseServer) -> None:
    server.files["/sums"] = b"hello"

    assert fetch.text(f"{server.url}/sums") == "hello"


def test_a_large_file_is_written(server: ReleaseServer, tmp_path: Path) -> None:
    server.files["/file"] = b"x" * 3_000_000

    fetch.file(f"{server.url}/file", to=tmp_path / "file")

    assert (tmp_path / "file").stat().st_size == 3_000_000


def test_a_file_that_is_not_there_says_what_was_answered(server: ReleaseServer) -> None:
    with pytest.raises(UnavailableError, match=r"/sums: answered 404"):
        fetch.text(f"{server.url}/sums")


def test_a_machine_where_nothing_listens_is_unavailable(tmp_path: Path, no_network: None) -> None:
    with pytest.raises(UnavailableError, match="refused"):
        fetch.text("http://127.0.0.1:1/sums")
    with pytest.raises(UnavailableError, match="refused"):
        fetch.file("http://127.0.0.1:1/file", to=tmp_path / "file")


def test_a_server_that_never_answers_is_given_up_within_the_deadline(no_network: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        with pytest.raises(UnavailableError):
            fetch.text(f"http://127.0.0.1:{port}/sums", deadline=0.2)


def test_a_file_of_this_machine_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"not an http\(s\) address"):
        fetch.file(Path(__file__).as_uri(), to=tmp_path / "file")


def test_a_name_server_that_never_answers_is_given_up_within_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released = threading.Event()

    def hang(url: str, *, timeout: float) -> None:
        released.wait(5)
        raise OSError("too late")

    monkeypatch.setattr(fetch, "_open", hang)

    try:
        with pytest.raises(UnavailableError, match="no answer within 0 s"):
            fetch.text("https://releases.example/sums", deadline=0.05)
    finally:
        released.set()


def test_a_redirect_away_from_https_is_not_followed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Elsewhere(io.BytesIO):
        def geturl(self) -> str:
            return "http://elsewhere.example/file"

    monkeypatch.setattr("urllib.request.urlopen", lambda url, *, timeout: Elsewhere(b"evil"))

    with pytest.raises(UnavailableError, match="redirected away from https"):
        fetch.file("https://releases.example/file", to=tmp_path / "file")

    assert not (tmp_path / "file").exists()
