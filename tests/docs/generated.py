"""The parts of the documents that are printed from code: `python -m tests.docs.generated` renews them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from model.app_permissions import APP_PERMISSIONS
from model.identity import IDENTITIES, of_environment
from strata.document import renewed

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    # a bar ends a cell, within code too
    escaped = [[cell.replace("|", r"\|") for cell in cells] for cells in lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in escaped)


def code(words: Sequence[str]) -> str:
    """Each as code, in one cell."""
    return ", ".join(f"`{word}`" for word in words)


def app_permissions() -> str:
    """What the GitHub App may."""
    rows = [(one.shown, "Read-only", one.why) for one in APP_PERMISSIONS]
    return table(("permission", "access", "what for"), rows)


def deploy_paths() -> str:
    """What stands at each identity's deploy path, and who comes for it."""
    rows = [
        (
            f"`{one.deploy_path('finance_report')}`",
            code(sorted(one.required_keys)),
            code(sorted(one.refused_keys)) or "-",
            code([entry.workflow for entry in one.entries]),
        )
        for one in IDENTITIES
    ]
    return table(("path", "keys", "must not hold", "who comes for it"), rows)


def loaded(path: Path) -> dict[str, Any]:
    """A workflow; YAML 1.1 reads the key `on` as true."""
    content: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {("on" if key is True else str(key)): value for key, value in content.items()}


def overview() -> str:
    """One line for each workflow."""
    rows = []
    for path in WORKFLOWS:
        content = loaded(path)
        group = (content.get("concurrency") or {}).get("group", "")
        rows.append(
            (
                f"[`{path.name}`](#{path.stem})",
                ", ".join(triggers(content["on"])),
                f"`{group}`" if group else "-",
            )
        )
    return table(("workflow", "starts by", "one at a time, as a whole"), rows)


def triggers(on: Any) -> Iterator[str]:
    """Each event in words."""
    events = on if isinstance(on, dict) else dict.fromkeys([on] if isinstance(on, str) else on)
    for event, how in events.items():
        yield f"`{event}`{_narrowed(event, how or {})}"


def jobs(path: Path) -> str:
    """What each job may and as whom it comes."""
    rows = [(f"`{name}`", *_job(one)) for name, one in loaded(path)["jobs"].items()]
    columns = ("job", "after", "environment", "Vault role", "GitHub token may", "one at a time", "commands")
    return table(columns, rows)


def parts() -> dict[str, dict[str, str]]:
    """Document to its parts and what they are."""
    of_workflows = {f"jobs-{path.stem}": jobs(path) for path in WORKFLOWS}
    return {
        "docs/setup.md": {"app-permissions": app_permissions(), "deploy-paths": deploy_paths()},
        "docs/workflows.md": {"overview": overview(), **of_workflows},
    }


def renewed_text(document: str, contents: dict[str, str]) -> str:
    """A document as it should be."""
    text = (ROOT / document).read_text(encoding="utf-8")
    for name, content in contents.items():
        text = renewed(text, name, content)
    return text


def _narrowed(event: str, how: Any) -> str:
    if event == "schedule":
        return f" ({', '.join(one['cron'] for one in how)})"
    words = [*how.get("types", ()), *how.get("workflows", ()), *how.get("inputs", ())]
    branches = f" on {', '.join(how['branches'])}" if how.get("branches") else ""
    return (f" ({', '.join(words)})" if words else "") + branches


def _job(job: dict[str, Any]) -> tuple[str, ...]:
    needs = job.get("needs") or []
    environment = job.get("environment") or ""
    name = environment["name"] if isinstance(environment, dict) else environment
    shown = "pr-<n>" if name.startswith("pr-") else name
    identity = of_environment("pr-1" if shown == "pr-<n>" else shown) if shown else None
    may = [f"{what}: {level}" for what, level in (job.get("permissions") or {}).items() if what != "id-token"]
    runs = [line.strip() for step in job.get("steps", ()) for line in str(step.get("run") or "").splitlines()]
    return (
        code([needs] if isinstance(needs, str) else needs) or "-",
        f"`{shown}`" if shown else "-",
        f"`{identity.role('finance-report')}`" if identity else "-",
        "; ".join(may) or "nothing",
        f"`{job['concurrency']['group']}`" if "concurrency" in job else "-",
        "<br>".join(f"`{line}`" for line in runs if line),
    )


if __name__ == "__main__":
    for document, contents in parts().items():
        (ROOT / document).write_text(renewed_text(document, contents), encoding="utf-8")
