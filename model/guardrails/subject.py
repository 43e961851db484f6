from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from model.compose import ComposeFile
from model.envtext import read
from model.errors import ComposeError
from model.plan import Plan, TierPlan
from model.violation import Violation


@dataclass(frozen=True, kw_only=True)
class TierSubject:
    """One tier, prepared for the rules.

    Attributes:
        tier: as planned.
        env: its variables, references left as they are.
        written: its compose file as written.
        compose: the same with its variables filled in.
    """

    tier: TierPlan
    env: Mapping[str, str]
    written: ComposeFile
    compose: ComposeFile

    def where(self, detail: str = "") -> str:
        """The tier, and a place in it."""
        return f"{self.tier.tier} {detail}".rstrip()

    @property
    def services(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Place and body of each service, filled in."""
        for name, body in self.compose.services.items():
            yield f"{self.tier.tier} service {name}", body


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A plan, prepared for the rules.

    Attributes:
        plan: the plan.
        tiers: those whose compose file could be read.
        unreadable: what is wrong with the others.
    """

    plan: Plan
    tiers: tuple[TierSubject, ...]
    unreadable: tuple[Violation, ...]

    @classmethod
    def of(cls, plan: Plan) -> "Subject":
        """Prepare a plan."""
        tiers: list[TierSubject] = []
        unreadable: list[Violation] = []
        for tier in plan.tiers:
            try:
                tiers.append(_prepare(tier))
            except ComposeError as error:
                unreadable.append(
                    Violation(
                        rule="C2",
                        where=f"{tier.tier} compose file",
                        message=str(error),
                        fix="try it with `docker compose config`",
                    )
                )
        return cls(plan=plan, tiers=tuple(tiers), unreadable=tuple(unreadable))

    @property
    def standing(self) -> bool:
        """Whether it stays."""
        return self.plan.stack.standing


def _prepare(tier: TierPlan) -> TierSubject:
    env = read(tier.env)
    written = ComposeFile.parse(tier.source.compose_file)
    return TierSubject(tier=tier, env=env, written=written, compose=written.interpolated(env))
