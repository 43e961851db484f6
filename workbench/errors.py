class WorkbenchError(Exception):
    """Something about this checkout stands in the way; the text says what and what to do next.

    Args:
        what: what happened and where, a sentence without its full stop.
        next_step: the next command or look, likewise.
    """

    def __init__(self, what: str, *, next_step: str) -> None:
        super().__init__(f"{what}. Next: {next_step}.")
