"""What the command line itself refuses; the other rooms' trees are shown as they are."""


class CommandError(Exception):
    """Root of this room's errors.

    ```
    CommandError
    ├── UsageError      the command was called in a way that cannot work: exit code 2
    ├── NoProject       there is no Pulumi.yaml here
    ├── EngineError     the pulumi command is missing or failed
    └── NotThere        what was asked for does not exist
    ```

    Args:
        what: what happened and where, a sentence without its full stop.
        next_step: the next command or look, likewise.
    """

    def __init__(self, what: str, *, next_step: str) -> None:
        super().__init__(f"{what}. Next: {next_step}.")


class UsageError(CommandError):
    """The command was called in a way that cannot work."""


class NoProject(CommandError):
    """There is no Pulumi.yaml here."""


class EngineError(CommandError):
    """The `pulumi` command is missing or failed."""


class NotThere(CommandError):
    """What was asked for does not exist."""
