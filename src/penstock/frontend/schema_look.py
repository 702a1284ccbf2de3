"""What people and programs ask about schemas: which there are, and what stands under an id or a version."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.schema_book import SchemaBook
from penstock.frontend.schema_calls import LATEST, Page, Registered, SubjectsCall
from penstock.frontend.schema_checks import INT32_MAX, check_number, check_page, check_subject, cut
from penstock.model.errors import InvalidInput
from penstock.model.limits import SCHEMA_NAMES_MAX, SCHEMA_SUBJECT_BYTES_MAX
from penstock.model.names import check_text
from penstock.model.schema import SchemaPlace, SchemaSubject, SchemaVersion, StoredSchema
from penstock.model.schema_errors import NoSchema, NoSubject, NoVersion
from penstock.ports.schemas import Schemas, Which

_GUID_BYTES: Final = 16
_SERIALIZED: Final = "serialized"


class SchemaLook:
    """Its methods raise `InvalidInput` and `Unavailable` beside what they name. None of them makes anything."""

    def __init__(self, schemas: Schemas, names: LambdaBook, book: SchemaBook) -> None:
        self._schemas, self._names, self._book = schemas, names, book

    async def subjects(self, call: SubjectsCall) -> Sequence[str]:
        """Names in their order."""
        check_text("prefix", call.prefix, SCHEMA_SUBJECT_BYTES_MAX)
        offset, limit = check_page(call.page)
        namespace_id = await self._names.known_namespace_id(call.namespace)
        return await self._schemas.subjects(namespace_id, call.prefix, call.which, offset, limit)

    async def versions(self, namespace: str, subject: str, which: Which, page: Page) -> Sequence[int]:
        """Numbers, rising; raises `NoSubject`."""
        found = await self._subject(namespace, subject)
        versions = {
            Which.LIVE: found.live,
            Which.ALL: found.versions,
            Which.DELETED: [each for each in found.versions if each.is_deleted],
        }[which]
        if not versions:
            raise NoSubject(subject)
        return cut([each.number for each in versions], page)

    async def version(self, namespace: str, subject: str, number: int, with_deleted: bool = False) -> Registered:
        """One version, or `LATEST`; raises `NoSubject`, `NoVersion`."""
        check_number(number)
        found = await self._subject(namespace, subject)
        return await self._registered(namespace, found, _version(found, number, with_deleted))

    async def latest_with(
        self, namespace: str, subject: str, properties: Mapping[str, str], with_deleted: bool = False
    ) -> Registered:
        """The newest version whose metadata have these properties; raises `NoSubject`, `NoSchema`."""
        found = await self._subject(namespace, subject)
        versions = found.versions if with_deleted else found.live
        if not versions:
            raise NoSubject(subject)
        for version in reversed(versions):
            registered = await self._registered(namespace, found, version)
            if properties.items() <= _properties(registered.schema).items():
                return registered
        raise NoSchema(f"no version of subject {subject!r} has these properties in its metadata")

    async def by_id(self, namespace: str, schema_id: int) -> StoredSchema:
        """One schema; raises `NoSchema`."""
        if not 1 <= schema_id <= INT32_MAX:
            raise NoSchema(f"no schema has the id {schema_id}; ids go from 1 to {INT32_MAX}")
        return await self._book.by_id(await self._names.known_namespace_id(namespace), schema_id)

    async def by_guid(self, namespace: str, guid: bytes) -> StoredSchema:
        """The same by what its content says."""
        if len(guid) != _GUID_BYTES:
            raise InvalidInput("guid", f"has {len(guid)} bytes; a guid has {_GUID_BYTES}")
        return await self._book.by_guid(await self._names.known_namespace_id(namespace), guid)

    async def text(self, namespace: str, schema: StoredSchema, form: str = "") -> str:
        """Its text as it was registered, or in the form "serialized"; raises `InvalidInput` for another one."""
        if not form:
            return schema.content.text
        if form != _SERIALIZED:
            raise InvalidInput("format", f"{form[:40]!r} is none; use {_SERIALIZED}, or leave it out")
        return await self._book.serialized(await self._names.known_namespace_id(namespace), schema.content)

    async def places(
        self, namespace: str, schema_id: int, subject: str = "", with_deleted: bool = False
    ) -> Sequence[SchemaPlace]:
        """The versions that are this schema, under all subjects or one; raises `NoSchema`."""
        await self.by_id(namespace, schema_id)
        namespace_id = await self._names.known_namespace_id(namespace)
        places = await self._schemas.places(namespace_id, schema_id, SCHEMA_NAMES_MAX)
        return [each for each in places if (with_deleted or not each.is_deleted) and subject in {"", each.subject}]

    async def referring(self, namespace: str, subject: str, number: int) -> Sequence[int]:
        """The ids of schemas that refer to a version; raises `NoSubject`, `NoVersion`."""
        check_number(number)
        found = await self._subject(namespace, subject)
        version = _version(found, number, with_deleted=True)
        namespace_id = await self._names.known_namespace_id(namespace)
        return await self._schemas.referring(namespace_id, subject, version.number)

    async def subject(self, namespace: str, subject: str) -> SchemaSubject:
        """A subject with all of its versions; raises `NoSubject` where there are none."""
        found = await self._subject(namespace, subject)
        if not found.versions:
            raise NoSubject(subject)
        return found

    async def _subject(self, namespace: str, subject: str) -> SchemaSubject:
        check_subject(subject)
        return await self._book.subject(await self._names.known_namespace_id(namespace), subject)

    async def _registered(self, namespace: str, subject: SchemaSubject, version: SchemaVersion) -> Registered:
        namespace_id = await self._names.known_namespace_id(namespace)
        return Registered(subject.name, version, await self._book.by_id(namespace_id, version.schema_id))


def _version(subject: SchemaSubject, number: int, with_deleted: bool) -> SchemaVersion:
    versions = subject.versions if with_deleted else subject.live
    if not versions:
        raise NoSubject(subject.name)
    found = versions[-1] if number == LATEST else subject.numbered(number)
    if found is None or found not in versions:
        raise NoVersion(subject.name, number)
    return found


def _properties(schema: StoredSchema) -> Mapping[str, str]:
    metadata = msgspec.json.decode(schema.content.metadata) if schema.content.metadata else {}
    properties = metadata.get("properties")
    return properties if isinstance(properties, dict) else {}
