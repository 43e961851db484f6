"""What the migrations make is what the code maps: else a request would be the first to find out."""

from tests.integration.services import Services

DIFFERENCES = """
import os
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from backend.database import connecting
from backend.tables import Base

with connecting(os.environ["DATABASE_URL"]).connect() as connection:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    print(compare_metadata(context, Base.metadata))
"""


def test_the_migrations_make_the_tables_that_the_code_maps(services: Services) -> None:
    assert services.project.execute("backend", "python", "-c", DIFFERENCES).strip() == "[]"
