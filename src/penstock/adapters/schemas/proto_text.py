"""The descriptor of a .proto file -> its normal text: no comments, fields by their numbers, types by their full names.

Messages keep their order, because payloads name a message by its place in the file.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from google.protobuf import message_factory, text_format
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    Edition,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message

_FIELD: Final = FieldDescriptorProto
_GROUP: Final = _FIELD.TYPE_GROUP
_SCALARS: Final = {
    number: name.removeprefix("TYPE_").lower()
    for name, number in _FIELD.Type.items()
    if number not in (_FIELD.TYPE_MESSAGE, _FIELD.TYPE_ENUM, _FIELD.TYPE_GROUP)
}
_TOP_RESERVED: Final = 2**29 - 1
_TOP_ENUM: Final = 2**31 - 1


def canonical_text(file: FileDescriptorProto, pool: DescriptorPool) -> str:
    """A text that the compiler makes the same descriptor of. The pool knows the options that others have defined."""
    return "\n".join(_Writer(file, pool).lines()) + "\n"


class _Writer:
    def __init__(self, file: FileDescriptorProto, pool: DescriptorPool) -> None:
        self._file = file
        self._pool = pool
        self._says_optional = file.syntax != "proto3" and not file.edition

    def lines(self) -> Iterator[str]:
        file = self._file
        if file.edition:
            yield f'edition = "{Edition.Name(file.edition).removeprefix("EDITION_")}";'
        else:
            yield f'syntax = "{file.syntax or "proto2"}";'
        if file.package:
            yield f"package {file.package};"
        public = {file.dependency[at] for at in file.public_dependency}
        for name in sorted(file.dependency):
            yield f'import {"public " if name in public else ""}"{name}";'
        yield from self._options(file.options)
        for message in file.message_type:
            yield from self._message(message)
        for enum in file.enum_type:
            yield from self._enum(enum)
        yield from self._extensions(file.extension, {})
        for service in file.service:
            yield from self._service(service)

    def _message(self, message: DescriptorProto) -> Iterator[str]:
        yield f"message {message.name} {{"
        yield from _indented(self._body(message))
        yield "}"

    def _body(self, message: DescriptorProto) -> Iterator[str]:
        yield from self._options(message.options)
        inner = {nested.name: nested for nested in message.nested_type}
        in_oneof: set[int] = set()
        later: dict[str, FieldDescriptorProto] = {}
        for field in sorted(message.field, key=lambda each: each.number):
            if field.HasField("oneof_index") and not field.proto3_optional:
                if field.oneof_index not in in_oneof:
                    in_oneof.add(field.oneof_index)
                    yield from self._oneof(message, field.oneof_index, inner)
            elif _brings(field, inner):
                later[_last(field.type_name)] = field
            else:
                yield from self._field(field, inner, self._label(field))
        yield from _reserved(message.reserved_range, message.reserved_name, _TOP_RESERVED, 1)
        for span in message.extension_range:
            said = self._bracketed(self._said(span.options))
            yield f"extensions {_span(span.start, span.end - 1, _TOP_RESERVED)}{said};"
        groups = {_last(field.type_name) for field in (*message.field, *message.extension) if field.type == _GROUP}
        # In the order that they have in the file, maps and groups among them: each brings a message with it.
        for nested in message.nested_type:
            if nested.name in later:
                yield from self._field(later[nested.name], inner, self._label(later[nested.name]))
            elif nested.name not in groups:
                yield from self._message(nested)
        for enum in message.enum_type:
            yield from self._enum(enum)
        yield from self._extensions(message.extension, inner)

    def _oneof(self, message: DescriptorProto, index: int, inner: dict[str, DescriptorProto]) -> Iterator[str]:
        yield f"oneof {message.oneof_decl[index].name} {{"
        yield from _indented(self._options(message.oneof_decl[index].options))
        for field in sorted(message.field, key=lambda each: each.number):
            if field.HasField("oneof_index") and field.oneof_index == index:
                yield from _indented(self._field(field, inner, ""))
        yield "}"

    def _field(self, field: FieldDescriptorProto, inner: dict[str, DescriptorProto], label: str) -> Iterator[str]:
        own = inner.get(_last(field.type_name)) if field.type in (_GROUP, _FIELD.TYPE_MESSAGE) else None
        place = f"{field.name} = {field.number}{self._bracket(field)}"
        if own is not None and own.options.map_entry:
            key, value = own.field
            yield f"map<{_type(key)}, {_type(value)}> {place};"
        elif field.type == _GROUP:
            yield f"{label}group {_last(field.type_name)} = {field.number}{self._bracket(field)} {{"
            if own is not None:
                yield from _indented(self._body(own))
            yield "}"
        else:
            yield f"{label}{_type(field)} {place};"

    def _label(self, field: FieldDescriptorProto) -> str:
        if field.label == _FIELD.LABEL_REPEATED:
            return "repeated "
        if field.label == _FIELD.LABEL_REQUIRED:
            return "required "
        return "optional " if field.proto3_optional or self._says_optional else ""

    def _bracket(self, field: FieldDescriptorProto) -> str:
        said = []
        if field.HasField("default_value"):
            said.append(("default", _default(field)))
        if field.json_name and field.json_name != _json_name(field.name):
            said.append(("json_name", _quoted(field.json_name)))
        return self._bracketed([*said, *self._said(field.options)])

    def _bracketed(self, said: Iterable[tuple[str, str]]) -> str:
        inside = ", ".join(f"{name} = {value}" for name, value in said)
        return f" [{inside}]" if inside else ""

    def _enum(self, enum: EnumDescriptorProto) -> Iterator[str]:
        yield f"enum {enum.name} {{"
        yield from _indented(self._options(enum.options))
        # The first value is the default, so it stays the first.
        for value in (*enum.value[:1], *sorted(enum.value[1:], key=lambda each: each.number)):
            yield f"  {value.name} = {value.number}{self._bracketed(self._said(value.options))};"
        yield from _indented(_reserved(enum.reserved_range, enum.reserved_name, _TOP_ENUM, 0))
        yield "}"

    def _extensions(self, fields: Iterable[FieldDescriptorProto], inner: dict[str, DescriptorProto]) -> Iterator[str]:
        for field in sorted(fields, key=lambda each: (each.extendee, each.number)):
            yield f"extend {field.extendee} {{"
            yield from _indented(self._field(field, inner, self._label(field)))
            yield "}"

    def _service(self, service: ServiceDescriptorProto) -> Iterator[str]:
        yield f"service {service.name} {{"
        yield from _indented(self._options(service.options))
        for method in service.method:
            given = f"{'stream ' if method.client_streaming else ''}{method.input_type}"
            told = f"{'stream ' if method.server_streaming else ''}{method.output_type}"
            yield f"  rpc {method.name} ({given}) returns ({told}) {{"
            yield from _indented(_indented(self._options(method.options)))
            yield "  }"
        yield "}"

    def _options(self, options: Message) -> Iterator[str]:
        for name, value in self._said(options):
            yield f"option {name} = {value};"

    def _said(self, options: Message) -> Iterator[tuple[str, str]]:
        for field, value in sorted(self._known(options).ListFields(), key=lambda each: str(each[0].full_name)):
            if field.name in ("uninterpreted_option", "map_entry", "declaration", "verification"):
                continue
            name = f"(.{field.full_name})" if field.is_extension else field.name
            for each in value if field.is_repeated else (value,):
                yield name, _value(field, each)

    def _known(self, options: Message) -> Message:
        """With somebody's own options in words, if the schema imports what defines them."""
        try:
            kind = self._pool.FindMessageTypeByName(options.DESCRIPTOR.full_name)
        except KeyError:
            return options
        return message_factory.GetMessageClass(kind).FromString(options.SerializeToString())


def _type(field: FieldDescriptorProto) -> str:
    return _SCALARS.get(field.type) or field.type_name


def _brings(field: FieldDescriptorProto, inner: dict[str, DescriptorProto]) -> bool:
    """Whether the field is written as a map or a group, which is a message as well."""
    own = inner.get(_last(field.type_name)) if field.type in (_GROUP, _FIELD.TYPE_MESSAGE) else None
    return own is not None and (field.type == _GROUP or own.options.map_entry)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _default(field: FieldDescriptorProto) -> str:
    if field.type == _FIELD.TYPE_STRING:
        return _quoted(field.default_value)
    return f'"{field.default_value}"' if field.type == _FIELD.TYPE_BYTES else field.default_value


def _reserved(ranges: Iterable[Any], names: Iterable[str], top: int, past_the_end: int) -> Iterator[str]:
    spans = sorted((each.start, each.end - past_the_end) for each in ranges)
    if spans:
        yield f"reserved {', '.join(_span(start, end, top) for start, end in spans)};"
    if quoted := ", ".join(_quoted(name) for name in sorted(names)):
        yield f"reserved {quoted};"


def _span(start: int, end: int, top: int) -> str:
    if start == end:
        return str(start)
    return f"{start} to {'max' if end >= top else end}"


def _value(field: Any, value: Any) -> str:
    if field.message_type is not None:
        return f"{{ {text_format.MessageToString(value, as_one_line=True)} }}"
    if field.enum_type is not None:
        return str(field.enum_type.values_by_number[value].name)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return _quoted_bytes(value)
    return _quoted(value) if isinstance(value, str) else str(value)


def _json_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in others)


def _quoted(text: str) -> str:
    return _quoted_bytes(text.encode())


def _quoted_bytes(data: bytes) -> str:
    escaped = "".join(f"\\{each:03o}" if each < 32 or each > 126 or each in b'"\\' else chr(each) for each in data)
    return f'"{escaped}"'


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
