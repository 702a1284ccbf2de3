"""What a Protobuf schema may come as -> descriptors that are known to fit together.

A schema is the text of a .proto file, or the base64 of its `FileDescriptorProto`, as serializers register it.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping

from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto
from google.protobuf.message import DecodeError

from penstock.adapters.schemas.budget import check_parts, refused
from penstock.adapters.schemas.proto_compiler import BUILT_IN, MAIN, compiled
from penstock.adapters.schemas.proto_source import check_path, check_source, says_syntax
from penstock.adapters.schemas.proto_text import canonical_text
from penstock.model.errors import LimitExceeded
from penstock.model.limits import SCHEMA_DEPTH_MAX


def files_of(text: str, references: Mapping[str, str]) -> list[FileDescriptorProto]:
    """The schema's own file last, and before it all that it needs. Raises `InvalidInput("schema", ...)`."""
    texts: dict[str, str] = {}
    for name, each in references.items():
        if not name.startswith(BUILT_IN):
            check_path(name)
            texts[_free(name)] = _as_source(each, {})
    files = compiled({**texts, MAIN: _as_source(text, texts)})
    messages = sum(_count(message, 1) for file in files for message in file.message_type)
    check_parts(messages + sum(len(enum.value) for file in files for enum in file.enum_type))
    return files


def pool_of(files: list[FileDescriptorProto]) -> descriptor_pool.DescriptorPool:
    """A pool of nothing but these; raises `InvalidInput` for what cannot be built."""
    pool = descriptor_pool.DescriptorPool()
    try:
        for file in files:
            pool.Add(file)
        pool.FindFileByName(files[-1].name)
    except (TypeError, KeyError) as error:
        raise refused(str(error).strip()) from None
    return pool


def _as_source(text: str, texts: Mapping[str, str]) -> str:
    if (descriptor := _descriptor_in(text)) is not None:
        text = canonical_text(descriptor, _pool_around(descriptor, texts))
    check_source(text)
    # The compiler would guess the same, and complain of it where nobody looks.
    return text if says_syntax(text) else f'syntax = "proto2"; {text}'


def _pool_around(file: FileDescriptorProto, texts: Mapping[str, str]) -> descriptor_pool.DescriptorPool:
    """With what it imports, as far as that is given: there are the options that it uses."""
    known = [name for name in file.dependency if name in texts or name.startswith(BUILT_IN)]
    imports = "".join(f'import "{name}"; ' for name in known)
    return pool_of([*compiled({**texts, MAIN: f'syntax = "proto3"; {imports}'})[:-1], file])


def _descriptor_in(text: str) -> FileDescriptorProto | None:
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not data:
        return None
    try:
        return FileDescriptorProto.FromString(data)
    except DecodeError:
        raise refused("is base64, but not of a FileDescriptorProto") from None


def _free(name: str) -> str:
    if name == MAIN:
        raise refused(f"reference {name!r} must have another name: the schema itself is read under this one")
    return name


def _count(message: DescriptorProto, depth: int) -> int:
    if depth > SCHEMA_DEPTH_MAX:
        raise LimitExceeded("schema", f"nests deeper than {SCHEMA_DEPTH_MAX} levels")
    inner = sum(_count(each, depth + 1) for each in message.nested_type)
    return 1 + len(message.field) + sum(len(enum.value) for enum in message.enum_type) + inner


def messages_in(file: FileDescriptorProto) -> Iterator[tuple[str, DescriptorProto]]:
    """Every message with its full name, maps' entries too."""
    waiting = [(f"{file.package}.{each.name}".lstrip("."), each) for each in reversed(file.message_type)]
    while waiting:
        name, message = waiting.pop()
        yield name, message
        waiting += [(f"{name}.{each.name}", each) for each in reversed(message.nested_type)]
