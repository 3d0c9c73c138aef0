"""Alembic's entry: runs the versions on the connection that `migrate` holds."""

from alembic import context

from rejoinder.storage.columns import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
