"""The shortest ways to schemas and their subjects."""

from typing import Any

from penstock.model.schema import SchemaContent, SchemaReference, SchemaType, SchemaVersion
from penstock.testing.contracts.scene import Scene

ORDERS = "orders-value"
STRING = SchemaContent(SchemaType.AVRO, '"string"')
LONG = SchemaContent(SchemaType.AVRO, '"long"')


def record(name: str, *references: SchemaReference, **fields: Any) -> SchemaContent:
    """A schema that differs from those of other names."""
    text = f'{{"type":"record","name":"{name}","fields":[]}}'
    return SchemaContent(SchemaType.AVRO, text, references, **fields)


async def registered(
    scene: Scene, content: SchemaContent, subject: str = ORDERS, namespace_id: int | None = None
) -> SchemaVersion:
    """The version that a caller who has seen everything is given."""
    space = scene.namespace_id if namespace_id is None else namespace_id
    seen = (await scene.store.schemas.subject(space, subject)).edition
    version = await scene.store.schemas.register(space, subject, content, seen)
    assert version is not None
    return version


async def deleted(scene: Scene, number: int | None = None, subject: str = ORDERS, permanent: bool = False) -> list[int]:
    """What a deletion of one version, or of all, has deleted."""
    return await scene.store.schemas.delete(scene.namespace_id, subject, number, permanent)


def to(subject: str, version: int, name: str = "other") -> SchemaReference:
    """A reference."""
    return SchemaReference(name, subject, version)
