"""What is said of revisions that do not do; the integration suite has PostgreSQL."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from backend import migrating
from backend.errors import MigrationFailed

# Port 1 of this machine: nothing is there, and nothing has to be.
URL = "postgresql://finance_report:canary-77aa@127.0.0.1:1/finance_report"


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").touch()
    return tmp_path


def revision(scripts: Path, name: str, *, after: str | None) -> None:
    text = f"revision = {name!r}\ndown_revision = {after!r}\n"
    (scripts / "versions" / f"{name}.py").write_text(text)


def refused(scripts: Path) -> str:
    with pytest.raises(MigrationFailed) as failed:
        migrating.migrate(URL, wait_seconds=0, scripts=str(scripts))
    return str(failed.value)


def test_there_is_exactly_one_head() -> None:
    """Two pull requests that each add a migration give two, and neither's own tests see it."""
    config = Config()
    config.set_main_option("script_location", migrating.SCRIPTS)

    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_two_heads_are_named_before_a_database_is_asked(scripts: Path) -> None:
    revision(scripts, "one", after=None)
    for name in ("mine", "yours"):
        revision(scripts, name, after="one")

    assert refused(scripts) == (
        "no migration: 2 revisions are the newest (mine, yours), and it has to be one; "
        "let the down_revision of one name another"
    )


@pytest.mark.parametrize("after", ["nowhere", "'"], ids=["no such revision", "not even Python"])
def test_revisions_that_cannot_be_read_are_one_line(after: str, scripts: Path) -> None:
    revision(scripts, "one", after=after)
    if after == "'":
        (scripts / "versions" / "one.py").write_text("revision = (")

    told = refused(scripts)

    assert told.startswith("no migration: the revisions cannot be read: ")
    assert "\n" not in told


def test_v1_a_database_that_fails_while_the_lock_is_asked_for_is_one_line_without_its_address(
    scripts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision(scripts, "one", after=None)
    # it connects, and knows no such lock
    monkeypatch.setattr(migrating, "connecting", lambda *_, **__: create_engine("sqlite://"))

    assert refused(scripts) == "no migration, the schema is as it was: database: unreachable"
