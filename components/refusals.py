"""Refusals end a program with one paragraph; anything else is a defect and keeps its traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import pulumi

from model.errors import StrataError
from vault.errors import VaultError


@contextmanager
def one_paragraph() -> Iterator[None]:
    """Turn the errors of the rooms into `pulumi.RunError`, which the engine prints without a traceback.

    Raises:
        pulumi.RunError: with the error's own text; the cause is left out because it may hold an answer's
            body.
    """
    try:
        yield
    except (StrataError, VaultError) as error:
        raise pulumi.RunError(str(error)) from None
