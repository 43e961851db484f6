"""A Vault that answers the program's questions and would tell a secret to whoever asked for one."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CANARY = "canary-do-not-read-7f3a"
TOKEN = "deployer"
_KEYS = {
    "backend": ["SECRET_KEY"],
    "postgres": ["POSTGRES_PASSWORD"],
    "redis": ["REDIS_PASSWORD"],
    "minio": ["MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"],
}


@dataclass(kw_only=True)
class FakeVault:
    """Keys and versions by path; counts prolonged tokens; lists what it was asked."""

    address: str = ""
    keys: dict[str, list[str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    connected: bool = True
    renewals: int = 0
    asked: list[str] = field(default_factory=list)

    def seed(self, environment: str) -> None:
        for service, keys in _KEYS.items():
            self.keys[f"finance_report/{environment}/{service}"] = list(keys)

    def answer(self, method: str, path: str) -> tuple[int, dict[str, Any]]:  # noqa: PLR0911 - one a route
        self.asked.append(f"{method} {path}")
        if path == "auth/token/lookup-self":
            return 200, {
                "data": {"ttl": 3600, "creation_ttl": 3600, "expire_time": "later", "policies": ["d"]}
            }
        if path == "auth/token/renew-accessor":
            self.renewals += 1
            return 200, {"auth": {"lease_duration": 30 * 24 * 3600}}
        if path.startswith("sys/internal/ui/mounts/"):
            return 200, {"data": {"type": "kv", "options": {"version": "2"}}}
        kind, _, secret = path.removeprefix("secret/").partition("/")
        if kind == "data" and secret.endswith("/deploy"):
            held = {"dokploy_vault_accessor": "accessor"} if self.connected else {"other": "1"}
            return 200, {"data": {"data": held, "metadata": {"version": 1}}}
        if secret not in self.keys:
            return 404, {"errors": []}
        version = self.versions.get(secret, 1)
        if kind == "metadata":
            return 200, {
                "data": {"current_version": version, "versions": {str(version): {"destroyed": False}}}
            }
        if kind == "subkeys":
            return 200, {
                "data": {"subkeys": dict.fromkeys(self.keys[secret]), "metadata": {"version": version}}
            }
        return 200, {
            "data": {"data": dict.fromkeys(self.keys[secret], CANARY), "metadata": {"version": version}}
        }


@contextmanager
def serving(vault: FakeVault) -> Iterator[FakeVault]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            status, body = vault.answer(self.command, self.path.removeprefix("/v1/").partition("?")[0])
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_LIST = _answer  # noqa: N815 - the server's names

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    vault.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield vault
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
