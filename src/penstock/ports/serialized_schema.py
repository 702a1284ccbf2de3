"""A form of schemas that only some languages have."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class SerializedSchema(Protocol):
    """A `Schema` of a language with a binary form of its own, as Protobuf has."""

    @property
    def serialized(self) -> str:
        """That form in base64."""
