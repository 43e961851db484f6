import pytest

from sandbox.oidc.expressions import Unresolved, resolve

CONTEXTS = {
    "github": {"event": {"pull_request": {"number": 7, "draft": False}}, "event_name": "pull_request_target"},
    "inputs": {"number": "12", "dry_run": True},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("staging", "staging"),
        ("pr-${{ github.event.pull_request.number }}", "pr-7"),
        ("pr-${{ github.event.pull_request.number || inputs.number }}", "pr-7"),
        ("pr-${{ github.event.issue.number || inputs.number }}", "pr-12"),
        ("${{ github.event.pull_request.draft }}", "false"),
        ("${{ github.event.nothing.at.all }}", ""),
        ("${{ inputs.dry_run && 'plan' || 'production' }}", "plan"),
        ("${{ !inputs.dry_run && 'plan' || 'production' }}", "production"),
        ("${{ github.event_name == 'PULL_request_target' }}", "true"),
        ("${{ github.event_name != 'push' && (inputs.number == '12') }}", "true"),
        ("${{ format('pr-{0}-{1}', inputs.number, 'it''s') }}", "pr-12-it's"),
        ("${{ 3 }}${{ 1.5 }}${{ null }}", "31.5"),
    ],
)
def test_what_githubs_runner_would_make_of_it(text: str, expected: str) -> None:
    assert resolve(text, CONTEXTS) == expected


@pytest.mark.parametrize(
    "text",
    [
        "${{ secrets.TOKEN }}",
        "${{ fromJSON('{}') }}",
        "${{ inputs.number + 1 }}",
        "${{ (1 }}",
        "${{ }}",
        "${{ 1 2 }}",
    ],
)
def test_what_is_not_understood_is_refused_and_not_guessed(text: str) -> None:
    with pytest.raises(Unresolved, match="cannot be resolved"):
        resolve(text, CONTEXTS)
