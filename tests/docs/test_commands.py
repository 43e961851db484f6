"""What the documents name is there: targets of make, tasks of moon, files they link to."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("apps/*/*.md")})
TARGETS = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
PROJECTS = {"backend": "apps/backend", "frontend": "apps/frontend", "infra": "."}


def code(document: Path) -> list[str]:
    """Blocks and inline pieces of code."""
    text = document.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return blocks + re.findall(
        r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    )


def tasks(project: str) -> set[str]:
    content = yaml.safe_load((ROOT / PROJECTS[project] / "moon.yml").read_text(encoding="utf-8"))
    return set(content["tasks"])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_target_of_make_exists(document: Path) -> None:
    named = {name for piece in code(document) for name in re.findall(r"(?:^|\s)make ([a-z-]+)", piece)}

    assert named - TARGETS == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_task_of_moon_exists(document: Path) -> None:
    lines = [line for piece in code(document) for line in piece.splitlines() if line.startswith("moon run")]
    named = [word.split(":") for line in lines for word in line.split("#")[0].split() if ":" in word]

    missing = [
        f"{project}:{task}"
        for project, task in named
        if not any(task in tasks(one) for one in ([project] if project else PROJECTS))
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []
