import json
import sys
from pathlib import Path

import pytest

from tests.toolchain.fakes import Programs
from toolchain.errors import ToolchainError
from toolchain.layout import Layout
from toolchain.npm import NpmPackages
from toolchain.progress import Progress

PAGE = Path("apps/page")

# as the real one: what was there goes first
INSTALLS = "/bin/rm -rf node_modules && /bin/mkdir node_modules\n"


def says(code: str, summary: str) -> str:
    report = json.dumps({"error": {"code": code, "summary": summary, "detail": ""}})
    return f"{INSTALLS}printf '%s\\n' '{report}'\nexit 1\n"


@pytest.fixture
def folder(layout: Layout) -> Path:
    found = layout.root / PAGE
    found.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (found / name).write_text("{}\n")
    return found


@pytest.fixture
def npm(layout: Layout, programs: Programs, folder: Path) -> Programs:
    programs.add("npm", INSTALLS, folder=layout.venv / "bin")
    return programs


@pytest.fixture
def packages(layout: Layout, progress: Progress, npm: Programs) -> NpmPackages:
    return NpmPackages(layout, PAGE, progress=progress)


def test_what_the_lock_lists_is_installed_and_nothing_else(packages: NpmPackages, npm: Programs) -> None:
    assert packages.ready() is None

    words = packages.install()

    assert [call.split()[0] for call in npm.calls("npm")] == ["ci"]
    assert words == packages.ready() == "npm packages of apps/page"


@pytest.mark.parametrize("name", ["package.json", "package-lock.json", ".npmrc"])
def test_a_changed_file_is_noticed(packages: NpmPackages, folder: Path, name: str) -> None:
    packages.install()

    (folder / name).write_text("changed\n")

    assert packages.ready() is None


def test_a_folder_of_packages_that_somebody_removed_is_noticed(packages: NpmPackages, folder: Path) -> None:
    packages.install()

    (folder / "node_modules" / ".strata-stamp.json").unlink()
    (folder / "node_modules").rmdir()

    assert packages.ready() is None


@pytest.mark.parametrize(
    ("code", "todo"),
    [
        ("ENOTFOUND", "check that npm's registry can be reached"),
        ("ECONNREFUSED", "check that npm's registry can be reached"),
        ("E401", "log in to the registry"),
        ("ETARGET", "registry lacks what the lock lists"),
        ("EINTEGRITY", "not what the lock says it is"),
        ("EUSAGE", "run `npm install` in apps/page and commit its package-lock.json"),
        ("EWHATEVER", "run `npm ci` in that folder to see more"),
    ],
)
def test_a_failure_says_what_to_do_and_leaves_nothing_that_looks_ready(
    packages: NpmPackages, npm: Programs, layout: Layout, code: str, todo: str
) -> None:
    packages.install()
    npm.add("npm", says(code, "why"), folder=layout.venv / "bin")

    with pytest.raises(ToolchainError) as caught:
        packages.install()

    assert f"installing npm packages of apps/page: npm ended with {code}\n  | why\n" in str(caught.value)
    assert todo in caught.value.todo
    assert packages.ready() is None


def test_misuse_is_told_without_the_usage(packages: NpmPackages, npm: Programs, layout: Layout) -> None:
    summary = "not in sync\n\nInvalid: a@1 does not satisfy a@2\n\nClean install a project\n\nUsage:\nnpm ci"
    npm.add("npm", says("EUSAGE", summary), folder=layout.venv / "bin")

    with pytest.raises(ToolchainError) as caught:
        packages.install()

    assert caught.value.what.splitlines()[1:] == ["  | not in sync", "  | Invalid: a@1 does not satisfy a@2"]


def test_an_npm_that_says_nothing_of_use_is_shown_as_it_is(
    packages: NpmPackages, npm: Programs, layout: Layout
) -> None:
    npm.add("npm", "echo 'node: bad option' >&2\nexit 9\n", folder=layout.venv / "bin")

    with pytest.raises(ToolchainError, match="node: bad option"):
        packages.install()


def test_a_folder_that_is_no_checkout_is_explained(packages: NpmPackages, folder: Path) -> None:
    (folder / "package-lock.json").unlink()

    with pytest.raises(ToolchainError, match=r"package-lock\.json: No such file"):
        packages.ready()


def test_the_real_npm_tells_that_its_registry_is_away(
    layout: Layout, folder: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = {
        "": {"dependencies": {"a": "1.0.0"}},
        "node_modules/a": {"version": "1.0.0", "integrity": "sha512-"},
    }
    (folder / "package.json").write_text('{"dependencies": {"a": "1.0.0"}}')
    (folder / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": lock}))
    (folder / ".npmrc").write_text("")
    layout.venv.mkdir()
    (layout.venv / "bin").symlink_to(Path(sys.prefix) / "bin")
    for name, value in (
        ("registry", "http://127.0.0.1:1"),
        ("fetch_retries", "0"),
        ("cache", str(layout.cache)),
    ):
        monkeypatch.setenv(f"npm_config_{name}", value)

    with pytest.raises(ToolchainError) as caught:
        NpmPackages(layout, PAGE, progress=progress).install()

    assert "npm ended with ECONNREFUSED" in caught.value.what
    assert "check that npm's registry can be reached" in caught.value.todo
