"""PostgreSQL, the truth: tasks, triggers, outcomes, the registry. SQL stands in `sql/`, the schema in `migrations/`."""

from penstock.adapters.postgres.inspection import inspect
from penstock.adapters.postgres.migration import migrate
from penstock.adapters.postgres.store import PostgresStore

__all__ = ["PostgresStore", "inspect", "migrate"]
