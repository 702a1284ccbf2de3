"""JSON <-> messages of Protobuf, by one function for each message type, made once.

The mapping is Protobuf's own for JSON. What its library lets through is refused: an enum's number without a name, bytes
that are not base64, integers that may have been rounded, fields that the schema does not know.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, cast

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet

from penstock.adapters.schemas import proto_values, proto_well_known
from penstock.adapters.schemas.misfit import Misfit, shown
from penstock.adapters.schemas.proto_well_known import ANY, FREE, TEXTS, WRAPPERS
from penstock.model.limits import PAYLOAD_DEPTH_MAX

Read: TypeAlias = Callable[[Any, Message], None]
Write: TypeAlias = Callable[[Message, int], Any]


def parsed(kind: type[Message], data: bytes) -> Message:
    """A message whose every field is known and whose required fields are there; raises `Misfit`."""
    message = kind()
    try:
        message.ParseFromString(data)
    except DecodeError:
        raise Misfit(f"it is no message {kind.DESCRIPTOR.full_name!r}, or nests too deeply") from None
    refuse_missing(message)
    size = message.ByteSize()
    message.DiscardUnknownFields()
    if message.ByteSize() != size:
        raise unknown_field(kind.FromString(data)) or Misfit("it holds a field that its schema does not know")
    return message


def refuse_missing(message: Message) -> None:
    """Raises `Misfit` for a required field that is not there."""
    if not message.IsInitialized():
        missing: list[str] = cast("Any", message).FindInitializationErrors()
        raise Misfit("it is required, and missing").inside(f".{missing[0]}")


def unknown_field(message: Message) -> Misfit | None:
    """The first field that the schema does not know."""
    for unknown in _unknown(message):
        return Misfit(f"field {unknown.field_number} is none of {message.DESCRIPTOR.full_name!r}, and would be lost")
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        inner = value.values() if _is_map(field) else value if field.is_repeated else [value]
        for each in inner:
            if isinstance(each, Message) and (found := unknown_field(each)):
                return found.inside(f".{field.name}")
    return None


def _unknown(message: Message) -> Iterable[Any]:
    return cast("Iterable[Any]", UnknownFieldSet(message))


class Readers:
    """JSON -> messages, for all types of one pool."""

    def __init__(self, pool: DescriptorPool) -> None:
        self._pool = pool
        self._made: dict[str, Read] = {}

    def of(self, kind: Descriptor) -> Read:
        """The function for a message type; those of the types inside it are found when it runs."""
        return self._made.get(kind.full_name) or self._new(kind)

    def _new(self, kind: Descriptor) -> Read:
        name = kind.full_name
        if name == ANY:
            return self._made.setdefault(name, self._any)
        if name in WRAPPERS:
            value = proto_values.reader_of(kind.fields_by_name["value"])
            return self._made.setdefault(name, lambda said, message: setattr(message, "value", value(said)))
        if name in FREE or name in TEXTS:
            return self._made.setdefault(name, proto_well_known.reader_of(self._pool))
        return self._message(kind)

    def _message(self, kind: Descriptor) -> Read:
        parts: dict[str, tuple[FieldDescriptor, Read, bool]] = {}

        def read(value: Any, message: Message) -> None:
            if type(value) is not dict:
                raise Misfit(f"{shown(value)} is no object of the fields of {kind.full_name!r}")
            if not parts:
                fill()
            seen: set[str] = set()
            for name, each in value.items():
                part = parts.get(name)
                if part is None:
                    raise Misfit(f"{name!r} is no field of {kind.full_name!r}, and would be lost")
                field, into, takes_null = part
                if each is None and not takes_null:
                    continue
                _once(seen, field)
                try:
                    into(each, message)
                except Misfit as misfit:
                    raise misfit.inside(f".{name}") from None

        def fill() -> None:  # when it is needed, or types that hold types would be made one inside the other
            for field in kind.fields:
                said = (field, self._field(field), _takes_null(field))
                parts[field.json_name] = parts[field.name] = said

        self._made[kind.full_name] = read
        return read

    def _field(self, field: FieldDescriptor) -> Read:
        if _is_map(field):
            return self._map(field)
        if field.is_repeated:
            return self._repeated(field)
        name = field.name
        if field.message_type is None:
            scalar = proto_values.reader_of(field)
            return lambda value, message: setattr(message, name, scalar(value))
        inner = self.of(field.message_type)

        def read(value: Any, message: Message) -> None:
            part: Message = getattr(message, name)
            part.SetInParent()
            inner(value, part)

        return read

    def _repeated(self, field: FieldDescriptor) -> Read:
        name = field.name
        inner = self.of(field.message_type) if field.message_type is not None else None
        scalar = proto_values.reader_of(field) if inner is None else None

        def read(value: Any, message: Message) -> None:
            if type(value) is not list:
                raise Misfit(f"{shown(value)} is no list")
            parts = getattr(message, name)
            for at, each in enumerate(value):
                try:
                    if inner is not None:
                        inner(each, parts.add())
                    elif scalar is not None:
                        parts.append(scalar(each))
                except Misfit as misfit:
                    raise misfit.inside(f"[{at}]") from None

        return read

    def _map(self, field: FieldDescriptor) -> Read:
        assert field.message_type is not None
        name, value_field = field.name, field.message_type.fields_by_name["value"]
        key_of = proto_values.key_of(field.message_type.fields_by_name["key"])
        inner = self.of(value_field.message_type) if value_field.message_type is not None else None
        scalar = proto_values.reader_of(value_field) if inner is None else None

        def read(value: Any, message: Message) -> None:
            if type(value) is not dict:
                raise Misfit(f"{shown(value)} is no object")
            parts = getattr(message, name)
            for said, each in value.items():
                try:
                    key = key_of(said)
                    if inner is not None:
                        inner(each, parts[key])
                    elif scalar is not None:
                        parts[key] = scalar(each)
                except Misfit as misfit:
                    raise misfit.inside(f".{said}") from None

        return read

    def _any(self, value: Any, message: Message) -> None:
        if value == {}:
            return
        if type(value) is not dict or type(value.get("@type")) is not str:
            raise Misfit(f"{shown(value)} has no '@type'")
        kind = kind_of(self._pool, value["@type"])
        inner = message_factory.GetMessageClass(kind)()
        special = kind.full_name in WRAPPERS | FREE | TEXTS | {ANY}
        rest = {name: each for name, each in value.items() if name != "@type"}
        if special and rest.keys() != {"value"}:
            raise Misfit(f"a {kind.full_name} is written as its '@type' and 'value'")
        self.of(kind)(rest["value"] if special else rest, inner)
        refuse_missing(inner)
        message.type_url = value["@type"]  # type: ignore[attr-defined]
        message.value = inner.SerializeToString()  # type: ignore[attr-defined]


class Writers:
    """Messages -> JSON, for all types of one pool."""

    def __init__(self, pool: DescriptorPool) -> None:
        self._pool = pool
        self._made: dict[str, Write] = {}

    def of(self, kind: Descriptor) -> Write:
        """The function for a message type."""
        return self._made.get(kind.full_name) or self._new(kind)

    def _new(self, kind: Descriptor) -> Write:
        name = kind.full_name
        if name == ANY:
            return self._made.setdefault(name, self._any)
        if name in WRAPPERS:
            value = proto_values.writer_of(kind.fields_by_name["value"])
            return self._made.setdefault(name, lambda message, depth: value(getattr(message, "value")))  # noqa: B009
        if name in FREE or name in TEXTS:
            return self._made.setdefault(name, lambda message, depth: proto_well_known.written(message))
        return self._message(kind)

    def _message(self, kind: Descriptor) -> Write:
        parts: dict[int, tuple[str, Callable[[Any, int], Any]]] = {}
        absent: dict[str, Any] = {}

        def write(message: Message, depth: int) -> Any:
            """What has no presence is said too: its zero is a value, and readers may ask for the field."""
            if depth >= PAYLOAD_DEPTH_MAX:
                raise Misfit(f"it nests deeper than {PAYLOAD_DEPTH_MAX} levels")
            if not parts:
                parts.update({field.number: (field.json_name, self._field(field)) for field in kind.fields})
                absent.update(self._zeros(kind))
            said: dict[str, Any] = {}
            name = ""
            try:
                for field, value in message.ListFields():
                    if field.is_extension:
                        raise Misfit(f"the extension {field.full_name!r} has no place in JSON")
                    name, part = parts[field.number]
                    said[name] = part(value, depth + 1)
            except UnicodeDecodeError:  # the key of a map, in proto2
                raise Misfit("it is not UTF-8").inside(f".{name}") from None
            except Misfit as misfit:
                raise (misfit.inside(f".{name}") if name else misfit) from None
            return {**absent, **said} if len(said) < len(kind.fields) else said

        self._made[kind.full_name] = write
        return write

    def _zeros(self, kind: Descriptor) -> dict[str, Any]:
        zeros: dict[str, Any] = {}
        for field in kind.fields:
            if _is_map(field):
                zeros[field.json_name] = {}
            elif field.is_repeated:
                zeros[field.json_name] = []
            elif not field.has_presence:
                zeros[field.json_name] = self._single(field)(field.default_value, 0)
        return zeros

    def _field(self, field: FieldDescriptor) -> Callable[[Any, int], Any]:
        if _is_map(field):
            assert field.message_type is not None
            return self._map(self._single(field.message_type.fields_by_name["value"]))
        single = self._single(field)
        return _each(single) if field.is_repeated else single

    def _single(self, field: FieldDescriptor) -> Callable[[Any, int], Any]:
        if field.message_type is not None:
            return self.of(field.message_type)
        scalar = proto_values.writer_of(field)
        return lambda value, depth: scalar(value)

    def _map(self, single: Callable[[Any, int], Any]) -> Callable[[Any, int], Any]:
        def write(values: Any, depth: int) -> Any:
            said: dict[str, Any] = {}
            for key in values:
                name = proto_values.key_written(key)
                try:
                    said[name] = single(values[key], depth + 1)
                except Misfit as misfit:
                    raise misfit.inside(f".{name}") from None
            return said

        return write

    def _any(self, message: Message, depth: int) -> Any:
        url: str = message.type_url  # type: ignore[attr-defined]
        data: bytes = message.value  # type: ignore[attr-defined]
        if not url and not data:
            return {}
        kind = kind_of(self._pool, url)
        inner = self.of(kind)(parsed(message_factory.GetMessageClass(kind), data), depth + 1)
        special = kind.full_name in WRAPPERS | FREE | TEXTS | {ANY}
        return {"@type": url, "value": inner} if special else {"@type": url, **inner}


def kind_of(pool: DescriptorPool, url: str) -> Descriptor:
    """The type that an `Any` names; raises `Misfit` for one that the schema does not know."""
    try:
        return pool.FindMessageTypeByName(url.rpartition("/")[2])
    except KeyError:
        raise Misfit(f"an Any of {shown(url)}, a type that the schema does not know") from None


def _each(single: Callable[[Any, int], Any]) -> Callable[[Any, int], Any]:
    def write(values: Any, depth: int) -> Any:
        said: list[Any] = []
        try:
            for value in values:
                said.append(single(value, depth + 1))  # noqa: PERF401 - its length is the place of a misfit
        except Misfit as misfit:
            raise misfit.inside(f"[{len(said)}]") from None
        return said

    return write


def _once(seen: set[str], field: FieldDescriptor) -> None:
    if field.name in seen:
        raise Misfit("it is there twice, under both of its names").inside(f".{field.name}")
    seen.add(field.name)
    if (oneof := field.containing_oneof) is not None:
        if f"oneof {oneof.name}" in seen:
            raise Misfit(f"the oneof {oneof.name!r} already has a value").inside(f".{field.name}")
        seen.add(f"oneof {oneof.name}")


def _takes_null(field: FieldDescriptor) -> bool:
    kind = field.message_type or field.enum_type
    return not field.is_repeated and kind is not None and kind.full_name in _NULLS


_NULLS = frozenset({"google.protobuf.Value", "google.protobuf.NullValue"})


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)
