"""Everything that is known, looked up and checked before the first resource is registered.

The order is that of the cheapest refusal: settings, credentials, release, digests, Vault, plan, guardrails.
A run that is refused here has changed nothing, and the stack's outputs stay those of the run before (measured
with engine 3.250 on 2026-11-23).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi

from components.credentials import require_credentials
from components.gate_found import NOTHING, Found, find_gates
from components.gate_held import is_held, require_unchanged
from components.outputs import Outputs, read_outputs
from components.registry import with_digests
from components.secrets import proven_versions, renew_for_dokploy
from components.settings import load_settings
from components.source import preview_source
from model.guardrails import check
from model.layers import Layer, Stack
from model.pins import PINS, postgres_major, require_postgres_major
from model.plan import Plan
from model.preview import preview_plan
from model.release import Release, Tag, require_verified
from model.services import Service, Tier
from model.settings import Adopt, Settings
from model.standing import names_of, standing_plan

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan that keeps all rules, and what the stack was before.

    Attributes:
        plan: what the stack is going to be.
        before: its outputs so far.
        adopt: what is taken over at Dokploy instead of made.
        kept: nobody asked for the release, the stack keeps it.
        found: what GitHub has of the gates of a stack that has put out nothing yet.
    """

    plan: Plan
    before: Outputs
    adopt: Adopt
    kept: bool = False
    found: Found = NOTHING


def plan_stack(stack: Stack) -> Planned:
    """Plan a stack that Dokploy runs.

    Raises:
        pulumi.RunError, model.errors.StrataError, vault.errors.VaultError: it may not be as asked; nothing
            was changed.
    """
    settings = load_settings()
    require_credentials(settings, stack, env=os.environ, dry_run=pulumi.runtime.is_dry_run())
    before = read_outputs(stack.name) or Outputs()
    if not stack.standing:
        plan = preview_plan(settings=settings, stack=stack, **preview_source(settings, before=before))
        check(plan)
        return Planned(plan=plan, before=before, adopt=settings.adopt)
    tag = _asked(stack)
    release, data_images = _images(settings, stack, tag=tag, before=before)
    names = names_of(settings, stack)
    versions = proven_versions(settings, names)
    plan = standing_plan(
        settings=settings,
        stack=stack,
        release=release,
        data_images=data_images,
        secret_versions=versions,
        vault_addr=os.environ.get("DOKPLOY_VAULT_ADDR") or os.environ.get("VAULT_ADDR", ""),
        templates=_templates(),
    )
    check(plan)
    found = _found(plan, before)
    renew_for_dokploy(settings, names)
    return Planned(plan=plan, before=before, adopt=settings.adopt, kept=tag is None, found=found)


def _found(plan: Plan, before: Outputs) -> Found:
    """What GitHub has of the gates. A plain run of a stack that runs something asks nothing."""
    held = is_held(os.environ, dry_run=pulumi.runtime.is_dry_run())
    if before.running is not None and not held:
        return NOTHING
    found = find_gates(plan.gates, plan.ruleset, owner=os.environ["GITHUB_OWNER"])
    if held:
        require_unchanged(plan, found)
    return found if before.running is None else NOTHING


def _asked(stack: Stack) -> Tag | None:
    """What RELEASE says. Not a setting: the CLI would save it into the stack's file, at `preview` too."""
    text = os.environ.get("RELEASE", "").strip()
    return Tag.parse(text, layer=stack.layer) if text else None


def _images(
    settings: Settings, stack: Stack, *, tag: Tag | None, before: Outputs
) -> tuple[Release, Mapping[str, str]]:
    """Release and data tier by digest; what runs already is not looked up again, the state has it."""
    if tag is None and before.running is None:
        raise pulumi.RunError(
            f"{stack} runs nothing yet, so there is no release to keep. "
            f"Next: RELEASE=<tag> pulumi up --refresh --stack {stack}, with a tag that the registry has."
        )
    recorded = before.data_images.get(Service.POSTGRES)
    require_postgres_major(
        recorded=postgres_major(recorded) if recorded else None, reference=PINS[Service.POSTGRES]
    )
    kept = {
        service: before.data_images[service]
        for service, pin in PINS.items()
        if before.data_images.get(service, "").startswith(f"{pin}@")
    }
    application = _repositories(settings) if tag else {}
    asked = {service: f"{repository}:{tag}" for service, repository in application.items()}
    found = with_digests({**asked, **{service: pin for service, pin in PINS.items() if service not in kept}})
    data_images: dict[str, str] = {service: kept.get(service) or found[service] for service in PINS}
    if tag is None:
        assert before.running is not None  # noqa: S101 - refused above
        return before.running, data_images
    release = Release(version=str(tag), images={service: found[service] for service in asked})
    if stack.layer is Layer.PRODUCTION:
        staging = read_outputs(Layer.STAGING)
        require_verified(release, staging.verified if staging else None)
    return release, data_images


def _repositories(settings: Settings) -> Mapping[str, str]:
    return {Service.BACKEND: settings.images.backend, Service.FRONTEND: settings.images.frontend}


def _templates() -> Mapping[str, str]:
    return {
        tier: (TEMPLATES / f"{tier}.compose.yaml").read_text(encoding="utf-8")
        for tier in (Tier.DATA, Tier.APP)
    }
