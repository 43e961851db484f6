"""What goes wrong, in words that may be shown: no password, no stack, nothing of a dependency's own text."""


class BackendError(Exception):
    """Something that ends the program or a request with one line."""


class SettingsRefused(BackendError):
    """The environment does not do; the text names variables and never shows a value."""


class MigrationFailed(BackendError):
    """The schema could not be brought to this version's; the text names the revision and the reason."""


class Unavailable(BackendError):
    """A dependency does not do what it is for, at the moment.

    Args:
        dependency: `database`, `cache` or `storage`.
        reason: short, without anything of its configuration.
    """

    def __init__(self, dependency: str, reason: str) -> None:
        super().__init__(f"{dependency}: {reason}")
        self.dependency = dependency
        self.reason = reason


class NotFound(BackendError):
    """There is no such account, entry or statement."""


class Refused(BackendError):
    """A field's value does not do.

    Args:
        field: its name as the caller wrote it.
        problem: what is wrong with it, in words that follow the name.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
