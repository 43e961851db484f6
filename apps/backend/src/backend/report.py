"""What `/health` says: version, the commit that is baked in, and whether the dependencies answer."""

import os
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

DEPENDENCIES = {"database": "DATABASE_URL", "cache": "REDIS_URL", "storage": "S3_ENDPOINT"}
_TIMEOUT_SECONDS = 2.0
# Written when the image is built: an environment variable would only prove what someone sent.
_COMMIT_FILE = Path(__file__).with_name("COMMIT")


def commit() -> str:
    """The commit that the image was built from."""
    return _COMMIT_FILE.read_text(encoding="utf-8").strip() if _COMMIT_FILE.exists() else "unknown"


def identity(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Version (for display), environment and commit."""
    return {
        "version": env.get("VERSION", "unreleased"),
        "commit": commit(),
        "environment": env.get("ENV", "unknown"),
    }


def reachable(url: str) -> bool:
    """Whether something accepts connections where a URL points; no credentials are sent."""
    try:
        parts = urlsplit(url)
        port = parts.port or 80
        with socket.create_connection((parts.hostname or "", port), timeout=_TIMEOUT_SECONDS):
            return True
    except (OSError, ValueError):
        return False


def health(env: Mapping[str, str] = os.environ) -> tuple[int, dict[str, object]]:
    """Status code and body of `/health`: 200, or 503 when a dependency does not answer."""
    with ThreadPoolExecutor(max_workers=len(DEPENDENCIES)) as pool:
        answers = pool.map(lambda variable: reachable(env.get(variable, "")), DEPENDENCIES.values())
        checks = {name: "ok" if ok else "unreachable" for name, ok in zip(DEPENDENCIES, answers, strict=True)}
    healthy = all(state == "ok" for state in checks.values())
    return 200 if healthy else 503, {
        "status": "ok" if healthy else "degraded",
        **identity(env),
        "checks": checks,
    }
