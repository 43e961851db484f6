"""What Alembic runs: within the connection, and so under the lock, of `backend.migrating`."""

from alembic import context

from backend.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    on_version_apply=context.config.attributes.get("on_version_apply"),
    target_metadata=Base.metadata,
)
with context.begin_transaction():
    context.run_migrations()
