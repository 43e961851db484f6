"""Playing the administrator, once per sandbox: with the commands that a real server gets its policies by."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from sandbox import environment
from sandbox.errors import SeedingFailed
from sandbox.folder import CHECKOUT
from sandbox.github.app_key import APP_ID, INSTALLATION_ID
from sandbox.openbao import MOUNT

ENVIRONMENTS = ("staging", "production")
# What each of CI's identities finds at its deploy path, as its guide tells an administrator to write it.
_STATE = ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE")
_DOKPLOY = ("DOKPLOY_URL", "DOKPLOY_API_KEY")
_APP = ("GITHUB_APP_ID", "GITHUB_APP_INSTALLATION_ID", "GITHUB_APP_PRIVATE_KEY")
_ALL = (*_STATE, *_DOKPLOY, "REGISTRY_PASSWORD", *_APP)
IDENTITIES = {
    "staging": _ALL,
    "production": _ALL,
    "staging-observe": _ALL,
    "production-observe": _ALL,
    "plan": (*_STATE, "DOKPLOY_URL"),
    "preview": (*_STATE, *_DOKPLOY),
}
# Gates come with the first `up`, and roles when the gates are there.
_REFUSED = 1
OPERATOR_POLICIES = [f"strata-finance-report-{name}-deploy" for name in ENVIRONMENTS]
_ACCESSOR = "dokploy_vault_accessor"  # where `strata vault connect` keeps it
_STRATA = (sys.executable, "-m", "strata.cli")
# As long as the server allows: a sandbox may rest for months between two uses.
_PERIOD = "87600h"
_LAST_LINES = 20

Say = Callable[[str], None]


class Administrator:
    """The person with Vault's root token and Dokploy's key.

    Args:
        variables: the sandbox's environment; its `VAULT_TOKEN` is replaced.
        token: the administrator's own.
        app_key: private key (PEM) of the GitHub App.
        strata: the command line of `strata`, another one in tests.
    """

    def __init__(
        self,
        variables: Mapping[str, str],
        *,
        token: str,
        app_key: str = "",
        strata: Sequence[str] = _STRATA,
    ) -> None:
        self._environment = environment.for_command({**variables, "VAULT_TOKEN": token}, os.environ)
        self._address = variables["VAULT_ADDR"]
        self._token = token
        self._strata = list(strata)
        self._known = {
            **variables,
            "GITHUB_APP_ID": str(APP_ID),
            "GITHUB_APP_INSTALLATION_ID": str(INSTALLATION_ID),
            "GITHUB_APP_PRIVATE_KEY": app_key,
        }

    def prepare(self, say: Say) -> None:
        """Write policies, generate secrets, give Dokploy its tokens; after an interruption it completes.

        Raises:
            SeedingFailed: a command failed; with its output.
        """
        say("writing Vault's policies: strata vault policies --apply")
        self._run("vault", "policies", "--apply", fine=_REFUSED)
        say("generating secrets, giving Dokploy its Vault tokens: strata vault seed, strata vault connect")
        with ThreadPoolExecutor(len(ENVIRONMENTS)) as pool:
            list(pool.map(self._furnish, ENVIRONMENTS))

    def fill_deploy_paths(self) -> None:
        """Write what jobs of CI find when they log in.

        Raises:
            SeedingFailed: Vault refused.
        """
        for name, keys in IDENTITIES.items():
            known = (
                {**self._known, "DOKPLOY_API_KEY": self._key_for(name)} if "observe" in name else self._known
            )
            self._write(f"finance_report/{name}/deploy", {key: known.get(key, "") for key in keys})

    def _key_for(self, name: str) -> str:
        """A key of Dokploy of its own, without the limit that keys made by script have."""
        headers = {"x-api-key": self._known["DOKPLOY_API_KEY"]}
        with httpx.Client(
            base_url=f"{self._known['DOKPLOY_URL']}/api", headers=headers, timeout=10, trust_env=False
        ) as dokploy:
            organization = _said(dokploy.get("/user.get"))["organizationId"]
            wanted = {
                "name": name,
                "rateLimitEnabled": False,
                "metadata": {"organizationId": organization},
            }
            return str(_said(dokploy.post("/user.createApiKey", json=wanted))["key"])

    def keep_connected(self) -> None:
        """Renew Dokploy's tokens; give it a new one where it ran out, after 32 days without a deploy.

        Raises:
            SeedingFailed: a command failed; with its output.
        """
        for name in ENVIRONMENTS:
            record = self._ask("GET", f"{MOUNT}/data/finance_report/{name}/deploy")
            accessor = record.json()["data"]["data"][_ACCESSOR] if record.is_success else ""
            if self._ask("POST", "auth/token/renew-accessor", {"accessor": accessor}).is_error:
                self._run("vault", "connect", name)

    def mint_operator_token(self) -> str:
        """A token for a person who may deploy staging and production from this laptop.

        Raises:
            SeedingFailed: Vault refused.
        """
        answer = self._ask(
            "POST",
            "auth/token/create-orphan",
            {"policies": OPERATOR_POLICIES, "period": _PERIOD, "display_name": "operator"},
        )
        if answer.is_error:
            raise SeedingFailed(
                f"OpenBao answered {answer.status_code} to the administrator who mints the operator's token."
                " `strata sandbox down --erase` starts afresh."
            )
        return str(answer.json()["auth"]["client_token"])

    def _furnish(self, name: str) -> None:
        self._run("vault", "seed", name)
        self._run("vault", "connect", name)

    def _write(self, path: str, fields: Mapping[str, str]) -> None:
        """Add fields to a path, which may hold others."""
        kind = {"Content-Type": "application/merge-patch+json"}
        answer = self._ask("PATCH", f"{MOUNT}/data/{path}", {"data": fields}, kind)
        if answer.status_code == httpx.codes.NOT_FOUND:
            answer = self._ask("POST", f"{MOUNT}/data/{path}", {"data": fields})
        if answer.is_error:
            raise SeedingFailed(
                f"OpenBao answered {answer.status_code} to the administrator who writes {path}."
                " `strata sandbox down --erase` starts afresh."
            )

    def _run(self, *words: str, fine: int = 0) -> None:
        done = subprocess.run(
            [*self._strata, *words],
            cwd=CHECKOUT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, fine):
            shown = "\n".join((done.stdout + done.stderr).splitlines()[-_LAST_LINES:])
            raise SeedingFailed(
                f"`strata {' '.join(words)}` ended with exit code {done.returncode}:\n{shown}\n"
                "The sandbox runs, but is not ready; once this is repaired, start it again: `make sandbox`."
            )

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        return httpx.request(
            method,
            f"{self._address}/v1/{path}",
            json=body,
            headers={"X-Vault-Token": self._token, **(headers or {})},
            timeout=10,
            trust_env=False,
        )


def _said(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise SeedingFailed(
            f"Dokploy's emulator answered {answer.status_code} to the administrator who makes a key."
            " `strata sandbox down --erase` starts afresh."
        )
    found: dict[str, Any] = answer.json()
    return found
