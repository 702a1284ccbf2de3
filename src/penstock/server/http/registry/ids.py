"""Schemas by their ids and guids, over REST."""

from typing import Any
from uuid import UUID

from penstock.compose.schemas import SchemaDesks
from penstock.frontend.schema_checks import cut
from penstock.model.errors import InvalidInput
from penstock.model.schema import SchemaType, StoredSchema
from penstock.model.schema_errors import NoSchema
from penstock.server.http.registry.answers import schema_answer
from penstock.server.http.registry.asked import Asked, whole


class IdRoutes:
    """Each method answers one route."""

    def __init__(self, desks: SchemaDesks) -> None:
        self._desks = desks

    async def schema(self, asked: Asked) -> Any:
        """By its id."""
        return await self._told(asked, await self._by_id(asked))

    async def by_guid(self, asked: Asked) -> Any:
        """By its guid."""
        try:
            guid = UUID(asked.place["guid"]).bytes
        except ValueError:
            raise NoSchema(f"{asked.place['guid'][:80]!r} is no guid") from None
        return await self._told(asked, await self._desks.look.by_guid(asked.namespace, guid))

    async def text(self, asked: Asked) -> Any:
        """The schema alone."""
        return await self._desks.look.text(asked.namespace, await self._by_id(asked), asked.text("format"))

    async def subjects(self, asked: Asked) -> Any:
        """Where it stands."""
        return cut(list(dict.fromkeys(place.subject for place in await self._places(asked))), asked.page)

    async def versions(self, asked: Asked) -> Any:
        """As which versions."""
        return cut(
            [{"subject": place.subject, "version": place.version} for place in await self._places(asked)], asked.page
        )

    async def types(self, _asked: Asked) -> Any:
        """The languages."""
        return list(SchemaType)

    async def _by_id(self, asked: Asked) -> StoredSchema:
        return await self._desks.look.by_id(asked.namespace, self._id(asked))

    async def _places(self, asked: Asked) -> Any:
        return await self._desks.look.places(
            asked.namespace, self._id(asked), asked.text("subject"), asked.flag("deleted")
        )

    def _id(self, asked: Asked) -> int:
        try:
            return whole("id", asked.place["id"], "a number")
        except InvalidInput:
            raise NoSchema(f"{asked.place['id'][:40]!r} is no id of a schema") from None

    async def _told(self, asked: Asked, schema: StoredSchema) -> Any:
        return schema_answer(schema, await self._desks.look.text(asked.namespace, schema, asked.text("format")))
