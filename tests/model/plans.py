"""Plans as they are shipped, and ways to break exactly one thing in them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from model.configfile import raw_config
from model.layers import Stack
from model.naming import Names
from model.pins import PINS
from model.plan import Plan, TierPlan
from model.preview import preview_plan, preview_ref
from model.release import Release
from model.services import required_secrets
from model.settings import Settings
from model.standing import names_of, standing_plan

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "finance-report"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
STANDING = ("staging", "production")


def digest(character: str = "a") -> str:
    return "sha256:" + character * 64


@cache
def _shipped(stack: str) -> dict[str, str]:
    own = ROOT / f"Pulumi.{stack}.yaml"
    return raw_config(
        (ROOT / "Pulumi.yaml").read_text(), own.read_text() if own.exists() else "", stack=stack
    )


def raw(stack: str = "staging") -> dict[str, str]:
    """The configuration that is shipped, as the CLI would hand it over."""
    return dict(_shipped(stack))


def settings(stack: str = "staging", **changes: str) -> Settings:
    own = {f"{PROJECT}:{key}": text for key, text in changes.items()}
    return Settings.load(raw(stack) | own, project=PROJECT, stack=stack)


def release(version: str = "v1.0.45", character: str = "a") -> Release:
    return Release(
        version=version,
        images={
            name: f"ghcr.io/zitian-party/finance-report-{name}:{version}@{digest(character)}"
            for name in ("backend", "frontend")
        },
    )


@cache
def standing(stack: str = "staging", **changes: str) -> Plan:
    """The plan of staging or production as shipped, with some settings changed."""
    chosen = settings(stack, **changes)
    parsed = Stack.parse(stack)
    return standing_plan(
        settings=chosen,
        stack=parsed,
        release=release(),
        data_images={service: f"{pin}@{digest('b')}" for service, pin in PINS.items()},
        secret_versions=dict.fromkeys(required_secrets(names_of(chosen, parsed)), 3),
        vault_addr="https://vault.example.org",
        templates={
            tier: (ROOT / "templates" / f"{tier}.compose.yaml").read_text() for tier in ("data", "app")
        },
    )


@cache
def preview(stack: str = "pr-12", *, compose_file: str | None = None, **changes: str) -> Plan:
    """The plan of a pull request's stack as shipped, or with another compose file."""
    parsed = Stack.parse(stack)
    return preview_plan(
        settings=settings(stack, **changes),
        stack=parsed,
        git_url="https://github.com/zitian-party/finance_report.git",
        ref=preview_ref(parsed, commit=COMMIT),
        commit=COMMIT,
        compose_file=compose_file or (ROOT / "docker-compose.yml").read_text(),
    )


def with_tier(plan: Plan, tier: str, **changes: Any) -> Plan:
    """The plan with other values in one tier."""
    changed = tuple(replace(one, **changes) if one.tier == tier else one for one in plan.tiers)
    return replace(plan, tiers=changed)


def tier_of(plan: Plan, tier: str) -> TierPlan:
    return next(one for one in plan.tiers if one.tier == tier)


def with_compose(plan: Plan, tier: str, change: Callable[[dict[str, Any]], object]) -> Plan:
    """The plan with something changed in one tier's compose file."""
    source = tier_of(plan, tier).source
    document = yaml.safe_load(source.compose_file)
    change(document)
    text = yaml.safe_dump(document, sort_keys=False)
    return with_tier(plan, tier, source=replace(source, compose_file=text))


def with_service(plan: Plan, tier: str, service: str, **changes: Any) -> Plan:
    """The plan with other keys at one service of a compose file; `None` takes a key away."""

    def change(document: dict[str, Any]) -> None:
        body = document["services"][service]
        for key, value in changes.items():
            if value is None:
                body.pop(key, None)
            else:
                body[key] = value

    return with_compose(plan, tier, change)


def names(stack: str) -> Names:
    """The names of a stack under the shipped settings."""
    return names_of(settings(), Stack.parse(stack))
