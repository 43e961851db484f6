from collections.abc import Mapping

from model.layers import Stack
from model.violation import Violation


def resource_violations(type_token: str, props: Mapping[str, object], stack: Stack) -> list[Violation]:
    """What a single resource breaks, for the program's resource transform.

    Args:
        type_token: for example `pulumi-python:dynamic/dokploy:Compose`.
        props: its inputs; values that are not plain (outputs, unknowns) are passed over.
        stack: the running one.
    """
    del type_token, props, stack
    return []
