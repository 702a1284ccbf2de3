"""What the registry's clients are answered, as they read it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from penstock.frontend.schema_calls import Registered
from penstock.model.schema import Association, SchemaContent, StoredSchema


def schema_answer(schema: StoredSchema, text: str = "") -> Mapping[str, Any]:
    """A schema that stands for itself. `text`: in place of its own."""
    return {"id": schema.id, "guid": str(UUID(bytes=schema.guid)), **_content(schema.content, text)}


def version_answer(registered: Registered, text: str = "") -> Mapping[str, Any]:
    """A schema as a version of a subject."""
    place: dict[str, Any] = {"subject": registered.subject, "version": registered.version.number}
    if registered.version.is_deleted:
        place["deleted"] = True
    return place | dict(schema_answer(registered.schema, text))


def association_answer(association: Association) -> Mapping[str, Any]:
    """Which subject a resource uses."""
    return {
        "subject": association.subject,
        "resourceName": association.resource_name,
        "resourceNamespace": association.resource_namespace,
        "resourceId": association.resource_id,
        "resourceType": association.resource_type,
        "associationType": association.association_type,
        "lifecycle": association.lifecycle,
        "frozen": association.is_frozen,
    }


def _content(content: SchemaContent, text: str) -> Mapping[str, Any]:
    told: dict[str, Any] = {"schemaType": content.type.value, "schema": text or content.text}
    if content.references:
        told["references"] = [
            {"name": each.name, "subject": each.subject, "version": each.version} for each in content.references
        ]
    for name, extra in (("metadata", content.metadata), ("ruleSet", content.rules)):
        if extra:
            told[name] = msgspec.json.decode(extra)
    return told
