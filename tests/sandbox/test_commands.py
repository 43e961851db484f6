import pytest

from sandbox import commands


@pytest.mark.parametrize(
    ("line", "stack"),
    [
        ("pulumi preview --stack staging", "staging"),
        ("pulumi preview --stack=pr-7", "pr-7"),
        ("pulumi up -s production --yes", "production"),
        ("pulumi up -sproduction", "production"),
        ("/opt/bin/pulumi up --stack staging", "staging"),
        ("env RELEASE=v1.0.1 pulumi up --stack staging", "staging"),
        ("pulumi up", None),
        ("pulumi up --stack", None),
        ("strata doctor --stack staging", None),
        ("", None),
    ],
)
def test_the_stack_of_a_command(line: str, stack: str | None) -> None:
    assert commands.stack_of(line.split()) == stack


@pytest.mark.parametrize("stack", ["local", "ci", "staging", "production", "pr-1", "pr-4711"])
def test_a_missing_stack_is_made_for_the_names_there_are(stack: str) -> None:
    assert commands.is_made_for_you(stack, ["pulumi", "up", "--stack", stack])


@pytest.mark.parametrize(
    "stack", ["stagin", "pr-", "pr-0", "pr-x", "prod", "locale", "staging2", "a/staging"]
)
def test_a_misspelt_stack_reaches_pulumis_own_error(stack: str) -> None:
    assert not commands.is_made_for_you(stack, ["pulumi", "up", "--stack", stack])


@pytest.mark.parametrize("word", ["init", "rm"])
def test_a_stack_is_not_made_for_the_command_that_makes_or_removes_it(word: str) -> None:
    assert not commands.is_made_for_you("staging", ["pulumi", "stack", word, "--stack", "staging"])


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        ("pulumi up --stack pr-7", True),
        ("pulumi --non-interactive preview --stack pr-7", True),
        ("pulumi destroy --stack pr-7", False),
        ("pulumi stack output --stack pr-7", False),
        ("pulumi refresh --stack pr-7", False),
    ],
)
def test_p3_only_what_runs_a_previews_program_needs_its_commit(line: str, *, needs: bool) -> None:
    assert commands.needs_preview("pr-7", line.split()) is needs


def test_a_standing_stack_needs_no_preview() -> None:
    assert not commands.needs_preview("staging", ["pulumi", "up", "--stack", "staging"])
