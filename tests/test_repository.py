"""What never stands in the repository, whoever commits it."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Spelt in halves, or this file would be its own finding.
REGISTRY_HOSTS = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "proxy.golang" + ".org",
    "sum.golang" + ".org",
    "deb.debian" + ".org",
    "repo1.maven" + ".org",
)
MACHINE_PATHS = ("/wo" + "rk/", "/ro" + "ot/", "/home/" + "runner")
CREDENTIALS = re.compile(r"\b(ghp_[A-Za-z0-9]{30,}|hvs\.[A-Za-z0-9_-]{20,}|AKIA[A-Z0-9]{16})\b")
LONGEST_MODULE = 300


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    return [(path, path.read_text(errors="replace")) for path in tracked()]


@pytest.mark.parametrize("host", REGISTRY_HOSTS)
def test_no_file_names_a_package_registry_host(host: str) -> None:
    naming = [str(path.relative_to(ROOT)) for path, text in texts() if host in text]

    assert naming == []


@pytest.mark.parametrize("place", MACHINE_PATHS)
def test_no_file_holds_a_path_of_somebodys_machine(place: str) -> None:
    naming = [str(path.relative_to(ROOT)) for path, text in texts() if place in text]

    assert naming == []


def test_no_file_holds_something_shaped_like_a_credential() -> None:
    holding = [str(path.relative_to(ROOT)) for path, text in texts() if CREDENTIALS.search(text)]

    assert holding == []


def test_there_is_no_lock_file_with_an_index_in_it() -> None:
    assert [path.name for path in tracked() if path.name == "uv.lock"] == []
    assert [path for path, text in texts() if path.name == "package-lock.json" and '"resolved"' in text] == []


def test_a_module_stays_small_enough_to_read_at_once() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix in {".py", ".ts"} and (lines := len(path.read_text().splitlines())) > LONGEST_MODULE
        and "tests" not in path.parts
    }  # fmt: skip

    assert too_long == {}


def test_the_rule_for_people_has_the_same_limit() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("\n", " ")

    assert f"about 250 lines and at most {LONGEST_MODULE};" in told
