import json
import signal
import socket
import subprocess
import sys

import pytest

from unit.test_settings import THROWAWAY

# What `serve --reload` goes on with after its first migration: the database may go away later.
SERVING = "from backend import development, settings; development.serve(settings.read())"


@pytest.mark.slow
def test_a_save_that_cannot_be_served_is_one_line_and_the_next_save_is_waited_for() -> None:
    nowhere = {"DATABASE_URL": "postgresql://u:canary-41bd@127.0.0.1:1/x", "MIGRATION_WAIT_SECONDS": "0"}
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = str(found.getsockname()[1])
    with subprocess.Popen(
        [sys.executable, "-c", SERVING],
        env={**THROWAWAY, **nowhere, "ENV": "local", "PORT": port, "PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = json.loads(process.stdout.readline())
            lives_on = process.poll() is None
            process.send_signal(signal.SIGTERM)
            rest, _ = process.communicate(timeout=30)
        finally:
            process.kill()

    assert line["event"] == "cannot_start"
    assert line["reason"] == "no migration: the database did not let us in within 0 s (unreachable)"
    assert lives_on
    assert (rest, process.returncode) == ("", 0)
