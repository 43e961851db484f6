"""Staging as its first `up` left it: made once a sandbox, then brought back instead of deployed anew."""

import shutil
from pathlib import Path

from tests.e2e.cloud import Cloud

RELEASE = "v1.0.0"
_PARTS = ("project", "state")
_kept: dict[Path, Path] = {}


def staging_runs(cloud: Cloud) -> None:
    """Have staging run `RELEASE` in this test's cloud, as after `RELEASE=v1.0.0 pulumi up --stack staging`.

    The sandbox's own `reset` comes back to it, hence servers, host, Git and Vault are as they were; Pulumi's
    state and stack files are copied.
    """
    folder = cloud.sandbox.folder
    fresh = folder.baseline.read_bytes()
    kept = _kept.get(folder.root)
    if kept is None:
        cloud.up("staging", release=RELEASE).ok()
        kept = folder.root / "staging-runs"
        shutil.rmtree(kept, ignore_errors=True)
        for part in _PARTS:
            shutil.copytree(cloud.place / part, kept / part)
        cloud.control.post("/baseline").raise_for_status()
        shutil.copy(folder.baseline, kept / "baseline.json")
        folder.baseline.write_bytes(fresh)
        _kept[folder.root] = kept
        return
    try:
        shutil.copy(kept / "baseline.json", folder.baseline)
        cloud.control.post("/reset").raise_for_status()
    finally:
        folder.baseline.write_bytes(fresh)
    for part in _PARTS:
        shutil.copytree(kept / part, cloud.place / part, dirs_exist_ok=True)
