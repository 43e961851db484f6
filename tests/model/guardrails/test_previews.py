import re
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from model.compose import strings
from model.guardrails.subject import Subject
from model.plan import Plan, RawSource
from tests.model.guardrails.broken import told
from tests.model.plans import preview, standing, tier_of, with_compose, with_service, with_tier


@pytest.mark.parametrize(
    ("field", "where"),
    [
        ("release", "release"),
        ("gate", "gate"),
        ("network", "network"),
        ("vault_provider", "vault provider"),
        ("registry", "registry"),
    ],
)
def test_p2_a_preview_has_no_part_in_what_stays(field: str, where: str) -> None:
    shared = getattr(standing(registryUsername="robot"), field)

    assert ("P2", where) in told(replace(preview(), **{field: shared}))


@pytest.mark.parametrize("changes", [{"protect": True}, {"delete_volumes": False}])
def test_p3_a_preview_leaves_nothing_behind(changes: dict[str, bool]) -> None:
    assert told(with_tier(preview(), "preview", **changes)) == [("P2", "preview volumes")]


@pytest.mark.parametrize(
    ("section", "body"),
    [
        ("networks", {"name": "finance-report-${ENV}"}),
        ("networks", {"external": True}),
        ("volumes", {"name": "finance-report-${ENV}-extra"}),
    ],
)
def test_p2_a_preview_names_no_network_or_volume(section: str, body: dict[str, Any]) -> None:
    plan = with_compose(
        preview(), "preview", lambda document: document.setdefault(section, {}).update(extra=body)
    )

    assert told(plan) == [("P2", f"preview {section} extra")]


def test_p2_a_branch_cannot_mount_stagings_data() -> None:
    body = {"name": "finance-report-staging-postgres"}
    plan = with_compose(preview(), "preview", lambda document: document["volumes"].update(postgres=body))

    assert ("P2", "preview volumes postgres") in told(plan)


@pytest.mark.parametrize(
    "value",
    [
        "postgresql://finance_report@finance-report-db-staging:5432/finance_report",
        "https://report.zitian.party",
        "finance-report-production",
        "finance_report/production/backend",
    ],
)
def test_p2_a_branch_does_not_name_what_belongs_to_staging_or_production(value: str) -> None:
    found = told(with_service(preview(), "preview", "backend", environment={"X": value}))

    assert ("P2", "preview compose file") in found


def test_p2_it_may_be_named_after_a_stack_that_stays() -> None:
    assert told(with_service(preview(), "preview", "backend", environment={"MODE": "production"})) == []


@pytest.mark.parametrize("changes", [{"ref": "main"}, {"ref": "preview/pr-13-0123456"}, {"commit": "f" * 40}])
def test_p7_a_preview_is_the_commit_that_its_tag_names(changes: dict[str, str]) -> None:
    plan = preview()
    source = replace(tier_of(plan, "preview").source, **changes)

    assert told(with_tier(plan, "preview", source=source)) == [("P7", "preview source")]


def test_p7_a_preview_is_cloned_and_not_pasted() -> None:
    plan = preview()
    source = RawSource(compose_file=tier_of(plan, "preview").source.compose_file)

    assert told(with_tier(plan, "preview", source=source)) == [("P7", "preview source")]


NAMED = ("report-", "finance_report/", "zitian.party")


def rendered(plan: Plan) -> set[str]:
    """Everything in a plan's compose files and variables that is named after its stack, and its hosts."""
    texts = [
        text
        for tier in Subject.of(plan).tiers
        for text in (*strings(tier.compose.document), *tier.env.values())
    ]
    texts += [domain.host for tier in plan.tiers for domain in tier.domains]
    found = {word for text in texts for word in re.findall(r"[a-z0-9][a-z0-9_./-]*[a-z0-9]", text)}
    images = {"ghcr.io/zitian-party/finance-report-backend", "ghcr.io/zitian-party/finance-report-frontend"}
    return {word for word in found if any(part in word for part in NAMED)} - images


@pytest.mark.parametrize(("one", "other"), list(combinations(["staging", "production", "pr-1", "pr-12"], 2)))
def test_p2_what_two_stacks_send_to_dokploy_has_no_name_in_common(one: str, other: str) -> None:
    plans = [preview(stack) if stack.startswith("pr-") else standing(stack) for stack in (one, other)]
    first, second = map(rendered, plans)

    assert first
    assert first & second == set()
