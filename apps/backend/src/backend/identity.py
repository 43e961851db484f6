import os
from collections.abc import Mapping
from pathlib import Path

# Written when the image is built: an environment variable would only prove what someone sent.
# It stands beside the package, since layer 2 mounts the source over that.
_COMMIT_FILE = Path(__file__).parent.with_name("COMMIT")


def commit() -> str:
    """The commit that the image was built from."""
    return _COMMIT_FILE.read_text(encoding="utf-8").strip() if _COMMIT_FILE.exists() else "unknown"


def identity(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What runs here.

    Returns:
        `version` (for display: somebody's variable), `commit` (of the image) and `environment`.
    """
    return {
        "version": env.get("VERSION") or "unreleased",
        "commit": commit(),
        "environment": env.get("ENV") or "unknown",
    }
