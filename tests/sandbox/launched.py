"""A real sandbox in a folder of its own, as a person starts it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from dotenv import dotenv_values

CHECKOUT = Path(__file__).resolve().parents[2]


class Launched:
    """Commands of `python -m sandbox` in one folder.

    Args:
        root: the sandbox's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *words: str, text: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run one command; `text` is its input, `variables` are added to its environment."""
        return subprocess.run(
            [sys.executable, "-m", "sandbox", *words],
            cwd=CHECKOUT,
            env={**os.environ, "STRATA_SANDBOX_DIR": str(self.root), **variables},
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )

    def up(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`up`, which must succeed."""
        done = self("up", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    @property
    def env(self) -> dict[str, str]:
        """The exported variables."""
        return {k: v for k, v in dotenv_values(self.root / "env").items() if v is not None}

    @property
    def ports(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.root / "ports.json").read_text())
        return found

    @property
    def repository(self) -> str:
        return f"{self.env['GITHUB_SERVER_URL']}/zitian-party/finance_report.git"

    def pid(self, name: str = "daemon.pid") -> int:
        return int((self.root / name).read_text())

    def control(self, method: str, path: str, **fields: Any) -> httpx.Response:
        return httpx.request(method, f"http://127.0.0.1:{self.ports['control']}{path}", timeout=30, **fields)

    def vault(self, method: str, path: str, **fields: Any) -> httpx.Response:
        """As the operator."""
        headers = {"X-Vault-Token": self.env["VAULT_TOKEN"]}
        return httpx.request(method, f"{self.env['VAULT_ADDR']}/v1/{path}", headers=headers, **fields)

    def administrator(self, method: str, path: str, **fields: Any) -> httpx.Response:
        """As Vault's administrator."""
        headers = {"X-Vault-Token": (self.root / "openbao" / "root-token").read_text()}
        return httpx.request(method, f"{self.env['VAULT_ADDR']}/v1/{path}", headers=headers, **fields)

    def dokploy(self, method: str, procedure: str, **fields: Any) -> httpx.Response:
        headers = {"x-api-key": self.env["DOKPLOY_API_KEY"]}
        return httpx.request(method, f"{self.env['DOKPLOY_URL']}/api/{procedure}", headers=headers, **fields)

    def github(self, method: str, path: str, *, token: str = "", **fields: Any) -> httpx.Response:
        """Below the repository, as the operator or with another token."""
        headers = {"Authorization": f"Bearer {token or self.env['GITHUB_TOKEN']}"}
        address = f"{self.env['GITHUB_BASE_URL']}api/v3/repos/zitian-party/finance_report/{path}"
        return httpx.request(method, address, headers=headers, timeout=30, **fields)
