"""Whether what one Avro schema writes another one can read: the specification's schema resolution.

Judged for every value that the writer may write: a union's branch that has no place makes it unreadable, although a
value of another branch would do. Names are matched as the specification says for records, enums and fixed: by their
last part, or by an alias of the reader's.
"""

from typing import Final

from penstock.adapters.schemas.avro_tree import (
    NO_DEFAULT,
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Named,
    Node,
    Primitive,
    Record,
    Union,
)
from penstock.adapters.schemas.budget import OverBudget, Steps

PROMOTIONS: Final = {
    "int": ("long", "float", "double"),
    "long": ("float", "double"),
    "float": ("double",),
    "string": ("bytes",),
    "bytes": ("string",),
}
"""what a writer's type may be read as, besides itself"""
_PROBLEMS_MAX: Final = 50


def why_unreadable(reader: Node, writer: Node) -> list[str]:
    """Sentences; empty when everything can be read."""
    try:
        return _Comparison().problems(reader, writer, "")[:_PROBLEMS_MAX]
    except (OverBudget, RecursionError):
        return ["the two schemas are too intricate to be compared"]


class _Comparison:
    def __init__(self) -> None:
        self._steps = Steps()
        self._under_way: set[tuple[int, int]] = set()
        self._settled: dict[tuple[int, int], bool] = {}

    def problems(self, reader: Node, writer: Node, place: str) -> list[str]:
        self._steps.take()
        if isinstance(writer, Union):
            return [
                problem
                for branch in writer.branches
                for problem in self.problems(reader, branch, _at(place, f"the writer's branch {branch.called!r}"))
            ]
        if isinstance(reader, Union):
            return self._in_union(reader, writer, place)
        if isinstance(reader, Primitive) or isinstance(writer, Primitive):
            return _primitives(reader, writer, place)
        if isinstance(reader, Array) and isinstance(writer, Array):
            return self.problems(reader.items, writer.items, _at(place, "items"))
        if isinstance(reader, Map) and isinstance(writer, Map):
            return self.problems(reader.values, writer.values, _at(place, "values"))
        if isinstance(reader, Named) and isinstance(writer, Named) and type(reader) is type(writer):
            return self._named(reader, writer, place)
        return [_other_kind(reader, writer, place)]

    def _in_union(self, reader: Union, writer: Node, place: str) -> list[str]:
        # The branch that bears the writer's name goes before the first that would do.
        same = [branch for branch in reader.branches if branch.called == writer.called]
        for branch in (*same, *reader.branches):
            if not self.problems(branch, writer, place):
                return []
        if same:
            return self.problems(same[0], writer, place)
        names = ", ".join(branch.called for branch in reader.branches)
        return [f"{_of(place)}{_called(writer)} was written, and none of {names} can take it"]

    def _named(self, reader: Named, writer: Named, place: str) -> list[str]:
        if not _same_name(reader, writer):
            return [f"{_of(place)}{_called(writer)} was written, and {_called(reader)} has no such name or alias"]
        if isinstance(reader, Fixed) and isinstance(writer, Fixed):
            if reader.size == writer.size:
                return []
            return [f"{_of(place)}{_called(reader)} has {reader.size} bytes where {writer.size} were written"]
        if isinstance(reader, Enum) and isinstance(writer, Enum):
            return _enums(reader, writer, place)
        assert isinstance(reader, Record)
        assert isinstance(writer, Record)
        pair = (id(reader), id(writer))
        if pair in self._under_way or self._settled.get(pair):
            return []  # it stands or falls with what is being looked at above, or was looked at
        self._under_way.add(pair)
        try:
            found = self._records(reader, writer, place)
        finally:
            self._under_way.discard(pair)
        if not found and not self._under_way:
            self._settled[pair] = True
        return found

    def _records(self, reader: Record, writer: Record, place: str) -> list[str]:
        written = {field.name: field for field in writer.fields}
        problems: list[str] = []
        for field in reader.fields:
            here = _at(place, f"field {field.name!r}")
            source = _written_as(field, written)
            if source is not None:
                problems += self.problems(field.type, source.type, here)
            elif field.default is NO_DEFAULT:
                problems.append(f"{here}: it was not written by {_called(writer)}, and has no default")
        return problems


def _written_as(field: Field, written: dict[str, Field]) -> Field | None:
    return next((written[name] for name in (field.name, *field.aliases) if name in written), None)


def _primitives(reader: Node, writer: Node, place: str) -> list[str]:
    if isinstance(reader, Primitive) and isinstance(writer, Primitive):
        if reader.kind == writer.kind or reader.kind in PROMOTIONS.get(writer.kind, ()):
            return []
        return [f"{_of(place)}{writer.kind} was written, which cannot be read as {reader.kind}"]
    return [_other_kind(reader, writer, place)]


def _enums(reader: Enum, writer: Enum, place: str) -> list[str]:
    if reader.default is not None:
        return []
    known = set(reader.symbols)
    missing = [symbol for symbol in writer.symbols if symbol not in known]
    if not missing:
        return []
    names = ", ".join(map(repr, missing[:10]))
    return [f"{_of(place)}{_called(reader)} lacks {names}, which may have been written, and has no default"]


def _same_name(reader: Named, writer: Named) -> bool:
    return reader.last_name == writer.last_name or writer.name in reader.aliases


def _other_kind(reader: Node, writer: Node, place: str) -> str:
    return f"{_of(place)}{_called(writer)} was written, which cannot be read as {_called(reader)}"


def _called(node: Node) -> str:
    kind = type(node).__name__.lower()
    return f"{kind} {node.name!r}" if isinstance(node, Named) else node.called


def _at(place: str, step: str) -> str:
    return f"{place}, {step}" if place else step


def _of(place: str) -> str:
    return f"{place}: " if place else ""
