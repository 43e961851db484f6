"""Playing the administrator, once per sandbox: with the commands that a real server gets its policies by."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from sandbox import environment
from sandbox.errors import SeedingFailed
from sandbox.folder import CHECKOUT

ENVIRONMENTS = ("staging", "production")
OPERATOR_POLICIES = [f"strata-finance-report-{name}-deploy" for name in ENVIRONMENTS]
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
        strata: the command line of `strata`, another one in tests.
    """

    def __init__(self, variables: Mapping[str, str], *, token: str, strata: Sequence[str] = _STRATA) -> None:
        self._environment = environment.for_command({**variables, "VAULT_TOKEN": token}, os.environ)
        self._address = variables["VAULT_ADDR"]
        self._token = token
        self._strata = list(strata)

    def prepare(self, say: Say) -> None:
        """Write policies, generate secrets, give Dokploy its tokens; after an interruption it completes.

        Raises:
            SeedingFailed: a command failed; with its output.
        """
        say("writing Vault's policies: strata vault policies --apply")
        self._run("vault", "policies", "--apply")
        say("generating secrets and giving Dokploy its Vault tokens: strata vault seed, strata vault connect")
        with ThreadPoolExecutor(len(ENVIRONMENTS)) as pool:
            list(pool.map(self._furnish, ENVIRONMENTS))

    def mint_operator_token(self) -> str:
        """A token for a person who may deploy staging and production from this laptop.

        Raises:
            SeedingFailed: Vault refused.
        """
        answer = self._call(
            "auth/token/create-orphan",
            {"policies": OPERATOR_POLICIES, "period": _PERIOD, "display_name": "operator"},
        )
        return str(answer["auth"]["client_token"])

    def _furnish(self, name: str) -> None:
        self._run("vault", "seed", name)
        self._run("vault", "connect", name)

    def _run(self, *words: str) -> None:
        done = subprocess.run(
            [*self._strata, *words],
            cwd=CHECKOUT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            shown = "\n".join((done.stdout + done.stderr).splitlines()[-_LAST_LINES:])
            raise SeedingFailed(
                f"`strata {' '.join(words)}` ended with exit code {done.returncode}:\n{shown}\n"
                "The sandbox runs, but is not ready; once this is repaired, start it again: `make sandbox`."
            )

    def _call(self, path: str, body: Mapping[str, object]) -> dict[str, dict[str, str]]:
        answer = httpx.post(
            f"{self._address}/v1/{path}",
            json=body,
            headers={"X-Vault-Token": self._token},
            timeout=10,
            trust_env=False,
        )
        if answer.is_error:
            raise SeedingFailed(
                f"OpenBao answered {answer.status_code} to the administrator's POST {path}."
                " `python -m sandbox down --erase` starts afresh."
            )
        content: dict[str, dict[str, str]] = answer.json()
        return content
