"""Tables of somebody's own PostgreSQL as sources of events; docs/decisions/0029."""

from penstock.adapters.postgres.tables.shape import TableOrder, TableShape
from penstock.adapters.postgres.tables.source import TableSource

__all__ = ["TableOrder", "TableShape", "TableSource"]
