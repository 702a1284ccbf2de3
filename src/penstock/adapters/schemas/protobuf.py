"""Protobuf (proto2, proto3, editions): schemas, whether one reads what another wrote, and payloads."""

import base64
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec
from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from penstock.adapters.schemas.budget import check_size
from penstock.adapters.schemas.json_text import read_json
from penstock.adapters.schemas.misfit import told_of
from penstock.adapters.schemas.proto_compatibility import why_unreadable
from penstock.adapters.schemas.proto_payload import Readers, Writers, parsed, refuse_missing
from penstock.adapters.schemas.proto_reader import files_of, pool_of
from penstock.adapters.schemas.proto_text import canonical_text
from penstock.model.errors import InvalidInput
from penstock.model.schema_wire import FIRST_MESSAGE
from penstock.ports.schema_format import Schema

_ENCODER: Final = msgspec.json.Encoder()


class ProtobufFormat:
    """Reads .proto files; references are named by the paths that they are imported by."""

    def read(self, text: str, references: Mapping[str, str]) -> "ProtobufSchema":
        check_size(text, references)
        return ProtobufSchema(files_of(text, references))


class ProtobufSchema:
    """One .proto file with what it imports. Each of its messages has a codec of its own."""

    def __init__(self, files: list[FileDescriptorProto]) -> None:
        self.proto = files[-1]
        self._pool = pool_of(files)
        self.file = self._pool.FindFileByName(self.proto.name)
        self._codecs: dict[tuple[int, ...], ProtobufCodec] = {}

    @cached_property
    def canonical(self) -> str:
        return canonical_text(self.proto, self._pool)

    @property
    def serialized(self) -> str:
        """The base64 of its `FileDescriptorProto`, as clients ask for it."""
        return base64.b64encode(self.proto.SerializeToString(deterministic=True)).decode()

    def cannot_read(self, older: Schema) -> list[str]:
        assert isinstance(older, ProtobufSchema)
        return why_unreadable(self.file, older.file)

    def codec(self, message: Sequence[int] = FIRST_MESSAGE) -> "ProtobufCodec":
        """Of the message at that place in the file; raises `InvalidInput("message", ...)` where there is none."""
        place = tuple(message)
        if place not in self._codecs:
            self._codecs[place] = ProtobufCodec(self._at(place), self._readers, self._writers)
        return self._codecs[place]

    def place_of(self, name: str) -> tuple[int, ...]:
        """Where the message of a full name stands; raises `InvalidInput("message", ...)`."""
        try:
            kind: Descriptor | None = self._pool.FindMessageTypeByName(name)
        except KeyError:
            kind = None
        if kind is None or kind.file.name != self.file.name:
            raise InvalidInput("message", f"{name!r} is none of the schema's messages")
        outer = kind.containing_type
        beside = outer.nested_types if outer is not None else self.file.message_types_by_name.values()
        index = [each.full_name for each in beside].index(name)
        return (*(self.place_of(outer.full_name) if outer is not None else ()), index)

    def _at(self, place: Sequence[int]) -> Descriptor:
        inside = list(self.file.message_types_by_name.values())
        found: Descriptor | None = None
        for index in place:
            if index >= len(inside):
                raise InvalidInput("message", f"the schema has no message at {list(place)}")
            found = inside[index]
            inside = list(found.nested_types)
        if found is None or found.GetOptions().map_entry:
            raise InvalidInput("message", f"the schema has no message at {list(place)}")
        return found

    @cached_property
    def _readers(self) -> Readers:
        return Readers(self._pool)

    @cached_property
    def _writers(self) -> Writers:
        return Writers(self._pool)


class ProtobufCodec:
    """Payloads of one message type."""

    content_type: Final = "application/protobuf"

    def __init__(self, kind: Descriptor, readers: Readers, writers: Writers) -> None:
        self._class = message_factory.GetMessageClass(kind)
        self._read = readers.of(kind)
        self._write = writers.of(kind)

    @property
    def message(self) -> str:
        """The full name of its type."""
        return str(self._class.DESCRIPTOR.full_name)

    def check(self, data: bytes, field: str) -> None:
        with told_of(field):
            self._write(parsed(self._class, data), 0)  # which also finds what only has no name

    def from_json(self, data: bytes, field: str) -> bytes:
        value = read_json(data, field)
        message = self._class()
        with told_of(field):
            self._read(value, message)
            refuse_missing(message)
        return message.SerializeToString(deterministic=True)

    def to_json(self, data: bytes, field: str) -> bytes:
        with told_of(field):
            return _ENCODER.encode(self._write(parsed(self._class, data), 0))
