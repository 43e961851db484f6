from collections.abc import Sequence

from model.violation import Violation


class StrataError(Exception):
    """Everything that this room refuses; the text is meant for the user as it stands.

    ```
    StrataError
    ├── UnknownStack      the stack's name is not a layer
    ├── SettingsError     a stack file or an environment variable
    ├── ReleaseError      a tag, an image reference, a release that was not verified
    ├── EnvTextError      a value that cannot be delivered to a container as it is
    ├── ComposeError      a compose file that cannot be read
    └── GuardrailError    a plan that breaks rules, all of them at once
    ```
    """


class UnknownStack(StrataError):
    """The stack's name is not one of the layers."""


class SettingsError(StrataError):
    """A setting is missing, misspelt or of the wrong kind; one line for each."""


class ReleaseError(StrataError):
    """A release may not go where it was sent."""


class EnvTextError(StrataError):
    """A variable's value would not arrive as it is."""


class ComposeError(StrataError):
    """A compose file cannot be read."""


class GuardrailError(StrataError):
    """A plan breaks rules; nothing was sent to a server.

    Attributes:
        violations: all of them, in the order in which they were found.
    """

    def __init__(self, violations: Sequence[Violation], *, stack: str) -> None:
        self.violations = tuple(violations)
        count = len(self.violations)
        lines = "\n".join(f"  {violation}" for violation in self.violations)
        super().__init__(
            f"stack {stack} breaks {count} rule{'s' if count > 1 else ''}; nothing was changed:\n{lines}"
        )
