"""Fields that several nouns' requests share."""

from sandbox.dokploy.schema import Field, Number, Text

ID = Text(least=1)
"""A required id."""

TEXT = Text()
NAME = Text(least=1)
OPTIONAL = Text(optional=True)
OPTIONAL_NAME = Text(optional=True, least=1)
NULLABLE = Text(optional=True, nullable=True)
REQUIRED_NULLABLE = Text(nullable=True, bare=True)

APP_NAME = Text(
    optional=True,
    least=1,
    most=63,
    pattern="^[a-zA-Z0-9._-]+$",
    pattern_message="App name can only contain letters, numbers, dots, underscores and hyphens",
)

CONTAINER_ID = Text(least=1, pattern=r"^[a-zA-Z0-9.\-_]+$", pattern_message="Invalid container id.")

SEARCH: dict[str, Field] = {
    "q": OPTIONAL,
    "name": OPTIONAL,
    "description": OPTIONAL,
    "limit": Number(default=20, least=1, most=100),
    "offset": Number(default=0, least=0),
}
