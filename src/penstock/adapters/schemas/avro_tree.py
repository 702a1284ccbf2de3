"""An Avro schema as a tree whose names are resolved. Records are mutable because they may hold themselves."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

PRIMITIVES: Final = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
NO_DEFAULT: Final = msgspec.UNSET


class Node(Struct, eq=False, kw_only=True):
    """One type. `attributes`: what else the schema says of it, such as its logical type and its doc."""

    attributes: dict[str, Any] = {}

    @property
    def called(self) -> str:
        """As a union names it: its full name, or the name of its kind."""
        raise NotImplementedError


class Primitive(Node):
    """One of `PRIMITIVES`."""

    kind: str

    @property
    def called(self) -> str:
        return self.kind


class Array(Node):
    """Items of one type."""

    items: Node

    @property
    def called(self) -> str:
        return "array"


class Map(Node):
    """Values of one type under names."""

    values: Node

    @property
    def called(self) -> str:
        return "map"


class Union(Node):
    """One of several types."""

    branches: Sequence[Node]

    @property
    def called(self) -> str:
        return "union"


class Named(Node):
    """A type with a full name. `aliases`: full names that it had."""

    name: str
    aliases: Sequence[str]

    @property
    def called(self) -> str:
        return self.name

    @property
    def last_name(self) -> str:
        """Without its namespace."""
        return self.name.rpartition(".")[2]


class Fixed(Named):
    """So many bytes."""

    size: int


class Enum(Named):
    """One of its symbols; `default` stands for a writer's that this one does not know."""

    symbols: Sequence[str]
    default: str | None = None


class Field(Struct, eq=False):
    """`default` is JSON, or `NO_DEFAULT`."""

    name: str
    aliases: Sequence[str]
    type: Node
    default: Any
    attributes: dict[str, Any]


class Record(Named):
    """Fields in their order."""

    fields: Sequence[Field] = ()


def no_bytes(node: Node) -> bool:
    """Whether every value of it is encoded as nothing at all."""
    return _no_bytes(node, set())


def _no_bytes(node: Node, above: set[int]) -> bool:
    if isinstance(node, Primitive):
        return node.kind == "null"
    if isinstance(node, Fixed):
        return node.size == 0
    if isinstance(node, Record):
        if id(node) in above:  # it holds itself: no value of it ends
            return True
        return all(_no_bytes(field.type, above | {id(node)}) for field in node.fields)
    return False
