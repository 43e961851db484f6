"""Which tests a change can break; each project has package names of its own, since Python remembers them."""

from itertools import count
from pathlib import Path

import pytest

from tests.workbench.conftest import ROOT
from workbench.imports import Imports

_numbers = count()


class Project:
    """A package `app` and its tests, in a folder."""

    def __init__(self, folder: Path) -> None:
        number = next(_numbers)
        self.folder = folder
        self.app = f"app{number}"
        self.checks = f"checks{number}"
        self.write(f"src/{self.app}/__init__.py", "")
        self.write(f"{self.checks}/__init__.py", "")

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("APP", self.app).replace("CHECKS", self.checks), encoding="utf-8")
        return path

    def module(self, name: str, text: str = "") -> Path:
        return self.write(f"src/{self.app}/{name}", text)

    def check(self, name: str, text: str = "") -> Path:
        return self.write(f"{self.checks}/{name}", text)

    def tests_of(self, *changed: Path, near: bool = False) -> list[str]:
        found = Imports(self.folder).tests_of(changed, near=near)
        return [str(path.relative_to(self.folder / self.checks)) for path in found.tests]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.syspath_prepend(str(tmp_path))  # puts sys.path back afterwards
    return Project(tmp_path)


def test_a_change_reaches_the_tests_that_import_it_also_through_others(project: Project) -> None:
    changed = project.module("money.py")
    project.module("ledger.py", "from APP import money")
    project.check("test_money.py", "import APP.money")
    project.check("test_ledger.py", "from APP.ledger import anything")
    project.check("test_other.py", "import APP")

    assert project.tests_of(changed) == ["test_ledger.py", "test_money.py"]


def test_the_near_ones_are_those_that_import_it_themselves(project: Project) -> None:
    changed = project.module("money.py")
    project.module("ledger.py", "from APP import money")
    project.check("test_money.py", "import APP.money")
    project.check("test_ledger.py", "from APP.ledger import anything")

    assert project.tests_of(changed, near=True) == ["test_money.py"]


def test_a_changed_test_is_its_own_and_only_that(project: Project) -> None:
    changed = project.check("test_money.py")
    project.check("test_other.py")

    assert project.tests_of(changed) == ["test_money.py"]


def test_an_import_inside_a_function_counts(project: Project) -> None:
    changed = project.module("money.py")
    project.check("test_late.py", "def test_it():\n    from APP import money\n")

    assert project.tests_of(changed) == ["test_late.py"]


def test_a_conftest_reaches_every_test_below_it(project: Project) -> None:
    project.check("test_above.py")
    project.check("below/__init__.py")
    project.check("below/test_here.py")
    project.check("below/deeper/__init__.py")
    project.check("below/deeper/test_there.py")

    assert project.tests_of(project.check("below/conftest.py")) == [
        "below/deeper/test_there.py",
        "below/test_here.py",
    ]


def test_what_a_conftest_imports_reaches_every_test_below_it(project: Project) -> None:
    changed = project.module("money.py")
    project.check("conftest.py", "from APP import money")
    project.check("test_fixture_only.py")

    assert project.tests_of(changed) == ["test_fixture_only.py"]


FIXTURES = """
import pytest

@pytest.fixture
def bank():
    from APP import money

@pytest.fixture
def account(bank):
    return 1

@pytest.fixture
def other():
    return 2
"""


def test_what_a_fixture_imports_reaches_the_tests_that_ask_for_it(project: Project) -> None:
    changed = project.module("money.py")
    project.check("conftest.py", FIXTURES)
    project.check("test_bank.py", "import pytest\n@pytest.mark.usefixtures('bank')\ndef test_it(): pass")
    project.check("test_account.py", "def test_it(account): pass")
    project.check("test_other.py", "def test_it(other): pass")

    assert project.tests_of(changed) == ["test_account.py", "test_bank.py"]


def test_a_fixture_that_nobody_has_to_ask_for_reaches_every_test(project: Project) -> None:
    changed = project.module("money.py")
    project.check(
        "conftest.py",
        FIXTURES.replace("@pytest.fixture\ndef account", "@pytest.fixture(autouse=True)\ndef account"),
    )
    project.check("test_other.py", "def test_it(other): pass")

    assert project.tests_of(changed) == ["test_other.py"]


def test_an_import_for_type_checkers_only_reaches_nothing(project: Project) -> None:
    changed = project.module("money.py")
    project.check(
        "test_other.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from APP.money import Amount\n",
    )

    assert project.tests_of(changed) == []


def test_a_data_file_reaches_whoever_spells_its_name(project: Project) -> None:
    changed = project.module("rates.csv", "EUR,1")
    project.module("money.py", 'RATES = "rates.csv"')
    project.check("test_money.py", "import APP.money")
    project.check("test_other.py")

    assert project.tests_of(changed) == ["test_money.py"]


def test_a_file_that_nothing_leads_from_is_named_instead_of_passed_over(project: Project) -> None:
    lonely = project.module("unused.py")
    project.check("test_other.py")

    assert Imports(project.folder).tests_of([lonely]).unknown == (lonely,)


def test_a_deleted_module_reaches_whoever_still_speaks_of_it(project: Project) -> None:
    gone = project.module("gone.py")
    gone.unlink()
    project.module("ledger.py", "from APP import gone")
    project.check("test_ledger.py", "import APP.ledger")
    project.check("test_other.py")

    assert project.tests_of(gone) == ["test_ledger.py"]


@pytest.mark.parametrize("folder", ["tests", "apps/backend/tests"])
def test_every_test_of_this_repository_lies_in_a_package_or_the_graph_would_not_see_it(folder: str) -> None:
    without = {
        str(path.parent.relative_to(ROOT))
        for path in (ROOT / folder).rglob("test_*.py")
        if not (path.parent / "__init__.py").exists()
    }

    assert without == set()
