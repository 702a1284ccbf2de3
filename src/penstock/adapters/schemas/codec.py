"""What every language can do with a payload of its schema."""

from typing import Protocol


class Codec(Protocol):
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
