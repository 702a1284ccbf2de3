"""Whether what one Protobuf schema writes another one can read, as schema registries judge it.

By the wire: fields are known by their numbers, names do not matter, integers of one encoding are read as one another.
A message that a payload may be of must stay, also where nothing refers to it. Packages may change.
"""

from collections.abc import Iterator
from typing import Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, OneofDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto

from penstock.adapters.schemas.budget import OverBudget, Steps

_PROBLEMS_MAX: Final = 50
_SAME_ENCODING: Final = (
    ("int32", "int64", "uint32", "uint64", "bool", "enum"),
    ("sint32", "sint64"),
    ("fixed32", "sfixed32"),
    ("fixed64", "sfixed64"),
    ("string", "bytes"),
    ("float",),
    ("double",),
)
_ENCODING: Final = {kind: at for at, kinds in enumerate(_SAME_ENCODING) for kind in kinds}
_KINDS: Final = {
    getattr(FieldDescriptor, name): name.removeprefix("TYPE_").lower()
    for name in dir(FieldDescriptor)
    if name.startswith("TYPE_")
}


def why_unreadable(reader: FileDescriptor, writer: FileDescriptor) -> list[str]:
    """Sentences; empty when everything can be read."""
    try:
        return list(_Comparison().files(reader, writer))[:_PROBLEMS_MAX]
    except (OverBudget, RecursionError):
        return ["the two schemas are too intricate to be compared"]


class _Comparison:
    def __init__(self) -> None:
        self._steps = Steps()
        self._seen: set[tuple[str, str]] = set()

    def files(self, reader: FileDescriptor, writer: FileDescriptor) -> Iterator[str]:
        known = {_name(message): message for message in _messages(reader)}
        for message in _messages(writer):
            found = known.get(_name(message))
            if found is None:
                yield f"message {_name(message)!r}: it was removed, and payloads of it may have been written"
            else:
                yield from self._messages(found, message)

    def _messages(self, reader: Descriptor, writer: Descriptor) -> Iterator[str]:
        pair = (reader.full_name, writer.full_name)
        if pair in self._seen:
            return
        self._seen.add(pair)
        here = f"message {_name(writer)!r}"
        for number, field in writer.fields_by_number.items():
            self._steps.take()
            found = reader.fields_by_number.get(number)
            if found is not None:
                yield from self._fields(found, field, f"{here}, field {field.name!r} ({number})")
            elif problem := _removed(reader, field):
                yield f"{here}, field {field.name!r} ({number}): {problem}"
        for number, field in reader.fields_by_number.items():
            if field.is_required and number not in writer.fields_by_number:
                yield f"{here}, field {field.name!r} ({number}): it is required, and was not written"
        yield from _oneofs(reader, writer, here)

    def _fields(self, reader: FieldDescriptor, writer: FieldDescriptor, here: str) -> Iterator[str]:
        if _is_map(reader) != _is_map(writer):
            yield f"{here}: {_said(writer)} was written, which cannot be read as {_said(reader)}"
        elif _is_map(reader):
            for part in ("key", "value"):
                yield from self._types(_part(reader, part), _part(writer, part), f"{here}, {part}")
        else:
            yield from self._types(reader, writer, here)
            yield from _labels(reader, writer, here)

    def _types(self, reader: FieldDescriptor, writer: FieldDescriptor, here: str) -> Iterator[str]:
        read, written = _KINDS[reader.type], _KINDS[writer.type]
        if _ENCODING.get(read, read) != _ENCODING.get(written, written):
            yield f"{here}: {written} was written, which cannot be read as {read}"
        elif reader.message_type is not None and writer.message_type is not None:
            if _name(reader.message_type) != _name(writer.message_type):
                yield (
                    f"{here}: message {_name(writer.message_type)!r} was written, "
                    f"and message {_name(reader.message_type)!r} is expected"
                )
            else:
                yield from self._messages(reader.message_type, writer.message_type)


def _removed(reader: Descriptor, field: FieldDescriptor) -> str:
    """What is wrong with reading without the field, "" for nothing."""
    if field.is_required:
        return "it was required, and is removed"
    oneof = _oneof_of(field)
    others = [reader.fields_by_number.get(each.number) for each in oneof.fields] if oneof else []
    if oneof and any(other is not None and _oneof_of(other) for other in others):
        return f"it was removed from the oneof {oneof.name!r}, whose other fields would seem not to be set"
    return ""


def _labels(reader: FieldDescriptor, writer: FieldDescriptor, here: str) -> Iterator[str]:
    if reader.is_required and not writer.is_required:
        yield f"{here}: it is required, and may not have been written"
    if reader.is_repeated != writer.is_repeated and _KINDS[reader.type] not in ("string", "bytes", "message", "group"):
        was, now = ("repeated", "single") if writer.is_repeated else ("single", "repeated")
        yield f"{here}: it was {was} and is {now}, which numbers are not written alike for"


def _oneofs(reader: Descriptor, writer: Descriptor, here: str) -> Iterator[str]:
    for oneof in reader.oneofs:
        numbers = [each.number for each in oneof.fields if each.number in writer.fields_by_number]
        fields = [writer.fields_by_number[number] for number in numbers]
        owners = {found.name if (found := _oneof_of(field)) else field.number for field in fields}
        if len(owners) > 1:
            names = ", ".join(repr(field.name) for field in fields)
            yield f"{here}, oneof {oneof.name!r}: {names} may have been written together, and only one could be kept"


def _oneof_of(field: FieldDescriptor) -> OneofDescriptor | None:
    """The one that somebody wrote: an optional field of proto3 is alone in a oneof of its own, which is none."""
    oneof = field.containing_oneof
    if oneof is None or len(oneof.fields) > 1:
        return oneof
    proto = DescriptorProto()
    assert field.containing_type is not None
    field.containing_type.CopyToProto(proto)
    alone = next(each for each in proto.field if each.number == field.number)
    return None if alone.proto3_optional else oneof


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _part(field: FieldDescriptor, name: str) -> FieldDescriptor:
    assert field.message_type is not None
    return field.message_type.fields_by_name[name]


def _said(field: FieldDescriptor) -> str:
    return "a map" if _is_map(field) else _KINDS[field.type]


def _messages(file: FileDescriptor) -> Iterator[Descriptor]:
    waiting = list(file.message_types_by_name.values())
    while waiting:
        message = waiting.pop(0)
        if not message.GetOptions().map_entry:
            yield message
            waiting += message.nested_types


def _name(message: Descriptor) -> str:
    """Without the package, which may change."""
    package = message.file.package
    return str(message.full_name.removeprefix(f"{package}.") if package else message.full_name)
