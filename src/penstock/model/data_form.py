"""In which form the data of an event come, as their content type says."""

from enum import Enum, unique
from functools import lru_cache
from typing import Final

from penstock.model.errors import InvalidInput
from penstock.model.event_rules import is_json
from penstock.model.schema import SchemaType

_AVRO: Final = frozenset({"avro/binary", "application/avro", "application/x-avro", "application/x-avro-binary"})
_PROTOBUF: Final = frozenset({"application/protobuf", "application/x-protobuf", "application/vnd.google.protobuf"})
_FRAMING: Final = "framing"
_REGISTRY: Final = "registry"
_FORMS: Final = "application/json, avro/binary or application/protobuf"


@unique
class Framing(Enum):
    """Whether the name of the writer's schema stands before the data."""

    NONE = 0
    REGISTRY = 1
    """the registry's wire format: see `model.schema_wire`"""
    SEEN = 2
    """if the first byte says so: no JSON text begins like a prefix"""


@lru_cache(maxsize=1024)
def data_form(content_type: str) -> tuple[SchemaType, Framing]:
    """The language that the data are written in; raises `InvalidInput("content_type", ...)` for another.

    Plain Avro and Protobuf may begin as a prefix does, so there it must be said: `avro/binary; framing=registry`.
    """
    if is_json(content_type):
        return SchemaType.JSON, Framing.SEEN
    kind, *parameters = [part.strip().lower() for part in content_type.split(";")]
    framed = Framing.REGISTRY if _says_registry(parameters, content_type) else Framing.NONE
    if kind in _AVRO or kind.endswith("+avro"):
        return SchemaType.AVRO, framed
    if kind in _PROTOBUF or kind.endswith("+protobuf"):
        return SchemaType.PROTOBUF, framed
    raise InvalidInput("content_type", f"{content_type[:80]!r} is nothing that a schema describes; use {_FORMS}")


def _says_registry(parameters: list[str], content_type: str) -> bool:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == _FRAMING:
            if value.strip().strip('"') != _REGISTRY:
                raise InvalidInput("content_type", f"{content_type[:80]!r}: framing is {_REGISTRY}, or not said")
            return True
    return False
