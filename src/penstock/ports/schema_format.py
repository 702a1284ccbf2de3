"""What the registry asks of a schema language."""

from collections.abc import Mapping
from typing import Protocol


class Schema(Protocol):
    """One schema, read and found good, with what it refers to."""

    @property
    def canonical(self) -> str:
        """Its normal text: the same meaning, the same text."""
        ...

    def cannot_read(self, older: "Schema") -> list[str]:
        """Why data written by `older` could not be read with this one: sentences, empty = it can.

        `older` is of the same language: a writer's schema; the name says the usual case.
        """
        ...


class SchemaFormat(Protocol):
    """One schema language.

    `read` raises `InvalidInput("schema", sentence)` for what is no schema, refers to what is not given, or is over a
    limit. `references`: name as the schema says it -> text of what it names (transitively all that is needed).
    """

    def read(self, text: str, references: Mapping[str, str]) -> Schema: ...
