"""What the memory store keeps of schemas."""

from dataclasses import dataclass, field

from penstock.model.schema import Association, SchemaContent, SchemaRules, SchemaSubject


@dataclass(slots=True)
class SchemaRows:
    """Of all namespaces; the first part of every key is a namespace's number."""

    last_id: int = 0
    contents: dict[tuple[int, int], SchemaContent] = field(default_factory=dict)
    """by namespace and id"""
    ids: dict[tuple[int, bytes], int] = field(default_factory=dict)
    subjects: dict[tuple[int, str], SchemaSubject] = field(default_factory=dict)
    rules: dict[tuple[int, str], SchemaRules] = field(default_factory=dict)
    associations: dict[tuple[int, str, str, str], Association] = field(default_factory=dict)
    """by namespace, resource id, resource type and association type"""
