"""The versions in use, each in one place.

The plugins have the versions of the Python SDKs in requirements.txt (a test compares them): the
engine asks for exactly those.
"""

from toolchain.versions import Version

PULUMI = "3.250.0"
"""CLI and engine, as a release or built. Also the newest one whose Go module could be had (2026-11-23)."""

PULUMI_LEAST: Version = (3, 250, 0)
"""The oldest engine on PATH that is taken: drift exit codes and transforms were measured with it."""

PULUMI_BELOW: Version = (4, 0, 0)
"""The first engine that is not taken."""

LANGUAGE_HOST = "3.79.0"
"""Python language host when built: the last SDK module that carries its source (2023)."""

PLUGINS = {"github": "6.15.0", "docker": "5.2.0"}
"""Resource plugins by name."""

UV_LEAST: Version = (0, 8, 0)
"""The oldest `uv` on PATH that is taken: it knows `venv --clear` and dependency groups."""
