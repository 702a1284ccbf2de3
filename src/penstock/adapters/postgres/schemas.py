"""The registry's rows: small, and read through its callers' caches. Changes wait for one another: `schema_lock.sql`."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.schema_rows import columns_of, rules_of, stored_of, subject_of, values_of
from penstock.adapters.postgres.statements import statement
from penstock.model.schema import (
    WHOLE_NAMESPACE,
    Association,
    Compatibility,
    SchemaContent,
    SchemaMode,
    SchemaPlace,
    SchemaReference,
    SchemaRules,
    SchemaSubject,
    SchemaVersion,
    StoredSchema,
)
from penstock.model.schema_changes import check_writable, going, missing_reference, next_version
from penstock.model.schema_errors import SchemaInUse
from penstock.ports.schemas import Which

_LOCK: Final = statement("schema_lock")
_SUBJECT: Final = statement("schema_subject")
_SUBJECTS: Final = statement("schema_subjects")
_BY_ID: Final = statement("schema_by_id")
_BY_GUID: Final = statement("schema_by_guid")
_PLACES: Final = statement("schema_places")
_REFERRING: Final = statement("schema_referring")
_MISSING: Final = statement("schema_missing")
_ADD: Final = statement("schema_add")
_ADD_VERSION: Final = statement("schema_version_add")
_DELETE_SOFTLY: Final = statement("schema_delete_softly")
_DELETE_FOR_GOOD: Final = statement("schema_delete_for_good")
_RULES: Final = statement("schema_rules")
_SAY_COMPATIBILITY: Final = statement("schema_say_compatibility")
_SAY_MODE: Final = statement("schema_say_mode")
_ASSOCIATIONS: Final = statement("schema_associations")
_ASSOCIATE: Final = statement("schema_associate")
_DISSOCIATE: Final = statement("schema_dissociate")


class PostgresSchemas:
    """See `ports.schemas.Schemas`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def register(
        self, namespace_id: int, subject: str, content: SchemaContent, seen: int
    ) -> SchemaVersion | None:
        """The version of a subject with this content; None: it is not what the caller has seen."""
        guid = content.guid
        async with self._pool.transaction() as connection:
            last_id = await connection.fetchval(_LOCK)
            standing = await _read(connection, namespace_id, subject)
            known = standing.holding(guid)
            if known is not None:
                return known
            check_writable(subject, *await _rules(connection, namespace_id, subject))
            if standing.edition != seen:
                return None
            await _check_references(connection, namespace_id, content.references)
            number = next_version(standing)
            schema_id = await _id_of(connection, namespace_id, guid)
            if schema_id is None:
                schema_id = last_id + 1
                await connection.execute(
                    _ADD, schema_id, namespace_id, guid, *values_of(content), *columns_of(content.references)
                )
            await connection.execute(_ADD_VERSION, namespace_id, subject, number, schema_id)
            return SchemaVersion(number, schema_id, guid)

    async def subject(self, namespace_id: int, name: str) -> SchemaSubject:
        """A subject with all of its versions."""
        return subject_of(name, await self._pool.fetch(_SUBJECT, namespace_id, name))

    async def subjects(self, namespace_id: int, prefix: str, which: Which, offset: int, limit: int) -> list[str]:
        """Names that begin with `prefix`."""
        rows = await self._pool.fetch(_SUBJECTS, namespace_id, prefix, which.value, offset, limit)
        return [row[0] for row in rows]

    async def by_id(self, namespace_id: int, schema_id: int) -> StoredSchema | None:
        """A schema that stands under any subject."""
        return await self._stored(_BY_ID, namespace_id, schema_id)

    async def by_guid(self, namespace_id: int, guid: bytes) -> StoredSchema | None:
        """The same by what its content says."""
        return await self._stored(_BY_GUID, namespace_id, guid)

    async def places(self, namespace_id: int, schema_id: int, limit: int) -> list[SchemaPlace]:
        """The versions that are this schema."""
        return [SchemaPlace(*row) for row in await self._pool.fetch(_PLACES, namespace_id, schema_id, limit)]

    async def referring(self, namespace_id: int, subject: str, number: int) -> list[int]:
        """The ids of schemas that refer to a version."""
        return [row[1] for row in await self._pool.fetch(_REFERRING, namespace_id, subject, [number], False)]

    async def delete(self, namespace_id: int, subject: str, number: int | None, permanent: bool) -> list[int]:
        """Delete one version, or all, softly or for good."""
        async with self._pool.transaction() as connection:
            await connection.fetchval(_LOCK)
            check_writable(subject, *await _rules(connection, namespace_id, subject))
            numbers = list(going(await _read(connection, namespace_id, subject), number, permanent))
            referring = await connection.fetch(_REFERRING, namespace_id, subject, numbers, permanent)
            if referring:
                first = referring[0][0]
                raise SchemaInUse(subject, first, [row[1] for row in referring if row[0] == first])
            await connection.execute(_DELETE_FOR_GOOD if permanent else _DELETE_SOFTLY, namespace_id, subject, numbers)
            return numbers

    async def rules(self, namespace_id: int, subject: str) -> tuple[SchemaRules, SchemaRules]:
        """What is said of a subject, and of its namespace."""
        async with self._pool.connection() as connection:
            return await _rules(connection, namespace_id, subject)

    async def say_compatibility(self, namespace_id: int, subject: str, level: Compatibility | None) -> None:
        """Say it of a subject, or of all."""
        await self._say(_SAY_COMPATIBILITY, namespace_id, subject, level)

    async def say_mode(self, namespace_id: int, subject: str, mode: SchemaMode | None) -> None:
        """The same of its mode."""
        await self._say(_SAY_MODE, namespace_id, subject, mode)

    async def associations(
        self, namespace_id: int, resource_namespace: str, resource_name: str, limit: int
    ) -> list[Association]:
        """Of a resource by its name."""
        rows = await self._pool.fetch(_ASSOCIATIONS, namespace_id, resource_namespace, resource_name, limit)
        return [Association(*row) for row in rows]

    async def associate(self, namespace_id: int, associations: Sequence[Association]) -> None:
        """Keep them."""
        fields = Association.__struct_fields__
        columns = [[getattr(each, field) for each in associations] for field in fields]
        await self._pool.fetch(_ASSOCIATE, namespace_id, *columns)

    async def dissociate(
        self, namespace_id: int, resource_id: str, resource_type: str, association_types: Sequence[str]
    ) -> list[Association]:
        """Forget them."""
        rows = await self._pool.fetch(_DISSOCIATE, namespace_id, resource_id, resource_type, list(association_types))
        return [Association(*row) for row in rows]

    async def _say(self, said_by: str, namespace_id: int, subject: str, word: str | None) -> None:
        async with self._pool.transaction() as connection:
            await connection.fetchval(_LOCK)
            await connection.execute(said_by, namespace_id, subject, word)

    async def _stored(self, found_by: str, *arguments: Any) -> StoredSchema | None:
        row = await self._pool.row(found_by, *arguments)
        return None if row is None else stored_of(row)


async def _read(connection: Connection, namespace_id: int, name: str) -> SchemaSubject:
    return subject_of(name, await connection.fetch(_SUBJECT, namespace_id, name))


async def _rules(connection: Connection, namespace_id: int, subject: str) -> tuple[SchemaRules, SchemaRules]:
    rows = await connection.fetch(_RULES, namespace_id, [subject, WHOLE_NAMESPACE])
    return rules_of(rows, subject), rules_of(rows, WHOLE_NAMESPACE)


async def _check_references(connection: Connection, namespace_id: int, references: Sequence[SchemaReference]) -> None:
    _, subjects, versions = columns_of(references)
    missing = await connection.fetchval(_MISSING, namespace_id, subjects, versions)
    if missing is not None:
        raise missing_reference(references[missing - 1])


async def _id_of(connection: Connection, namespace_id: int, guid: bytes) -> int | None:
    row = await connection.fetchrow(_BY_GUID, namespace_id, guid)
    return None if row is None else row[0]
