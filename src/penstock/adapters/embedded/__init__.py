"""Private engines in one folder: PostgreSQL and nats-server, started and stopped with us."""

from penstock.adapters.embedded.describe import EngineReport, describe
from penstock.adapters.embedded.engines import EmbeddedEngines
from penstock.adapters.embedded.errors import EngineError, EngineMissing, FolderInUse

__all__ = ["EmbeddedEngines", "EngineError", "EngineMissing", "EngineReport", "FolderInUse", "describe"]
