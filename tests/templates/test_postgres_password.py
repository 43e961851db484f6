"""V4: a rotated password is in force after a restart, on a real PostgreSQL, without being seen anywhere."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.model.plans import ROOT

FIRST, SECOND = "first-Canary4711", "second-Canary4711"
BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)

# What the official image does, as far as the template relies on it: a first start with a temporary server on
# the socket only, which trusts; scram on every other address.
ENTRYPOINT = """#!/bin/bash
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  "$BIN/initdb" -D "$PGDATA" -U "$POSTGRES_USER" --pwfile=<(printf '%s' "$POSTGRES_PASSWORD") >/dev/null
  sed -i '/^host/d' "$PGDATA/pg_hba.conf"
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  printf '%s\\n' "port=$PGPORT" "unix_socket_directories='$PGHOST'" log_statement=all \\
    >> "$PGDATA/postgresql.conf"
  "$BIN/pg_ctl" -D "$PGDATA" -o "-c listen_addresses=''" -w start >/dev/null
  "$BIN/createdb" -U "$POSTGRES_USER" "$POSTGRES_DB"
  "$BIN/pg_ctl" -D "$PGDATA" -m fast -w stop >/dev/null
fi
exec "$BIN/postgres" -D "$PGDATA" -c listen_addresses=127.0.0.1
"""


def script(*keys: str) -> str:
    """A script of the template, as the container's shell gets it."""
    node = yaml.safe_load((ROOT / "templates" / "data.compose.yaml").read_text())["services"]["postgres"]
    for key in keys:
        node = node[key]
    return str(node[-1]).replace("$$", "$")


class Server:
    """The template's PostgreSQL, without a container around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.env = {
            "PATH": f"{folder}:{BIN}:/usr/bin:/bin",
            "BIN": str(BIN),
            "PGDATA": str(folder / "data"),
            "PGHOST": str(folder),
            "PGPORT": str(port),
            "POSTGRES_USER": "finance_report",
            "POSTGRES_DB": "finance_report",
            "LC_ALL": "C",
        }
        entrypoint = folder / "docker-entrypoint.sh"
        entrypoint.write_text(ENTRYPOINT)
        entrypoint.chmod(0o755)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")

    def command(self, text: str, password: str) -> dict[str, object]:
        """Arguments of a process that runs a script as the image's user."""
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        return {
            "args": ["/bin/bash", "-euc", text],
            "env": self.env | {"POSTGRES_PASSWORD": password},
            "cwd": self.folder,
            **user,
        }

    def start(self, password: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(**self.command(script("entrypoint"), password), stdout=log, stderr=log)  # type: ignore[call-overload,no-any-return]

    def healthy(self, password: str) -> bool:
        """The template's own health check, on the address that asks for a password."""
        test = script("healthcheck", "test").replace('"$(hostname)"', "127.0.0.1")
        told = subprocess.run(**self.command(test, password), check=False, capture_output=True)  # type: ignore[call-overload]
        return bool(told.returncode == 0)

    def becomes_healthy(self, password: str) -> bool:
        """Within 20 seconds; looks every tenth of one, since the real server has no clock to inject."""
        limit = time.monotonic() + 20
        while time.monotonic() < limit:
            if self.healthy(password):
                return True
            time.sleep(0.1)
        return False


@pytest.fixture
def server() -> Iterator[Server]:
    if BIN is None:
        pytest.skip("no PostgreSQL is installed (Debian: postgresql)")
    # Not pytest's own folder: the server's user could not enter it.
    with tempfile.TemporaryDirectory() as folder:
        yield Server(Path(folder))


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(2)
    process.wait(timeout=20)


def test_v4_a_rotated_password_is_in_force_and_the_old_one_is_not(server: Server) -> None:
    process = server.start(FIRST)
    assert server.becomes_healthy(FIRST)
    stop(process)

    process = server.start(SECOND)
    rotated = server.becomes_healthy(SECOND)
    old = server.healthy(FIRST)
    seen = subprocess.run(["ps", "axww", "-o", "args"], check=True, capture_output=True, text=True).stdout
    stop(process)

    assert (rotated, old) == (True, False)
    assert "Canary4711" not in seen
    assert "Canary4711" not in server.log.read_text()
