"""What every schema language can do with a payload of its schema."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable


class PayloadCodec(Protocol):
    """Payloads of one schema. All raise `InvalidInput(field, ...)` with the place of what is wrong; nothing is lost.

    `field` names the payload in the sentence, such as `data`. The canonical form is the language's own: JSON text,
    Avro's binary encoding, Protobuf's.
    """

    @property
    def content_type(self) -> str:
        """Of the canonical form."""
        ...

    def check(self, data: bytes, field: str) -> None:
        """That it is the canonical form of a value of this schema, the whole of it and nothing more."""
        ...

    def from_json(self, data: bytes, field: str) -> bytes:
        """JSON -> the canonical form."""
        ...

    def to_json(self, data: bytes, field: str) -> bytes:
        """The canonical form -> JSON, from which `from_json` makes the same value."""
        ...


@runtime_checkable
class SchemaOfMessages(Protocol):
    """A schema that has several kinds of payload: the message types of a .proto file."""

    def codec(self, message: Sequence[int]) -> PayloadCodec:
        """Of the message at that place in the file; raises `InvalidInput("message", ...)` where there is none."""
        ...


@runtime_checkable
class SchemaOfPayloads(PayloadCodec, Protocol):
    """A schema that has one kind of payload, and is its codec itself."""
