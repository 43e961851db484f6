import pytest

from model.guardrails import hardcoded
from tests.model.guardrails.broken import told
from tests.model.plans import preview, standing, with_service


@pytest.mark.parametrize(
    "line",
    [
        "host: report.zitian.party",
        "DB: finance-report-db-staging",
        "DB: finance-report-db-pr-12",
        "url: staging.example.org",
        "path: finance_report/production/x",
        "ENV: staging",
        'ENV = "production"',
        "ENVIRONMENT=staging",
    ],
)
def test_m9_a_value_of_an_environment_in_a_file_is_found(line: str) -> None:
    found = hardcoded({"file": f"first\n{line}\n"}, domain="zitian.party")

    assert [(one.rule, one.where) for one in found] == [("M9", "file line 2")]


@pytest.mark.parametrize(
    "line",
    [
        "ENV: ${ENV:?}",
        "NODE_ENV: production",
        "# staging and production: finance-report-db-staging",
        "x: 1  # as in report.zitian.party",
        "image: pr-agent",
    ],
)
def test_m9_variables_comments_and_ways_to_build_are_free(line: str) -> None:
    assert hardcoded({"file": line}, domain="zitian.party") == []


def test_m9_a_template_with_a_stack_in_it_is_refused() -> None:
    plan = with_service(standing(), "app", "frontend", environment={"ENV": "staging"})

    assert [rule for rule, _ in told(plan)] == ["M9"]


def test_m9_a_branch_with_the_domain_in_it_is_refused() -> None:
    plan = with_service(
        preview(), "preview", "frontend", environment={"HOME_PAGE": "https://www.zitian.party"}
    )

    assert [rule for rule, _ in told(plan)] == ["M9"]
