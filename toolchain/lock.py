import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hold(path: Path, *, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold a lock between processes; the kernel releases it when its holder ends, however it ends.

    Args:
        path: the lock file, made if missing and left behind (removing it would let two hold it).
        on_wait: called once if another process holds it, before waiting without limit.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
