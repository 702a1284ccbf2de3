"""Rows of the registry as the model's words, and back."""

from collections.abc import Sequence
from typing import Any

from penstock.model.schema import (
    Compatibility,
    SchemaContent,
    SchemaMode,
    SchemaReference,
    SchemaRules,
    SchemaSubject,
    SchemaType,
    SchemaVersion,
    StoredSchema,
)


def subject_of(name: str, rows: Sequence[Any]) -> SchemaSubject:
    """edition, last version, then of each version: number, schema, guid, deleted; nulls where there is none."""
    if not rows:
        return SchemaSubject(name)
    versions = tuple(SchemaVersion(*row[2:6]) for row in rows if row[2] is not None)
    return SchemaSubject(name, rows[0][0], rows[0][1], versions)


def stored_of(row: Sequence[Any]) -> StoredSchema:
    """id, guid, type, text, metadata, rules, then names, subjects and versions of its references."""
    references = tuple(SchemaReference(*each) for each in zip(*row[6:9], strict=True))
    return StoredSchema(row[0], SchemaContent(SchemaType(row[2]), row[3], references, row[4], row[5]), row[1])


def rules_of(rows: Sequence[Any], subject: str) -> SchemaRules:
    """subject, compatibility, mode."""
    for name, level, mode in rows:
        if name == subject:
            return SchemaRules(Compatibility(level) if level else None, SchemaMode(mode) if mode else None)
    return SchemaRules()


def values_of(content: SchemaContent) -> tuple[str, str, str, str]:
    """type, text, metadata, rules."""
    return content.type.value, content.text, content.metadata, content.rules


def columns_of(references: Sequence[SchemaReference]) -> tuple[list[str], list[str], list[int]]:
    """names, subjects, versions."""
    return (
        [each.name for each in references],
        [each.subject for each in references],
        [each.version for each in references],
    )
