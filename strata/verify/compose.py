"""C2: Docker takes the compose files of every stack without a word, with the variables that the stack has."""

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from model.compose import ComposeFile
from model.envtext import read
from model.errors import StrataError
from model.layers import Layer, Stack
from model.pins import PINS
from model.plan import Plan, TierPlan
from model.preview import preview_plan, preview_ref
from model.release import Release
from model.services import ComposeType, Service, Tier, required_secrets
from model.standing import names_of, standing_plan
from strata.project import Project
from strata.verify.finding import Finding, State
from strata.verify.programs import compose_config, compose_program, stack_config, swarm_program

if TYPE_CHECKING:
    import subprocess

PART = "compose"
BASE, OVERRIDE = "docker-compose.yml", "docker-compose.override.yml"
EVERY = ("local", "ci", "pr-1", "staging", "production")
"""One stack of each layer."""

# What a run would look up: any commit, any digest. Compose reads text and asks nobody.
_COMMIT = "0" * 40
_DIGEST = "sha256:" + "0" * 64
_VERSION = "v0.0.0"
_NOWHERE = "https://vault.invalid"

_MESSAGE = re.compile(r'^time="[^"]*" level=\w+ msg="(?P<text>.*)"$')
# Compose says it of what is Swarm's; it is judged by Compose only where the docker command line is missing.
_SWARMS_OWN = "only applies to rolling updates in Swarm mode"


@dataclass(frozen=True, kw_only=True)
class Files:
    """What Docker is given for one tier of a stack.

    Attributes:
        subject: `staging/app`, or the stack alone.
        texts: name and text of each file, base first.
        env_file: text of `.env`.
        env: variables of the caller.
        as_stack: `docker stack deploy` reads it, not Compose alone.
    """

    subject: str
    texts: Sequence[tuple[str, str]]
    env_file: str = ""
    env: tuple[tuple[str, str], ...] = ()
    as_stack: bool = False


def verify_compose(project: Project, stacks: Sequence[Stack]) -> list[Finding]:
    """What Docker says about the compose files of some stacks."""
    program = compose_program()
    docker = swarm_program()
    findings: list[Finding] = []
    for stack in stacks:
        try:
            given = files_of(project, stack)
        except (StrataError, OSError) as error:
            findings.append(_finding(stack.name, State.WRONG, str(error)))
            continue
        findings += [
            _by_swarm(docker, files) if files.as_stack and docker else _by_compose(program, files)
            for files in given
        ]
    return findings


def files_of(project: Project, stack: Stack) -> list[Files]:
    """The compose files of a stack and its variables, with digests and commits that stand for any.

    Raises:
        model.errors.StrataError: the settings or the plan are not what they must be.
        OSError: a file is not there.
    """
    root = project.program
    base = (root / BASE).read_text(encoding="utf-8")
    match stack.layer:
        case Layer.LOCAL:
            override = root / OVERRIDE
            own = root / ".env"
            more = [(OVERRIDE, override.read_text(encoding="utf-8"))] if override.is_file() else []
            return [
                Files(
                    subject=stack.name,
                    texts=[(BASE, base), *more],
                    env_file=own.read_text(encoding="utf-8") if own.is_file() else "",
                )
            ]
        case Layer.CI:
            return [Files(subject=stack.name, texts=[(BASE, base)], env=(("ENV", stack.name),))]
        case Layer.PR:
            plan = preview_plan(
                settings=project.settings(stack),
                stack=stack,
                git_url="https://git.invalid/owner/repository.git",
                ref=preview_ref(stack, commit=_COMMIT),
                commit=_COMMIT,
                compose_file=base,
            )
            return [Files(subject=stack.name, texts=[(BASE, base)], env_file=plan.tiers[0].env)]
    return [_of_tier(stack, tier, root=root) for tier in _standing(project, stack).tiers]


def _of_tier(stack: Stack, tier: TierPlan, *, root: Path) -> Files:
    return Files(
        subject=f"{stack}/{tier.tier}",
        texts=[(f"{tier.tier}.compose.yaml", _template(root, tier.tier))],
        env_file=tier.env,
        as_stack=tier.compose_type == ComposeType.STACK,
    )


def _standing(project: Project, stack: Stack) -> Plan:
    settings = project.settings(stack)
    repositories = {Service.BACKEND: settings.images.backend, Service.FRONTEND: settings.images.frontend}
    return standing_plan(
        settings=settings,
        stack=stack,
        release=Release(
            version=_VERSION,
            images={name: f"{one}:{_VERSION}@{_DIGEST}" for name, one in repositories.items()},
        ),
        data_images={service: f"{pin}@{_DIGEST}" for service, pin in PINS.items()},
        secret_versions=dict.fromkeys(required_secrets(names_of(settings, stack)), 1),
        vault_addr=_NOWHERE,
        templates={tier: _template(project.program, tier) for tier in (Tier.DATA, Tier.APP)},
    )


def _template(root: Path, tier: str) -> str:
    return (root / "templates" / f"{tier}.compose.yaml").read_text(encoding="utf-8")


def _by_compose(program: Sequence[str] | None, files: Files) -> Finding:
    if program is None:
        return _finding(
            files.subject,
            State.UNKNOWN,
            "there is no docker compose",
            next_step="`make toolchain`, or install Docker Compose",
        )
    return _judged(
        files,
        "docker compose config",
        lambda folder: compose_config(
            program, folder, texts=files.texts, env_file=files.env_file, env=dict(files.env)
        ),
    )


def _by_swarm(docker: str, files: Files) -> Finding:
    ((_, text),) = files.texts
    return _judged(
        files,
        "docker stack config",
        lambda folder: stack_config(docker, folder, text=text, env=read(files.env_file)),
    )


def _judged(files: Files, what: str, ask: "Callable[[Path], subprocess.CompletedProcess[str]]") -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        told = ask(Path(folder))
    lines = [_text(line) for line in told.stderr.splitlines() if line.strip()]
    if files.as_stack:
        lines = [line for line in lines if not line.endswith(_SWARMS_OWN)]
    if told.returncode == 0 and not lines:
        used = {use.name for _, text in files.texts for use in ComposeFile.parse(text).uses()}
        return _finding(files.subject, State.FINE, f"{what}: {len(used)} variables")
    return _finding(
        files.subject,
        State.WRONG,
        f"{what}: {lines[0] if lines else f'exit code {told.returncode}'}",
        next_step=f"correct {' or '.join(name for name, _ in files.texts)} or the variables of the stack",
    )


def _text(line: str) -> str:
    """The words of a line of Docker's log."""
    found = _MESSAGE.match(line.strip())
    return found["text"].replace('\\"', '"') if found else line.strip()


def _finding(subject: str, state: State, detail: str, *, next_step: str = "") -> Finding:
    return Finding(part=PART, subject=subject, state=state, detail=detail, next_step=next_step)
