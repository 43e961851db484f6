"""The images that a fresh registry holds: three releases of the application and the data tier's pins."""

import hashlib

from sandbox.registry.store import RegistryStore

VERSIONS = ("v1.0.0", "v1.0.1", "v1.1.0")
REPOSITORIES = (
    "ghcr.io/zitian-party/finance-report-backend",
    "ghcr.io/zitian-party/finance-report-frontend",
)
DATA_TIER = (
    "docker.io/library/postgres:17.6",
    "docker.io/library/redis:8.2.1",
    "docker.io/minio/minio:RELEASE.2025-09-07T16-13-09Z",
)
REVISION = "org.opencontainers.image.revision"


def commit_of(version: str) -> str:
    """The commit that a seeded version claims to be built from: 40 hex digits, the same in every sandbox."""
    return hashlib.sha1(f"finance_report {version}".encode(), usedforsecurity=False).hexdigest()


def seed(store: RegistryStore) -> None:
    """Publish the images; a release has two tags for one digest, its version and `sha-<12 hex>`."""
    for version in VERSIONS:
        commit = commit_of(version)
        for repository in REPOSITORIES:
            for tag in (version, f"sha-{commit[:12]}"):
                store.publish(f"{repository}:{tag}", {REVISION: commit})
    for name in DATA_TIER:
        store.publish(name, {})
