"""Schemas on the wire."""

from collections.abc import Iterable, Sequence

from penstock.model.schema import SchemaContent, SchemaReference, SchemaSubject, SchemaVersion, StoredSchema
from penstock.wire.v1 import schemas_pb2 as pb


def references_from_wire(references: Iterable[pb.SchemaReference]) -> Sequence[SchemaReference]:
    """What a schema says it refers to."""
    return [SchemaReference(each.name, each.subject, each.version) for each in references]


def schema_to_wire(schema: StoredSchema) -> pb.SchemaVersion:
    """A schema that stands for itself."""
    content = schema.content
    return pb.SchemaVersion(
        id=schema.id,
        guid=schema.guid,
        schema_type=content.type.value,
        schema=content.text,
        references=_references(content),
        metadata=content.metadata,
        rules=content.rules,
    )


def version_to_wire(subject: str, version: SchemaVersion, schema: StoredSchema) -> pb.SchemaVersion:
    """A schema as a version of a subject."""
    wire = schema_to_wire(schema)
    wire.subject, wire.version, wire.is_deleted = subject, version.number, version.is_deleted
    return wire


def subject_to_wire(subject: SchemaSubject, with_deleted: bool) -> pb.SchemaSubject:
    """A subject with the numbers of its versions."""
    return pb.SchemaSubject(
        subject=subject.name,
        versions=[each.number for each in subject.live],
        deleted_versions=[each.number for each in subject.versions if each.is_deleted] if with_deleted else [],
        latest_id=subject.latest.schema_id if subject.latest else 0,
    )


def _references(content: SchemaContent) -> list[pb.SchemaReference]:
    return [
        pb.SchemaReference(name=each.name, subject=each.subject, version=each.version) for each in content.references
    ]
