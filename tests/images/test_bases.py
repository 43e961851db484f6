"""What Dockerfiles expect of the images that they stand on."""

from model.pins import BASES
from tests.images.project import docker


def printed(image: str, *words: str, user: str = "10001:10001") -> str:
    return docker("run", "--rm", "--network", "none", "--user", user, image, *words).stdout.strip()


def test_python_is_there_under_its_name_with_pip_and_virtual_environments() -> None:
    script = "python -m venv /tmp/v && /tmp/v/bin/pip --version && python --version && pip --version"

    lines = printed(BASES["python"], "sh", "-euc", script).splitlines()

    assert lines[0].startswith("pip ")
    assert lines[1].startswith("Python 3.")
    assert lines[2].startswith("pip ")


def test_python_installs_for_everybody_without_being_asked_twice() -> None:
    """Debian's own pip refuses that; a Dockerfile for the official image does it."""
    script = "pip install --quiet --no-index --dry-run pip && pip config list"

    assert "externally-managed" not in printed(BASES["python"], "sh", "-euc", script, user="0")


def test_node_is_the_pinned_version_with_npm_and_a_user_of_its_own() -> None:
    version = BASES["node"].rpartition(":")[2].removesuffix("-slim")

    assert printed(BASES["node"], "node", "--version") == f"v{version}"
    assert printed(BASES["node"], "-p", "1 + 1") == "2"
    assert printed(BASES["node"], "npm", "--version").count(".") == 2
    assert printed(BASES["node"], "npx", "--version").count(".") == 2
    assert printed(BASES["node"], "id", "-u", user="node") == "1000"
