"""The well-known types whose JSON is not that of their fields: times, masks, wrappers, `Struct`."""

from collections.abc import Callable
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message

from penstock.adapters.schemas.json_numbers import EXACT_MAX
from penstock.adapters.schemas.misfit import Misfit, shown

_PACKAGE: Final = "google.protobuf."
WRAPPERS: Final = frozenset(
    f"{_PACKAGE}{kind}Value"
    for kind in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
)
FREE: Final = frozenset(f"{_PACKAGE}{name}" for name in ("Struct", "Value", "ListValue"))
TEXTS: Final = frozenset(f"{_PACKAGE}{name}" for name in ("Timestamp", "Duration", "FieldMask"))
ANY: Final = f"{_PACKAGE}Any"


def reader_of(pool: DescriptorPool) -> Callable[[Any, Message], None]:
    """JSON -> a message of `FREE` or `TEXTS`; raises `Misfit`."""

    def read(value: Any, message: Message) -> None:
        _refuse_inexact(value)
        try:
            json_format.ParseDict(value, message, descriptor_pool=pool)
        except (json_format.ParseError, AttributeError, TypeError, ValueError):
            raise Misfit(f"{shown(value)} is no {message.DESCRIPTOR.full_name}") from None

    return read


def written(message: Message) -> Any:
    """A message of `FREE` or `TEXTS` -> JSON; raises `Misfit`."""
    try:
        return json_format.MessageToDict(message)
    except (json_format.SerializeToJsonError, ValueError) as error:
        raise Misfit(f"it has no form in JSON: {error}") from None


def _refuse_inexact(value: Any) -> None:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if type(each) is int and not -EXACT_MAX <= each <= EXACT_MAX:
            raise Misfit(f"{each} is beyond 2^53, where its numbers are rounded")
        if isinstance(each, (dict, list)):
            waiting += each.values() if isinstance(each, dict) else each
