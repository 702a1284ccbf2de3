"""How schemas and subjects look to people and to programs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from penstock.cli.output import print_facts, print_table
from penstock.cli.text import visible
from penstock.wire.v1 import schemas_pb2 as pb


def version_json(version: pb.SchemaVersion) -> dict[str, Any]:
    """A schema for programs."""
    return {
        "subject": version.subject or None,
        "version": version.version or None,
        "id": version.id,
        "guid": str(UUID(bytes=version.guid)),
        "type": version.schema_type,
        "schema": version.schema,
        "references": [
            {"name": each.name, "subject": each.subject, "version": each.version} for each in version.references
        ],
        "metadata": msgspec.json.decode(version.metadata) if version.metadata else None,
        "deleted": version.is_deleted,
    }


def subject_json(subject: pb.SchemaSubject) -> dict[str, Any]:
    """A subject for programs."""
    return {
        "subject": subject.subject,
        "versions": list(subject.versions),
        "deleted_versions": list(subject.deleted_versions),
        "latest_id": subject.latest_id or None,
        "compatibility": subject.compatibility,
        "mode": subject.mode,
    }


def print_version(version: pb.SchemaVersion) -> None:
    """What it is, and its text below."""
    references = [f"{each.name} = {each.subject} {each.version}" for each in version.references]
    deleted = ", deleted" if version.is_deleted else ""
    print_facts(
        [
            ("subject", version.subject),
            ("version", f"{version.version}{deleted}" if version.version else ""),
            ("id", str(version.id)),
            ("guid", str(UUID(bytes=version.guid))),
            ("type", version.schema_type),
            ("refers to", ", ".join(references)),
            ("metadata", version.metadata),
        ]
    )
    print()
    print(visible(version.schema))


def print_subjects(subjects: Sequence[pb.SchemaSubject]) -> None:
    """One a line."""
    print_table(
        ["versions", "deleted", "id", "compatibility", "mode", "subject"],
        [
            [
                ranges(each.versions),
                ranges(each.deleted_versions),
                str(each.latest_id or "-"),
                each.compatibility,
                each.mode,
                each.subject,
            ]
            for each in subjects
        ],
    )


def ranges(numbers: Sequence[int]) -> str:
    """`1-3, 7`; `-` for none."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs) or "-"
