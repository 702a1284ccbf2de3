"""Contexts, over REST: they are what names of subjects begin with, `:.context:`, and divide nothing here."""

from typing import Any, Final

from penstock.compose.schemas import SchemaDesks
from penstock.frontend.schema_calls import SubjectsCall
from penstock.frontend.schema_checks import cut
from penstock.ports.schemas import Which
from penstock.server.http.registry.asked import Asked

_DEFAULT: Final = "."
_BEGINNING: Final = ":."


class ContextRoutes:
    """Each method answers one route."""

    def __init__(self, desks: SchemaDesks) -> None:
        self._desks = desks

    async def root(self, _asked: Asked) -> Any:
        """Says that a registry is here."""
        return {}

    async def contexts(self, asked: Asked) -> Any:
        """The default one, and those that names of subjects begin with."""
        names = await self._desks.look.subjects(SubjectsCall(asked.namespace, _BEGINNING, Which.ALL))
        named = sorted({name[1:].partition(":")[0] for name in names if ":" in name[1:]} - {_DEFAULT})
        return cut([_DEFAULT, *named], asked.page)
