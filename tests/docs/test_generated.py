"""What the documents say of workflows, steps and permissions is what stands in the code."""

import re
from pathlib import Path

import pytest

from strata.setup import STEPS
from tests.docs import generated
from tests.docs.generated import ROOT, WORKFLOWS, parts

SETUP = (ROOT / "docs/setup.md").read_text(encoding="utf-8")


def anchors(text: str) -> list[str]:
    """As GitHub makes them of headings of the second level."""
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    return [re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles]


@pytest.mark.parametrize(
    ("document", "name"), [(document, name) for document, named in parts().items() for name in named]
)
def test_the_printed_parts_are_as_the_code_prints_them(document: str, name: str) -> None:
    there = (ROOT / document).read_text(encoding="utf-8")
    _, begun, rest = there.partition(f"<!-- {name} -->\n")
    part, ended, _ = rest.partition(f"\n<!-- /{name} -->")
    assert begun, name
    assert ended, name

    assert part == parts()[document][name], "renew it: python -m tests.docs.generated"


def test_every_workflow_has_a_chapter_that_says_what_its_failure_means() -> None:
    text = (ROOT / "docs/workflows.md").read_text(encoding="utf-8")
    chapters = {part.partition("\n")[0]: part for part in text.split("\n## ")[1:]}

    assert set(chapters) == {path.stem for path in WORKFLOWS}
    assert [name for name, part in chapters.items() if "*When it fails*" not in part] == []


def test_the_guide_has_the_steps_of_the_set_up_in_their_order() -> None:
    told = [anchor for anchor in anchors(SETUP) if anchor in {step.anchor for step in STEPS}]
    wanted = list(dict.fromkeys(step.anchor for step in STEPS))

    assert told == wanted


def test_every_anchor_that_a_document_links_to_is_a_heading_there() -> None:
    missing = []
    for document in sorted(ROOT.glob("docs/*.md")):
        for file, anchor in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", document.read_text(encoding="utf-8")):
            target = document.parent / file if file else document
            if anchor not in anchors(target.read_text(encoding="utf-8")):
                missing.append(f"{document.name}: {file}#{anchor}")

    assert missing == []


def test_a_workflow_that_changed_is_seen_in_its_table(tmp_path: Path) -> None:
    changed = tmp_path / "drift.yml"
    text = next(path for path in WORKFLOWS if path.name == "drift.yml").read_text(encoding="utf-8")
    changed.write_text(text.replace("issues: write", "issues: read"), encoding="utf-8")

    assert "issues: read" in generated.jobs(changed)
