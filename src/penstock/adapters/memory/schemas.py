"""Schemas in memory."""

from collections.abc import Sequence

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.schema import (
    WHOLE_NAMESPACE,
    Association,
    Compatibility,
    SchemaContent,
    SchemaMode,
    SchemaPlace,
    SchemaRules,
    SchemaSubject,
    SchemaVersion,
    StoredSchema,
)
from penstock.model.schema_changes import check_writable, going, missing_reference, next_version
from penstock.model.schema_errors import SchemaInUse
from penstock.ports.schemas import Which


class MemorySchemas:
    """`Schemas` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._rows = cluster.schemas
        self._trip = trip

    async def register(
        self, namespace_id: int, subject: str, content: SchemaContent, seen: int
    ) -> SchemaVersion | None:
        return await self._trip("schemas.register", lambda: self._register(namespace_id, subject, content, seen))

    async def subject(self, namespace_id: int, name: str) -> SchemaSubject:
        return await self._trip("schemas.subject", lambda: self._subject(namespace_id, name))

    async def subjects(self, namespace_id: int, prefix: str, which: Which, offset: int, limit: int) -> list[str]:
        return await self._trip(
            "schemas.subjects",
            lambda: sorted(
                subject.name
                for (space, _), subject in self._rows.subjects.items()
                if space == namespace_id and subject.name.startswith(prefix) and _is(subject, which)
            )[offset : offset + limit],
        )

    async def by_id(self, namespace_id: int, schema_id: int) -> StoredSchema | None:
        return await self._trip("schemas.by_id", lambda: self._stored(namespace_id, schema_id))

    async def by_guid(self, namespace_id: int, guid: bytes) -> StoredSchema | None:
        return await self._trip(
            "schemas.by_guid", lambda: self._stored(namespace_id, self._rows.ids.get((namespace_id, guid), 0))
        )

    async def places(self, namespace_id: int, schema_id: int, limit: int) -> list[SchemaPlace]:
        return await self._trip("schemas.places", lambda: self._places(namespace_id, schema_id)[:limit])

    async def referring(self, namespace_id: int, subject: str, number: int) -> list[int]:
        return await self._trip(
            "schemas.referring", lambda: self._referring(namespace_id, subject, number, with_deleted=False)
        )

    async def delete(self, namespace_id: int, subject: str, number: int | None, permanent: bool) -> list[int]:
        return await self._trip("schemas.delete", lambda: self._delete(namespace_id, subject, number, permanent))

    async def rules(self, namespace_id: int, subject: str) -> tuple[SchemaRules, SchemaRules]:
        return await self._trip("schemas.rules", lambda: self._rules(namespace_id, subject))

    async def say_compatibility(self, namespace_id: int, subject: str, level: Compatibility | None) -> None:
        await self._trip("schemas.say_compatibility", lambda: self._say(namespace_id, subject, compatibility=level))

    async def say_mode(self, namespace_id: int, subject: str, mode: SchemaMode | None) -> None:
        await self._trip("schemas.say_mode", lambda: self._say(namespace_id, subject, mode=mode))

    async def associations(
        self, namespace_id: int, resource_namespace: str, resource_name: str, limit: int
    ) -> list[Association]:
        return await self._trip(
            "schemas.associations",
            lambda: [
                each
                for key, each in sorted(self._rows.associations.items())
                if key[0] == namespace_id
                and each.resource_name == resource_name
                and resource_namespace in {"-", each.resource_namespace}
            ][:limit],
        )

    async def associate(self, namespace_id: int, associations: Sequence[Association]) -> None:
        kept = {
            (namespace_id, each.resource_id, each.resource_type, each.association_type): each for each in associations
        }
        await self._trip("schemas.associate", lambda: self._rows.associations.update(kept))

    async def dissociate(
        self, namespace_id: int, resource_id: str, resource_type: str, association_types: Sequence[str]
    ) -> list[Association]:
        return await self._trip(
            "schemas.dissociate",
            lambda: [
                self._rows.associations.pop(key)
                for key in sorted(self._rows.associations)
                if key[:2] == (namespace_id, resource_id)
                and resource_type in {"", key[2]}
                and (not association_types or key[3] in association_types)
            ],
        )

    def _register(self, namespace_id: int, name: str, content: SchemaContent, seen: int) -> SchemaVersion | None:
        subject, guid = self._subject(namespace_id, name), content.guid
        standing = subject.holding(guid)
        if standing is not None:
            return standing
        check_writable(name, *self._rules(namespace_id, name))
        if subject.edition != seen:
            return None
        for reference in content.references:
            version = self._subject(namespace_id, reference.subject).numbered(reference.version)
            if version is None or version.is_deleted:
                raise missing_reference(reference)
        number = next_version(subject)
        new = SchemaVersion(number, self._id_of(namespace_id, content, guid), guid)
        self._put(namespace_id, structs.replace(subject, last_version=number, versions=(*subject.versions, new)))
        return new

    def _id_of(self, namespace_id: int, content: SchemaContent, guid: bytes) -> int:
        rows = self._rows
        if (namespace_id, guid) not in rows.ids:
            rows.last_id += 1
            rows.ids[(namespace_id, guid)] = rows.last_id
            rows.contents[(namespace_id, rows.last_id)] = content
        return rows.ids[(namespace_id, guid)]

    def _delete(self, namespace_id: int, name: str, number: int | None, permanent: bool) -> list[int]:
        check_writable(name, *self._rules(namespace_id, name))
        subject = self._subject(namespace_id, name)
        numbers = list(going(subject, number, permanent))
        for each in numbers:
            ids = self._referring(namespace_id, name, each, with_deleted=permanent)
            if ids:
                raise SchemaInUse(name, each, ids)
        if not permanent:
            left = tuple(
                structs.replace(each, is_deleted=True) if each.number in numbers else each for each in subject.versions
            )
            self._put(namespace_id, structs.replace(subject, versions=left))
            return numbers
        gone = [each for each in subject.versions if each.number in numbers]
        left = tuple(each for each in subject.versions if each not in gone)
        self._put(namespace_id, structs.replace(subject, versions=left))
        if not left:
            self._rows.rules.pop((namespace_id, name), None)
        for version in gone:
            if not self._places(namespace_id, version.schema_id):
                self._rows.contents.pop((namespace_id, version.schema_id), None)
                self._rows.ids.pop((namespace_id, version.guid), None)
        return numbers

    def _put(self, namespace_id: int, subject: SchemaSubject) -> None:
        self._rows.subjects[(namespace_id, subject.name)] = structs.replace(subject, edition=subject.edition + 1)

    def _subject(self, namespace_id: int, name: str) -> SchemaSubject:
        return self._rows.subjects.get((namespace_id, name)) or SchemaSubject(name)

    def _stored(self, namespace_id: int, schema_id: int) -> StoredSchema | None:
        content = self._rows.contents.get((namespace_id, schema_id))
        return None if content is None else StoredSchema(schema_id, content, content.guid)

    def _places(self, namespace_id: int, schema_id: int) -> list[SchemaPlace]:
        return [
            SchemaPlace(name, version.number, version.is_deleted)
            for (space, name), subject in sorted(self._rows.subjects.items())
            if space == namespace_id
            for version in subject.versions
            if version.schema_id == schema_id
        ]

    def _referring(self, namespace_id: int, subject: str, number: int, with_deleted: bool) -> list[int]:
        place = (subject, number)
        return sorted(
            schema_id
            for (space, schema_id), content in self._rows.contents.items()
            if space == namespace_id
            and any((each.subject, each.version) == place for each in content.references)
            and any(with_deleted or not each.is_deleted for each in self._places(namespace_id, schema_id))
        )

    def _say(self, namespace_id: int, subject: str, **said: object) -> None:
        own = self._rules(namespace_id, subject)[0]
        self._rows.rules[(namespace_id, subject)] = structs.replace(own, **said)

    def _rules(self, namespace_id: int, subject: str) -> tuple[SchemaRules, SchemaRules]:
        found = [self._rows.rules.get((namespace_id, name), SchemaRules()) for name in (subject, WHOLE_NAMESPACE)]
        return found[0], found[1]


def _is(subject: SchemaSubject, which: Which) -> bool:
    if which is Which.ALL:
        return bool(subject.versions)
    return bool(subject.live) if which is Which.LIVE else bool(subject.versions) and not subject.live
