from pathlib import Path

import pytest

from model.layers import markdown_table
from strata.document import renewed
from strata.errors import NotThere
from strata.outcome import Exit
from tests.strata.conftest import ROOT
from tests.strata.test_cli import Strata

TEXT = "before\n<!-- x -->\nold\n<!-- /x -->\nafter <!-- y -->\n"


def test_a_part_is_renewed_and_the_rest_stays() -> None:
    assert renewed(TEXT, "x", "new") == "before\n<!-- x -->\nnew\n<!-- /x -->\nafter <!-- y -->\n"


@pytest.mark.parametrize("name", ["y", "z"])
def test_a_part_that_is_not_there_or_not_closed_is_refused(name: str) -> None:
    with pytest.raises(NotThere, match=rf"<!-- {name} -->"):
        renewed(TEXT, name, "new")


def test_the_command_renews_the_table_of_a_document(strata: Strata, tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text("a\n<!-- layers -->\n<!-- /layers -->\n", encoding="utf-8")

    assert strata("layers", "--write", str(document)).exit_code == Exit.OK
    assert document.read_text(encoding="utf-8") == (
        f"a\n<!-- layers -->\n{markdown_table()}\n<!-- /layers -->\n"
    )


def test_a_document_that_does_not_exist_is_one_sentence(strata: Strata, tmp_path: Path) -> None:
    result = strata("layers", "--write", str(tmp_path / "none.md"))

    assert result.exit_code == Exit.FAILED
    assert "none.md does not exist. Next:" in result.stderr


def test_the_documented_layers_are_those_of_the_code() -> None:
    """`strata layers --write docs/development.md` renews them."""
    document = (ROOT / "docs/development.md").read_text(encoding="utf-8")

    assert renewed(document, "layers", markdown_table()) == document
