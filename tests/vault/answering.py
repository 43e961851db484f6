"""A server that gives prepared answers, for what a real Vault does not do on request."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CUT = ("", "")


@contextmanager
def answering(*answers: tuple[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Give each request the next answer, in the end always the last one.

    Args:
        answers: status line and body; `CUT` closes the connection instead.

    Yields:
        The address, and the request lines so far.
    """
    asked: list[str] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(65536).decode().partition("\r\n")[0])
                status, body = answers[min(len(asked), len(answers)) - 1]
                if status:
                    head = f"{status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
                    connection.sendall(f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n{body}".encode())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)
