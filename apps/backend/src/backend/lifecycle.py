class Lifecycle:
    """Whether this process still wants requests sent to it."""

    def __init__(self) -> None:
        self._stopping = False

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stopping

    def stop(self) -> None:
        """From now on `/ready` says no; what comes is still served."""
        self._stopping = True
