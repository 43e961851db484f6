"""The emulator's tables, what belongs to what, and what goes with what when it is deleted."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.dokploy.names import iso
from sandbox.store import Document, Store, Table

PREFIX = "dokploy."


class State:
    """Typed access to the `dokploy.*` tables of the sandbox's store.

    Args:
        store: the sandbox's store.
        root: the folder that stands for `/etc/dokploy`.
        now: the clock.
    """

    def __init__(self, store: Store, *, root: Path, now: Callable[[], datetime]) -> None:
        self.root = root
        self.clock = now
        self.store = store
        self.project = self._table("project")
        self.environment = self._table("environment")
        self.compose = self._table("compose")
        self.application = self._table("application")
        self.domain = self._table("domain")
        self.mount = self._table("mount")
        self.deployment = self._table("deployment")
        self.registry = self._table("registry")
        self.network = self._table("network")
        self.vault_provider = self._table("vaultProvider")
        self.ssh_key = self._table("sshKey")
        self.organization = self._table("organization")
        self.user = self._table("user")
        self.member = self._table("member")
        self.api_key = self._table("apiKey")
        self.settings = self._table("settings")
        self.counter = self._table("counter")
        self.service = self._table("service")  # what was last given to an application's swarm service

    def _table(self, name: str) -> Table:
        return self.store.table(PREFIX + name)

    def now(self) -> str:
        """The present moment as rows show it."""
        return iso(self.clock())

    def setting(self, name: str, default: Any) -> Any:
        """One of the server's settings."""
        return (self.settings.get("server") or {}).get(name, default)

    def next_number(self, name: str) -> int:
        """1, 2, 3 … per name, as a serial column counts."""
        number = int((self.counter.get(name) or {"last": 0})["last"]) + 1
        self.counter.put(name, {"last": number})
        return number

    def code_folder(self, app: str) -> Path:
        """Where a compose's checkout or YAML lies, with its `.env`."""
        return self.root / "compose" / app / "code"

    def files_folder(self, app: str) -> Path:
        """Where the content of file mounts lies."""
        return self.root / "compose" / app / "files"

    def log_folder(self, app: str) -> Path:
        """Where the logs of an app's deployments lie."""
        return self.root / "logs" / app

    def services(self, environment_id: str) -> list[Document]:
        """Composes and applications in an environment."""
        return [
            *self.compose.where(environmentId=environment_id),
            *self.application.where(environmentId=environment_id),
        ]

    def organization_of(self, row: Document) -> str | None:
        """The organization that a project, an environment or a service belongs to; `None` for orphans."""
        if "organizationId" in row:
            return str(row["organizationId"])
        if "projectId" in row:
            project = self.project.get(row["projectId"])
            return None if project is None else self.organization_of(project)
        environment = self.environment.get(str(row.get("environmentId")))
        return None if environment is None else self.organization_of(environment)

    def remove_project(self, project_id: str) -> None:
        """Delete a project and, as the database cascades, everything below; what runs keeps running."""
        for environment in self.environment.where(projectId=project_id):
            self.remove_environment(environment["environmentId"])
        self.project.delete(project_id)

    def remove_environment(self, environment_id: str) -> None:
        """Delete an environment with its services."""
        for service in self.services(environment_id):
            self.remove_service(service)
        self.environment.delete(environment_id)

    def remove_service(self, service: Document) -> None:
        """Delete a compose or an application with its domains, mounts and deployments."""
        kind = "compose" if "composeId" in service else "application"
        owner: dict[str, Any] = {f"{kind}Id": service[f"{kind}Id"]}
        for table, key in (
            (self.domain, "domainId"),
            (self.mount, "mountId"),
            (self.deployment, "deploymentId"),
        ):
            for row in table.where(**owner):
                table.delete(row[key])
        (self.compose if kind == "compose" else self.application).delete(owner[f"{kind}Id"])
