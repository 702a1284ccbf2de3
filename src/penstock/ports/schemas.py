"""The registry's rows: schemas, the versions of subjects, what is said of subjects, associations."""

from collections.abc import Sequence
from enum import StrEnum, unique
from typing import Protocol

from penstock.model.schema import (
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


@unique
class Which(StrEnum):
    """Of subjects that are listed."""

    LIVE = "live"
    ALL = "all"
    DELETED = "deleted"
    """those of which nothing is left but what is deleted softly"""


class Schemas(Protocol):
    """A role of the store. A schema's content never changes. All methods raise `Unavailable`.

    Nothing of one namespace is ever seen in another, and an id is that of one schema in one namespace.
    """

    async def register(
        self, namespace_id: int, subject: str, content: SchemaContent, seen: int
    ) -> SchemaVersion | None:
        """The version of a subject with this content: the newest live one if there is any, else a new one.

        Equal content has one id in a namespace; ids rise from 1 without a gap, and none is ever given again, nor is
        the number of a version. `seen`: the edition of the subject by which the caller has judged the content; when
        it is another one now, nothing changes, and None is the answer. Whoever comes at the same moment is judged
        one after the other.

        Raises `InvalidSchema` for a reference to what is not a live version, `SchemasReadOnly`, `LimitExceeded`.
        """

    async def subject(self, namespace_id: int, name: str) -> SchemaSubject:
        """A subject with all of its versions; without any for one that nobody made."""

    async def subjects(self, namespace_id: int, prefix: str, which: Which, offset: int, limit: int) -> list[str]:
        """Names that begin with `prefix`, in their order by code points."""

    async def by_id(self, namespace_id: int, schema_id: int) -> StoredSchema | None:
        """A schema that stands under any subject, deleted softly or not."""

    async def by_guid(self, namespace_id: int, guid: bytes) -> StoredSchema | None:
        """The same by what its content says."""

    async def places(self, namespace_id: int, schema_id: int, limit: int) -> list[SchemaPlace]:
        """The versions that are this schema, by subject and number, those deleted softly too."""

    async def referring(self, namespace_id: int, subject: str, number: int) -> list[int]:
        """The ids, rising, of schemas that refer to a version and stand as a live one themselves."""

    async def delete(self, namespace_id: int, subject: str, number: int | None, permanent: bool) -> list[int]:
        """Delete one version, or with None all, softly or for good; their numbers.

        What live versions refer to cannot be deleted, and not for good what any version refers to that stands. A
        schema goes with its last version. Raises what `schema_changes.going` does, `SchemaInUse`, `SchemasReadOnly`.
        """

    async def rules(self, namespace_id: int, subject: str) -> tuple[SchemaRules, SchemaRules]:
        """What is said of a subject, and of its namespace."""

    async def say_compatibility(self, namespace_id: int, subject: str, level: Compatibility | None) -> None:
        """Say it of a subject, or of the `WHOLE_NAMESPACE`, in place of what was said; None: nothing."""

    async def say_mode(self, namespace_id: int, subject: str, mode: SchemaMode | None) -> None:
        """The same of its mode. What is on its way at this moment is stored, or refused."""

    async def associations(
        self, namespace_id: int, resource_namespace: str, resource_name: str, limit: int
    ) -> list[Association]:
        """Of a resource by its name, by id, type and use. `resource_namespace` "-": whichever it is of."""

    async def associate(self, namespace_id: int, associations: Sequence[Association]) -> None:
        """Keep them, each in place of what was there for its <resource id, resource type, association type>."""

    async def dissociate(
        self, namespace_id: int, resource_id: str, resource_type: str, association_types: Sequence[str]
    ) -> list[Association]:
        """Forget them; those that were there. `resource_type` "": of any; no `association_types`: all."""
