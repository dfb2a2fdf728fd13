"""Run by alembic: on the connection it is handed, inside the transaction that is open there."""

from alembic import context

from storage.all_tables import ALL

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ALL,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
