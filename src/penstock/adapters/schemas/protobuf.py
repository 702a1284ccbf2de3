"""Protobuf (proto2, proto3, editions): schemas, whether one reads what another wrote, and payloads."""

import base64
from collections.abc import Mapping
from functools import cached_property

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from penstock.adapters.schemas.budget import check_size
from penstock.adapters.schemas.proto_compatibility import why_unreadable
from penstock.adapters.schemas.proto_reader import files_of, pool_of
from penstock.adapters.schemas.proto_text import canonical_text
from penstock.ports.schema_format import Schema


class ProtobufFormat:
    """Reads .proto files; references are named by the paths that they are imported by."""

    def read(self, text: str, references: Mapping[str, str]) -> "ProtobufSchema":
        check_size(text, references)
        return ProtobufSchema(files_of(text, references))


class ProtobufSchema:
    """One .proto file with what it imports."""

    def __init__(self, files: list[FileDescriptorProto]) -> None:
        self._files = files
        self._pool = pool_of(files)
        self.file = self._pool.FindFileByName(files[-1].name)

    @cached_property
    def canonical(self) -> str:
        return canonical_text(self._files[-1], self._pool)

    @property
    def serialized(self) -> str:
        """The base64 of its `FileDescriptorProto`, as clients ask for it."""
        return base64.b64encode(self._files[-1].SerializeToString(deterministic=True)).decode()

    def cannot_read(self, older: Schema) -> list[str]:
        assert isinstance(older, ProtobufSchema)
        return why_unreadable(self.file, older.file)
