"""Schemas and subjects at hand: what is known can be read, and found by its text, while the store is away."""

from collections.abc import Mapping
from typing import Final

from penstock.frontend.last_known import LastKnown
from penstock.model.errors import InvalidInput
from penstock.model.limits import SCHEMA_BYTES_MAX, SCHEMA_CLOSURE_MAX, SCHEMA_REFERENCE_DEPTH_MAX
from penstock.model.schema import (
    DEFAULT_RULES,
    SchemaContent,
    SchemaReference,
    SchemaRules,
    SchemaSubject,
    SchemaType,
    SchemaVersion,
    StoredSchema,
)
from penstock.model.schema_changes import missing_reference
from penstock.model.schema_errors import InvalidSchema, NoSchema
from penstock.ports.schema_format import Schema, SchemaFormat
from penstock.ports.schemas import Schemas
from penstock.ports.serialized_schema import SerializedSchema

_SUBJECTS_KEPT: Final = 4_000
_SCHEMAS_KEPT: Final = 4_000
_READ_KEPT: Final = 250


class SchemaBook:
    """A schema never changes, so each is asked for once; a subject does, and is asked for each time.

    Its methods raise `Unavailable` only for what was never asked for here before.
    """

    def __init__(self, schemas: Schemas, formats: Mapping[SchemaType, SchemaFormat]) -> None:
        self._schemas, self._formats = schemas, formats
        self._subjects: LastKnown[tuple[int, str], SchemaSubject] = LastKnown(_SUBJECTS_KEPT)
        self._rules: LastKnown[tuple[int, str], tuple[SchemaRules, SchemaRules]] = LastKnown(_SUBJECTS_KEPT)
        self._by_id: LastKnown[tuple[int, int], StoredSchema] = LastKnown(_SCHEMAS_KEPT)
        self._by_guid: LastKnown[tuple[int, bytes], StoredSchema] = LastKnown(_SCHEMAS_KEPT)
        self._read: LastKnown[tuple[int, bytes], Schema] = LastKnown(_READ_KEPT)

    async def subject(self, namespace_id: int, name: str) -> SchemaSubject:
        """A subject with all of its versions."""
        key = (namespace_id, name)
        return await self._subjects.ask(key, lambda: self._schemas.subject(namespace_id, name))

    async def rules(self, namespace_id: int, subject: str) -> tuple[SchemaRules, SchemaRules]:
        """What is said of the subject itself, and what counts for it."""
        key = (namespace_id, subject)
        own, general = await self._rules.ask(key, lambda: self._schemas.rules(namespace_id, subject))
        return own, own.over(general).over(DEFAULT_RULES)

    async def by_id(self, namespace_id: int, schema_id: int) -> StoredSchema:
        """One schema; raises `NoSchema`."""
        found = self._by_id.kept((namespace_id, schema_id)) or await self._schemas.by_id(namespace_id, schema_id)
        if found is None:
            raise NoSchema(f"no schema has the id {schema_id} in this namespace")
        return self.keep(namespace_id, found)

    async def by_guid(self, namespace_id: int, guid: bytes) -> StoredSchema:
        """The same by what its content says."""
        found = self._by_guid.kept((namespace_id, guid)) or await self._schemas.by_guid(namespace_id, guid)
        if found is None:
            raise NoSchema("no schema has this guid in this namespace")
        return self.keep(namespace_id, found)

    def keep(self, namespace_id: int, schema: StoredSchema) -> StoredSchema:
        """It is known from now on."""
        self._by_id.keep((namespace_id, schema.id), schema)
        self._by_guid.keep((namespace_id, schema.guid), schema)
        return schema

    def added(self, namespace_id: int, subject: SchemaSubject, version: SchemaVersion | None) -> None:
        """A subject has this version now, too; None, or one that is not the next: it is another than was known."""
        key = (namespace_id, subject.name)
        if version is None or version.number != subject.last_version + 1:
            self._subjects.forget(key)
            return
        versions = (*subject.versions, version)
        self._subjects.keep(key, SchemaSubject(subject.name, subject.edition + 1, version.number, versions))

    def forget(self, namespace_id: int, subject: SchemaSubject) -> None:
        """Versions of it have gone, and maybe schemas with them."""
        self._subjects.forget((namespace_id, subject.name))
        for version in subject.versions:
            self._by_id.forget((namespace_id, version.schema_id))
            self._by_guid.forget((namespace_id, version.guid))
            self._read.forget((namespace_id, version.guid))

    async def read(self, namespace_id: int, content: SchemaContent) -> Schema:
        """As its language understands it, with all that it refers to; raises `InvalidSchema`."""
        key = (namespace_id, content.guid)
        schema = self._read.kept(key)
        if schema is None:
            texts = await self._texts(namespace_id, content)
            schema = self._understood(content, texts)
        self._read.keep(key, schema)
        return schema

    async def serialized(self, namespace_id: int, content: SchemaContent) -> str:
        """Its binary form in base64; raises `InvalidInput` for a language that has none."""
        schema = await self.read(namespace_id, content)
        if not isinstance(schema, SerializedSchema):
            raise InvalidInput("format", f"a schema in {content.type} has no serialized form; leave it out")
        return schema.serialized

    def _understood(self, content: SchemaContent, texts: Mapping[str, str]) -> Schema:
        language = self._formats.get(content.type)
        if language is None:
            raise InvalidSchema(
                "schema_type", f"{content.type} cannot be read by this server; install penstock[schemas]"
            )
        try:
            return language.read(content.text, texts)
        except InvalidInput as error:
            raise InvalidSchema(error.field, error.problem) from error

    async def _texts(self, namespace_id: int, content: SchemaContent) -> Mapping[str, str]:
        """What it refers to, by way of others too, by name; raises `InvalidSchema` for too much of it."""
        texts: dict[str, str] = {}
        level = list(content.references)
        depth = 0
        while level:
            depth += 1
            if depth > SCHEMA_REFERENCE_DEPTH_MAX:
                raise InvalidSchema("references", f"lead further than {SCHEMA_REFERENCE_DEPTH_MAX} schemas deep")
            below: list[SchemaReference] = []
            for reference in level:
                named = await self._named(namespace_id, content.type, reference)
                if texts.setdefault(reference.name, named.text) != named.text:
                    raise InvalidSchema("references", f"give two meanings to {reference.name[:80]!r}")
                below += named.references
            level = list(dict.fromkeys(below))
            _check_room(texts)
        return texts

    async def _named(self, namespace_id: int, language: SchemaType, reference: SchemaReference) -> SchemaContent:
        version = (await self.subject(namespace_id, reference.subject)).numbered(reference.version)
        if version is None:
            raise missing_reference(reference)
        named = (await self.by_id(namespace_id, version.schema_id)).content
        if named.type is not language:
            raise InvalidSchema(
                "references", f"name {reference.name[:80]!r}, which is {named.type}; this schema is {language}"
            )
        return named


def _check_room(texts: Mapping[str, str]) -> None:
    if len(texts) > SCHEMA_CLOSURE_MAX:
        raise InvalidSchema("references", f"lead to more than {SCHEMA_CLOSURE_MAX} schemas")
    if sum(map(len, texts.values())) > SCHEMA_BYTES_MAX:
        raise InvalidSchema("references", f"lead to schemas of more than {SCHEMA_BYTES_MAX} bytes together")
