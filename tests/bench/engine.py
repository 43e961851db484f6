"""What our program adds to the engine's own cost, as ratios of medians in one session."""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.measure import Ratio, medians
from tests.e2e import cloud as running
from tests.e2e.cloud import Cloud, Result, Sandbox

PROGRAMS = Path(__file__).resolve().parent / "programs"
CROWD = 100
REQUESTS_GOAL = 20
PREVIEW_GOAL = 1.3


def measure(console: Console, *, rounds: int) -> list[str]:
    """Measure everything in one sandbox of its own, print it, and return the goals that are missed.

    Args:
        console: where the tables go.
        rounds: how often each command is run.
    """
    with tempfile.TemporaryDirectory(prefix="strata-bench-") as place:
        sandbox = running.start_sandbox(Path(place) / "sandbox")
        try:
            return report(
                console, ratios=times(sandbox, Path(place), rounds=rounds), facts=counts(sandbox, Path(place))
            )
        finally:
            running.stop_sandbox(sandbox)


def times(sandbox: Sandbox, place: Path, *, rounds: int) -> list[Ratio]:
    """No-op `preview` and `up` of staging beside a minimal and an empty program."""
    cloud = fresh(sandbox, place / "times")
    cloud.up("staging", release="v1.0.0").ok()
    programs = {name: program(cloud, place / "programs", name) for name in ("empty", "minimal")}
    for folder in programs.values():
        pulumi(cloud, folder, "stack", "init", "bench").ok()
        pulumi(cloud, folder, "up", "--yes", "--skip-preview", "--stack", "bench").ok()
    found = [
        ratio
        for verb, options in {"preview": (), "up": ("--yes", "--skip-preview")}.items()
        for ratio in compared(cloud, programs, verb=verb, options=options, rounds=rounds)
    ]
    cloud.close()
    return found


def compared(
    cloud: Cloud, programs: Mapping[str, Path], *, verb: str, options: Sequence[str], rounds: int
) -> list[Ratio]:
    """One command that changes nothing: staging beside the two programs."""
    runs: dict[str, Callable[[], float]] = {
        name: lambda folder=folder: pulumi(cloud, folder, verb, "--stack", "bench", *options).ok().seconds
        for name, folder in programs.items()
    }
    runs["staging"] = lambda: (
        cloud.pulumi(verb, "--stack", "staging", "--expect-no-changes", *options).ok().seconds
    )
    median = medians(runs, rounds=rounds)
    return [
        Ratio(
            name=f"no-op {verb} of staging to a program with the same plugins, one resource each",
            seconds=median["staging"],
            base=median["minimal"],
            goal=PREVIEW_GOAL if verb == "preview" else None,
        ),
        Ratio(
            name=f"no-op {verb} of staging to an empty program",
            seconds=median["staging"],
            base=median["empty"],
        ),
    ]


def counts(sandbox: Sandbox, place: Path) -> list[tuple[str, str, bool]]:
    """Requests and seconds; each with whether its goal is met."""
    cloud = fresh(sandbox, place / "counts")
    cloud.control.post("/pace", json={"queue_delay": 0, "build": 0, "start": 0}).raise_for_status()
    cloud.up("staging", release="v1.0.0").ok()
    found = []
    crowd(cloud, 1)
    for size in (1, CROWD):
        crowd(cloud, size, existing=1)
        before = cloud.cursor()
        cloud.refresh("staging").ok()
        requests = len(cloud.log(before))
        found.append(
            (
                f"requests of a refresh of staging, {size} PR environments on the server",
                f"{requests} (goal: at most {REQUESTS_GOAL})",
                requests <= REQUESTS_GOAL,
            )
        )
    steps = {
        "up": lambda: cloud.up("pr-12", **cloud.pr("pr-12")),
        "destroy": lambda: cloud.destroy("pr-12"),
    }
    for verb, step in steps.items():
        before = cloud.cursor()
        took = step().ok().seconds
        found.append(
            (f"{verb} of a PR stack, instant host", f"{took:.1f} s, {len(cloud.log(before))} requests", True)
        )
    cloud.close()
    return found


def crowd(cloud: Cloud, size: int, *, existing: int = 0) -> None:
    """PR environments of others in our project, with one compose each, up to `size` in all."""
    projects = cloud.dokploy.get("/project.all").raise_for_status().json()
    project = next(one for one in projects if one["name"] == "finance_report")
    for number in range(1000 + existing, 1000 + size):
        made = cloud.dokploy.post(
            "/environment.create",
            json={"name": f"pr-{number}", "projectId": project["projectId"], "description": ""},
        )
        cloud.dokploy.post(
            "/compose.create",
            json={
                "name": f"finance-report-pr-{number}",
                "environmentId": made.raise_for_status().json()["environmentId"],
                "composeType": "docker-compose",
                "appName": f"finance-report-pr-{number}",
                "description": f"strata:finance-report/pr-{number}/preview/compose",
            },
        ).raise_for_status()


def fresh(sandbox: Sandbox, place: Path) -> Cloud:
    """A sandbox that is as new and a state folder of its own."""
    place.mkdir()
    cloud = Cloud(sandbox=sandbox, place=place)
    cloud.control.post("/reset").raise_for_status()
    return cloud


def program(cloud: Cloud, place: Path, name: str) -> Path:
    """A copy of one of the programs, since the engine writes its stack file beside it."""
    folder = place / name
    shutil.copytree(PROGRAMS / name, folder)
    cloud.environment["PYTHONPATH"] = str(PROGRAMS.parent.parent.parent)
    return folder


def pulumi(cloud: Cloud, folder: Path, *words: str) -> Result:
    """`pulumi` in a program's folder with the sandbox's environment."""
    return cloud.run("pulumi", "--cwd", str(folder), *words, "--non-interactive")


def report(console: Console, *, ratios: list[Ratio], facts: list[tuple[str, str, bool]]) -> list[str]:
    """Print both tables and return the goals that are missed."""
    table = Table(title="medians of one session")
    for column in ("what", "seconds", "compared with", "ratio", "goal"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for ratio in ratios:
        table.add_row(
            ratio.name,
            f"{ratio.seconds:.2f}",
            f"{ratio.base:.2f}",
            f"{ratio.value:.2f}",
            "" if ratio.goal is None else f"<= {ratio.goal}",
        )
    console.print(table)
    for name, value, _ in facts:
        console.print(f"{name}: {value}")
    missed = [r.name for r in ratios if r.goal is not None and r.value > r.goal]
    return missed + [name for name, _, met in facts if not met]
