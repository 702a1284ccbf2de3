"""Whether a schema could follow, over REST."""

from typing import Any

from penstock.compose.schemas import SchemaDesks
from penstock.frontend.schema_calls import EVERY_VERSION, Verdict
from penstock.server.http.registry.asked import Asked


class CompatibilityRoutes:
    """Each method answers one route."""

    def __init__(self, desks: SchemaDesks) -> None:
        self._desks = desks

    async def with_one(self, asked: Asked) -> Any:
        """One version, or the latest."""
        return _told(asked, await self._desks.schemas.check(asked.schema, asked.version))

    async def with_all(self, asked: Asked) -> Any:
        """Those that the subject's level names."""
        return _told(asked, await self._desks.schemas.check(asked.schema, EVERY_VERSION))


def _told(asked: Asked, verdict: Verdict) -> Any:
    told: dict[str, Any] = {"is_compatible": verdict.is_compatible}
    return told | {"messages": verdict.reasons} if asked.flag("verbose") else told
