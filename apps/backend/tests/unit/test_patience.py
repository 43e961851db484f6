"""A server that lets in and then says nothing, as a paused database does."""

import socket
import threading
from collections.abc import Iterator

import pytest

from backend.database import Database, connecting
from backend.errors import Unavailable
from backend.patience import patient

# PostgreSQL's words for "you are in" and "ask".
_LET_IN = b"R\0\0\0\x08\0\0\0\0" + b"Z\0\0\0\x05I"


@pytest.fixture
def silent() -> Iterator[str]:
    """A URL of it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=let_in, args=(server,), daemon=True)
        thread.start()
        yield f"postgresql://u:p@127.0.0.1:{server.getsockname()[1]}/d?sslmode=disable&gssencmode=disable"


def let_in(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(_LET_IN)
        # until the client has had enough
        while connection.recv(4096):
            pass


@pytest.mark.slow
def test_c8_a_database_that_says_nothing_is_given_up_after_a_while(silent: str) -> None:
    engine = patient(connecting(silent), seconds=0.2)

    with pytest.raises(Unavailable) as unavailable:
        Database(engine).ping()

    assert str(unavailable.value) == "database: no answer in time"
    assert engine.pool.checkedin() == 0  # type: ignore[attr-defined]  # of the pool that it is, not of its base
