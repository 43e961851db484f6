import pytest

from sandbox.ingress.rules import Rule, UnknownRule

HOST = "Host(`report.example`)"


@pytest.mark.parametrize(
    ("rule", "host", "path", "fits"),
    [
        (HOST, "report.example", "/any", True),
        (HOST, "REPORT.example", "/", True),
        (HOST, "other.example", "/", False),
        (f"{HOST} && PathPrefix(`/api`)", "report.example", "/api/x", True),
        (f"{HOST} && PathPrefix(`/api`)", "report.example", "/", False),
        (f"{HOST} && PathPrefix(`/api`)", "other.example", "/api", False),
        (f"{HOST} && Path(`/api`)", "report.example", "/api/x", False),
        (f"{HOST} || Host(`other.example`)", "other.example", "/", True),
        ("Host(`a.example`, `b.example`)", "b.example", "/", True),
    ],
)
def test_a_rule_fits_what_traefik_would_route_by_it(rule: str, host: str, path: str, fits: bool) -> None:  # noqa: FBT001  # a table's column
    assert Rule.parse(rule).matches(host, path) is fits


@pytest.mark.parametrize(
    "rule", ["", "Host(report.example)", "HostRegexp(`x`)", "Host(`x`) && Method(`GET`)"]
)
def test_a_rule_that_is_not_understood_is_not_guessed(rule: str) -> None:
    with pytest.raises(UnknownRule):
        Rule.parse(rule)
