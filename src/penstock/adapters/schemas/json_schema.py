"""JSON Schema (drafts 4 to 2020-12): schemas, whether one takes what another took, and payloads."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from penstock.adapters.schemas.budget import check_size, refused
from penstock.adapters.schemas.json_containment import why_unreadable
from penstock.adapters.schemas.json_documents import Documents
from penstock.adapters.schemas.json_engine import JsonEngine
from penstock.adapters.schemas.json_text import read_json
from penstock.model.errors import InvalidInput
from penstock.model.limits import SCHEMA_DEPTH_MAX
from penstock.ports.schema_format import Schema


class JsonSchemaFormat:
    """Reads JSON Schemas; references are named by their addresses, absolute or relative to the schema's own."""

    def read(self, text: str, references: Mapping[str, str]) -> "JsonSchema":
        check_size(text, references)
        root = _schema_in(text, "the schema")
        given = {name: _schema_in(each, f"reference {name!r}") for name, each in references.items()}
        return JsonSchema(Documents(root, given))


class JsonSchema:
    """One JSON Schema, which is also the codec of its payloads: their canonical form is the JSON as it came."""

    content_type: Final = "application/json"

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self._engine = JsonEngine(documents)

    @cached_property
    def canonical(self) -> str:
        return json.dumps(self.documents.root.schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def cannot_read(self, older: Schema) -> list[str]:
        assert isinstance(older, JsonSchema)
        return why_unreadable(self.documents, older.documents)

    def check(self, data: bytes, field: str) -> None:
        if found := self._engine.problem(read_json(data, field)):
            place, sentence = found
            raise InvalidInput(field, f"at {place!r}: {sentence}" if place else sentence)

    def from_json(self, data: bytes, field: str) -> bytes:
        self.check(data, field)
        return data

    def to_json(self, data: bytes, field: str) -> bytes:
        self.check(data, field)
        return data


def _schema_in(text: str, what: str) -> Any:
    found = read_json(text.encode("utf-8", "surrogatepass"), "schema", SCHEMA_DEPTH_MAX)
    if not isinstance(found, (dict, bool)):
        raise refused(f"{what} must be an object, true or false")
    return found
