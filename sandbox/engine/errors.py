class EngineError(Exception):
    """Why a `docker` command stops; the text is what Docker prints, `code` its exit code.

    EngineError
    ├── ComposeFileError    the file cannot be read, or says something impossible
    ├── BuildError          an image could not be built
    ├── PullError           an image could not be had
    ├── DaemonError         the daemon refuses: missing, in use, not allowed
    ├── NotReady            containers or tasks are not what was waited for
    └── UnknownCommand      the engine does not know this command or flag
    """

    code = 1


class ComposeFileError(EngineError):
    """The file cannot be read, or says something impossible."""


class BuildError(EngineError):
    """An image could not be built."""


class PullError(EngineError):
    """An image could not be had."""


class DaemonError(EngineError):
    """The daemon refuses; its text follows `Error response from daemon: `."""

    def __init__(self, message: str) -> None:
        super().__init__(f"Error response from daemon: {message}")


class NotReady(EngineError):  # a state, not a mistake
    """Containers or tasks are not what was waited for."""


class UnknownCommand(EngineError):  # Docker's own words for it
    """The engine does not know this command or flag."""
