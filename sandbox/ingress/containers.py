"""What the application's containers answer: paths and fields of `apps/backend` and `apps/frontend`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.engine.behaviour import LABEL, REVISION, SERVED_COMMIT, Behaviour

PORTS = {"backend": 8000, "frontend": 3000}
"""Where the two listen; a route to another port finds nobody there."""

_CHECKS = ("database", "cache", "storage")


@dataclass(frozen=True, kw_only=True)
class Served:
    """A container that is asked.

    Attributes:
        service: its name in the compose file.
        labels: image labels included.
        env: its variables.
    """

    service: str
    labels: Mapping[str, str]
    env: Mapping[str, str]

    @classmethod
    def of(cls, inspected: Mapping[str, Any]) -> "Served":
        """From what `docker inspect` shows."""
        labels = inspected["Config"]["Labels"]
        stack = labels.get("com.docker.stack.namespace", "")
        swarm = labels.get("com.docker.swarm.service.name", "").removeprefix(f"{stack}_")
        return cls(
            service=labels.get("com.docker.compose.service") or swarm,
            labels=labels,
            env=dict(pair.split("=", 1) for pair in inspected["Config"]["Env"]),
        )

    @property
    def identity(self) -> dict[str, str]:
        """Version (for display), commit and environment."""
        commit = self.labels.get(SERVED_COMMIT) or self.labels.get(REVISION) or "unknown"
        return {
            "version": self.env.get("VERSION", "unreleased"),
            "commit": commit,
            "environment": self.env.get("ENV", "unknown"),
        }

    def listens_on(self, port: int | None) -> bool:
        """Whether the program in it takes requests on this port."""
        return port is None or PORTS.get(self.service, port) == port

    def answer(self, path: str) -> Response:
        """What it says to a GET of a path."""
        return self._page(path) if self.service == "frontend" else self._api(path)

    def _page(self, path: str) -> Response:
        if path == "/version.json":
            return JSONResponse(self.identity)
        if path == "/healthz":
            return JSONResponse({"status": "ok", **self.identity})
        if path.split("/")[1] in {"api", "health"}:
            # deployed, it hands nothing on: a router has to send these to the backend
            return JSONResponse({"error": "unavailable", "detail": "no backend here"}, status_code=503)
        if path != "/":
            return JSONResponse({"error": "not_found", "detail": "nothing there"}, status_code=404)
        shown = f"{self.identity['version']} <code>{self.identity['commit']}</code>"
        return HTMLResponse(f"<!doctype html><title>finance report</title><p>{shown}")

    def _api(self, path: str) -> Response:
        healthy = self.labels.get(LABEL) != Behaviour.UNHEALTHY
        if path == "/health":
            body: dict[str, Any] = {
                "status": "ok" if healthy else "unhealthy",
                **self.identity,
                "checks": dict.fromkeys(_CHECKS, "ok" if healthy else "unreachable"),
            }
            return JSONResponse(body, status_code=200 if healthy else 503)
        if path == "/ready":
            return JSONResponse(
                {"status": "ready" if healthy else "unhealthy", **self.identity},
                status_code=200 if healthy else 503,
            )
        if path.rstrip("/") == "/api":
            return JSONResponse({"name": "finance report", **self.identity})
        return JSONResponse({"error": "not_found", "detail": "Not Found"}, status_code=404)
