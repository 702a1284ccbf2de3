"""The parts of a CESQL expression."""

from msgspec import Struct

from penstock.model.filters.values import Value


class Literal(Struct, frozen=True):
    """A value."""

    value: Value


class Attribute(Struct, frozen=True):
    """The value of an attribute of the event."""

    name: str


class Exists(Struct, frozen=True):
    """Whether the event has an attribute."""

    name: str


class Not(Struct, frozen=True):
    """The contrary of a Boolean."""

    of: "Expression"


class Minus(Struct, frozen=True):
    """An Integer with the other sign."""

    of: "Expression"


class Binary(Struct, frozen=True):
    """A comparison or a calculation."""

    sign: str
    left: "Expression"
    right: "Expression"


class Logic(Struct, frozen=True):
    """Any number of Booleans with AND, OR, XOR between them, from left to right."""

    first: "Expression"
    rest: tuple[tuple[str, "Expression"], ...]


class Like(Struct, frozen=True):
    """Whether a text has a pattern."""

    of: "Expression"
    pattern: str
    negated: bool


class In(Struct, frozen=True):
    """Whether a value is one of several."""

    of: "Expression"
    among: tuple["Expression", ...]
    negated: bool


class Call(Struct, frozen=True):
    """A function; its name is in capitals."""

    function: str
    arguments: tuple["Expression", ...]
    place: int


Expression = Literal | Attribute | Exists | Not | Minus | Binary | Logic | Like | In | Call
