from strata.errors import CommandError


class LockError(CommandError):
    """Root of this package's errors.

    ```
    LockError
    ├── Held         somebody else has the stack, or may have it
    ├── NoLocks      the backend is none that markers can be kept beside
    └── StoreFailed  the place of the state refused or did not answer
    ```
    """


class Held(LockError):
    """Somebody else has the stack, or may have it; nothing was changed."""


class NoLocks(LockError):
    """The backend is none that markers can be kept beside."""


class StoreFailed(LockError):
    """The place of the state refused or did not answer."""
