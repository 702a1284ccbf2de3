"""Subjects and their versions, over REST."""

from typing import Any, Final
from urllib.parse import unquote

from penstock.compose.schemas import SchemaDesks
from penstock.frontend.schema_calls import Registered, SubjectsCall
from penstock.frontend.schema_checks import cut
from penstock.model.errors import InvalidInput
from penstock.server.http.registry.answers import version_answer
from penstock.server.http.registry.asked import Asked

_EVERY_CONTEXT: Final = ":*:"


class SubjectRoutes:
    """Each method answers one route."""

    def __init__(self, desks: SchemaDesks) -> None:
        self._desks = desks

    async def subjects(self, asked: Asked) -> Any:
        """Names in their order."""
        prefix = asked.text("subjectPrefix") or asked.text("subject")
        prefix = prefix.removeprefix(_EVERY_CONTEXT)
        return await self._desks.look.subjects(SubjectsCall(asked.namespace, prefix, asked.which, asked.page))

    async def register(self, asked: Asked) -> Any:
        """The version with this schema, a new one if none has it."""
        return version_answer(await self._desks.schemas.register(asked.schema))

    async def look_up(self, asked: Asked) -> Any:
        """The version with this schema."""
        found = await self._desks.schemas.look_up(asked.schema, asked.flag("deleted"))
        return await self._told(asked, found)

    async def delete(self, asked: Asked) -> Any:
        """All of its versions."""
        return await self._desks.schemas.delete(asked.namespace, asked.subject, None, asked.flag("permanent"))

    async def versions(self, asked: Asked) -> Any:
        """Numbers, rising."""
        return await self._desks.look.versions(asked.namespace, asked.subject, asked.which, asked.page)

    async def version(self, asked: Asked) -> Any:
        """One version, with its schema."""
        return await self._told(asked, await self._version(asked))

    async def text(self, asked: Asked) -> Any:
        """Its schema alone."""
        return await self._desks.look.text(asked.namespace, (await self._version(asked)).schema, asked.text("format"))

    async def delete_version(self, asked: Asked) -> Any:
        """Its number."""
        numbers = await self._desks.schemas.delete(
            asked.namespace, asked.subject, asked.version, asked.flag("permanent")
        )
        return numbers[0]

    async def referenced_by(self, asked: Asked) -> Any:
        """The ids of schemas that refer to it."""
        return cut(await self._desks.look.referring(asked.namespace, asked.subject, asked.version), asked.page)

    async def with_metadata(self, asked: Asked) -> Any:
        """The newest version with these properties. Clients encode their names and values twice."""
        names, values = asked.query.get("key", ()), asked.query.get("value", ())
        if len(names) != len(values):
            raise InvalidInput("query", f"has {len(names)} keys and {len(values)} values; each key has one value")
        properties = {unquote(name): unquote(value) for name, value in zip(names, values, strict=True)}
        deleted = asked.flag("deleted")
        return await self._told(
            asked, await self._desks.look.latest_with(asked.namespace, asked.subject, properties, deleted)
        )

    async def _version(self, asked: Asked) -> Registered:
        return await self._desks.look.version(asked.namespace, asked.subject, asked.version, asked.flag("deleted"))

    async def _told(self, asked: Asked, registered: Registered) -> Any:
        text = await self._desks.look.text(asked.namespace, registered.schema, asked.text("format"))
        return version_answer(registered, text)
