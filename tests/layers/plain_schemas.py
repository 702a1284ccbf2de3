"""A schema language that says outright what it can read: `{"name": "b", "reads": ["a"], "needs": ["other"]}`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from penstock.model.errors import InvalidInput
from penstock.model.schema import SchemaType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penstock.ports.schema_format import Schema


class PlainSchema:
    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said

    @property
    def canonical(self) -> str:
        return json.dumps(self.said, sort_keys=True, separators=(",", ":"))

    def cannot_read(self, older: Schema) -> list[str]:
        assert isinstance(older, PlainSchema)
        name = older.said["name"]
        return [] if name in self.said.get("reads", ()) else [f"{self.said['name']} does not know {name}"]


class PlainFormat:
    def __init__(self) -> None:
        self.texts: list[str] = []
        """every text that was read"""
        self.references: Mapping[str, str] = {}

    def read(self, text: str, references: Mapping[str, str]) -> PlainSchema:
        self.texts.append(text)
        self.references = dict(references)
        try:
            said = json.loads(text)
        except ValueError:
            raise InvalidInput("schema", "is no JSON") from None
        missing = [each for each in said.get("needs", ()) if each not in references]
        if missing:
            raise InvalidInput("schema", f"needs {missing[0]!r}, which no reference names")
        return PlainSchema(said)


def plain_formats() -> dict[SchemaType, PlainFormat]:
    return {SchemaType.AVRO: PlainFormat(), SchemaType.JSON: PlainFormat()}


def plain(name: str, *reads: str, needs: tuple[str, ...] = ()) -> str:
    return json.dumps({"name": name, "reads": [name, *reads], "needs": needs})
