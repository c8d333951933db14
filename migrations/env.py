"""Runs our migrations over the connection handed in; own version table, own tables."""

from alembic import context

from lims_msc.migrate import VERSION_TABLE, include_only_ours
from lims_msc.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    include_name=include_only_ours,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
