class ToolchainError(Exception):
    """Something a person has to act on: shown without a traceback, the command exits with 1.

    Args:
        what: what happened and where.
        todo: what to do next.
    """

    def __init__(self, what: str, *, todo: str) -> None:
        super().__init__(f"{what}\n  → {todo}")
        self.what = what
        self.todo = todo


class ProgramError(ToolchainError):
    """A program ended with another code than 0.

    Args:
        what: what happened and where.
        todo: what to do next.
        stdout: all it wrote there, for whoever can read more out of it.
    """

    def __init__(self, what: str, *, todo: str, stdout: str) -> None:
        super().__init__(what, todo=todo)
        self.stdout = stdout


class UnavailableError(ToolchainError):
    """A source cannot be reached or does not have the file: the next source is tried."""


class SilentError(ToolchainError):
    """What was asked neither answers nor refuses in time."""


class RefusedError(ToolchainError):
    """A download is not what it claims to be: nothing else is tried, a person must look."""
