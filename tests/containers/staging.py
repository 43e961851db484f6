"""Staging on real containers: what it serves, and releases that are made to fail."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sandbox.folder import CHECKOUT
from tests.e2e.cloud import Cloud, Result

HOST = "report-staging.zitian.party"
BACKEND = "ghcr.io/zitian-party/finance-report-backend"
_MIGRATIONS = CHECKOUT / "apps/backend/src/backend/migrations/versions"


@dataclass(frozen=True, kw_only=True)
class Staging:
    """The stack of the session."""

    cloud: Cloud

    @property
    def release(self) -> str:
        """The version that it was last verified to run."""
        return str(self.cloud.outputs("staging")["release"]["version"])

    def another_release(self) -> str:
        """A good version that it does not run."""
        return "v1.0.1" if self.release == "v1.0.0" else "v1.0.0"

    def up(self, *options: str, release: str | None = None) -> Result:
        """What CI runs."""
        return self.cloud.up("staging", "--refresh", *options, release=release)

    def health(self) -> dict[str, Any]:
        """`/health` through the ingress."""
        found: dict[str, Any] = self.cloud.health(HOST).raise_for_status().json()
        return found

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """A request of the page to its API."""
        ports = self.cloud.sandbox.ports
        with httpx.Client(verify=False, trust_env=False, timeout=20) as client:  # TLS has its own tests
            answer = client.request(
                method,
                f"https://127.0.0.1:{ports.ingress}{path}",
                headers={"Host": HOST},
                extensions={"sni_hostname": HOST},
                **options,
            )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def account(self, name: str) -> int:
        """A new account's number."""
        made = self.ask("POST", "/api/accounts", json={"name": name, "currency": "EUR"})
        return int(made["id"])

    def accounts(self) -> set[str]:
        """The accounts' names."""
        return {str(row["name"]) for row in self.ask("GET", "/api/accounts")}

    def publish(self, version: str, spoilt: str, place: Path) -> Result:
        """Put a version into the registry whose backend is the running one, spoilt.

        Args:
            version: the tag.
            spoilt: lines of a Dockerfile, as root in the folder with the package.
            place: an empty folder for it.
        """
        mirror = self.cloud.environment["STRATA_REGISTRY_MIRROR"]
        (place / "Dockerfile").write_text(
            f"FROM {mirror}/{BACKEND}:v1.0.0\n"
            "ARG GIT_COMMIT\n"
            "ARG VERSION\n"
            'LABEL org.opencontainers.image.revision="${GIT_COMMIT}"\n'
            "USER root\n"
            f"{spoilt}\n"
            "USER 10001:10001\n"
        )
        root = str(self.cloud.sandbox.folder.root)
        words = ("python", "-m", "sandbox", "release", version, "--dir", root, "--backend", str(place))
        return self.cloud.run(*words, PYTHONPATH=str(CHECKOUT)).ok()


NEW_COMMIT = "RUN printf '%s' \"${GIT_COMMIT}\" > COMMIT"


def broken_migration(place: Path) -> str:
    """Lines that add a migration that PostgreSQL refuses; the file is written beside the Dockerfile."""
    heads = {
        _word(file, "revision"): _word(file, "down_revision") for file in _MIGRATIONS.glob("[0-9a-z]*.py")
    }
    (head,) = heads.keys() - heads.values()
    (place / "broken.py").write_text(
        "from alembic import op\n"
        'revision = "broken"\n'
        f'down_revision = "{head}"\n'
        "def upgrade():\n"
        '    op.execute("ALTER TABLE no_such_table ADD COLUMN x int")\n'
    )
    return f"{NEW_COMMIT}\nCOPY broken.py backend/migrations/versions/broken.py"


def _word(file: Path, name: str) -> str | None:
    found = re.search(rf'^{name}\b[^=]*= "(\w+)"', file.read_text(), re.MULTILINE)
    return found[1] if found else None
