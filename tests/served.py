"""A part of the sandbox, or a stand-in, served from a thread on a port of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from sandbox import ports
from sandbox.http import CuttableProtocol


@contextmanager
def served(make: Callable[[str], ASGIApp]) -> Iterator[str]:
    """Serve an app and give its address.

    Args:
        make: the app, from the address that it will have.
    """
    listening = ports.listen(0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(make(url), log_level="error", http=CuttableProtocol, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(5)
        listening.close()
