"""Connections that give up on a database that takes what is sent and says nothing, as a paused one does.

The server's own `statement_timeout` does not help there, and a thread that waits in vain is lost to requests.
"""

import time
from collections.abc import Generator
from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from sqlalchemy import Engine, event

NO_ANSWER = "no answer in time"

_Result = TypeVar("_Result")


def patient(engine: Engine, *, seconds: float) -> Engine:
    """Give an engine's connections so much patience.

    Args:
        engine: to change.
        seconds: for each thing that is asked of the server.
    """

    class PatientConnection(Connection[Any]):
        """Closes itself after an answer that did not come: what it would bring is not known any more."""

        def wait(
            self, gen: Generator[Any, Any, _Result], interval: float = 0.1, timeout: float | None = None
        ) -> _Result:
            deadline = time.monotonic() + seconds
            try:
                return super().wait(gen, interval, seconds if timeout is None else timeout)
            except OperationalError as error:
                if timeout is not None or time.monotonic() < deadline:
                    raise
                self.pgconn.finish()
                raise OperationalError(NO_ANSWER) from error

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
        return PatientConnection.connect(*arguments, **named)

    return engine
