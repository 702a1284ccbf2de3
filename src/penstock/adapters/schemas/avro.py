"""Avro (specification 1.12): schemas, whether one reads what another wrote, and payloads."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import msgspec

from penstock.adapters.schemas.avro_decoder import Decode, decoder_of, not_finite
from penstock.adapters.schemas.avro_encoder import Encode, encoder_of
from penstock.adapters.schemas.avro_parser import AvroParser
from penstock.adapters.schemas.avro_resolution import why_unreadable
from penstock.adapters.schemas.avro_text import canonical_text
from penstock.adapters.schemas.avro_tree import Node
from penstock.adapters.schemas.budget import check_size, refused
from penstock.adapters.schemas.json_text import read_json
from penstock.adapters.schemas.misfit import Misfit, told_of
from penstock.ports.schema_format import Schema

_ENCODER: Final = msgspec.json.Encoder()


class AvroFormat:
    """Reads Avro schemas; references are named by the full names of their types, or in any other way."""

    def read(self, text: str, references: Mapping[str, str]) -> "AvroSchema":
        check_size(text, references)
        try:
            schema = AvroSchema(AvroParser(references).read(text))
            assert schema.canonical
        except RecursionError:
            raise refused("its types refer to one another in a chain that is too long") from None
        return schema


class AvroSchema:
    """One schema of Avro, which is also the codec of its payloads."""

    content_type: Final = "avro/binary"

    def __init__(self, root: Node) -> None:
        self.root = root

    @cached_property
    def canonical(self) -> str:
        return canonical_text(self.root)

    def cannot_read(self, older: Schema) -> list[str]:
        assert isinstance(older, AvroSchema)
        return why_unreadable(self.root, older.root)

    def check(self, data: bytes, field: str) -> None:
        with told_of(field):
            self._decoded(data)

    def from_json(self, data: bytes, field: str) -> bytes:
        value = read_json(data, field)
        out = bytearray()
        with told_of(field):
            self._encode(value, out)
        return bytes(out)

    def to_json(self, data: bytes, field: str) -> bytes:
        with told_of(field):
            value = self._decoded(data)
            text = _ENCODER.encode(value)
            # A NaN becomes null. Looking for it costs nothing where there is no null.
            if b"null" in text and (misfit := not_finite(value)):
                raise misfit
        return text

    def _decoded(self, data: bytes) -> object:
        value, end = self._decode(data, 0, 0)
        if end != len(data):
            raise Misfit(f"{len(data) - end} bytes follow the end of the value")
        return value

    @cached_property
    def _decode(self) -> Decode:
        return decoder_of(self.root)

    @cached_property
    def _encode(self) -> Encode:
        return encoder_of(self.root)
