"""What two JSON Schemas say, laid side by side: references followed, `allOf` taken apart, the types that are left."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

from penstock.adapters.schemas.budget import Steps
from penstock.adapters.schemas.json_documents import Documents, Place
from penstock.adapters.schemas.json_engine import taker

TYPES: Final = frozenset({"null", "boolean", "object", "array", "string", "integer", "fraction"})
"""`number` is integers and fractions"""
Written: TypeAlias = tuple[Place, ...]
"""what holds together of a value that was written"""
_SIBLINGS_COUNT: Final = 2019
"""from this draft on a `$ref` stands beside other keywords"""
_NOTES: Final = frozenset(
    {"title", "description", "$comment", "examples", "default", "$id", "id", "$schema", "format", "deprecated"}
    | {"readOnly", "writeOnly", "$defs", "definitions", "$anchor"}
)


class Side:
    """One of the two schemas."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self._engines: dict[str, Callable[[Any], bool]] = {}

    def flat(self, places: Iterable[Place]) -> list[Place]:
        """All that must hold together: places without a `$ref` or `allOf` that could be followed."""
        found: list[Place] = []
        seen: set[int] = set()
        waiting = list(places)
        while waiting:
            place = waiting.pop(0)
            if not isinstance(place.schema, dict):
                if place.schema is False:
                    found.append(place)
                continue
            if id(place.schema) in seen:
                continue
            seen.add(id(place.schema))
            target = self._referred(place)
            if target is not None:
                waiting.append(target)
                if self.documents.draft < _SIBLINGS_COUNT:
                    continue
            waiting += [self.documents.part(place, "allOf", at) for at in range(len(place.schema.get("allOf", ())))]
            found.append(place)
        return found

    def at(self, place: Place, *path: str | int) -> Place:
        """The schema at a path inside, which exists."""
        return self.documents.part(place, *path)

    def takes(self, place: Place, value: Any) -> bool:
        """Whether it is a value of the schema."""
        key = place.address or repr(place.schema)
        if key not in self._engines:
            self._engines[key] = taker(self.documents, place)
        return self._engines[key](value)

    def _referred(self, place: Place) -> Place | None:
        said = place.schema.get("$ref")
        return self.documents.resolve(place, said) if isinstance(said, str) else None


def types_of(places: Sequence[Place]) -> frozenset[str]:
    """The types that all of them allow."""
    left = TYPES
    for place in places:
        if place.schema is False:
            return frozenset()
        said = place.schema.get("type")
        if said is not None:
            left &= _named(said if isinstance(said, list) else [said])
    return left


def values_of(places: Sequence[Place]) -> list[Any] | None:
    """The only values that there can be, as far as they are listed; None when they are not."""
    for place in places:
        if "const" in place.schema:
            return [place.schema["const"]]
        if isinstance(said := place.schema.get("enum"), list):
            return said
    types = types_of(places)
    if types <= {"boolean", "null"}:
        return [*([False, True] if "boolean" in types else []), *([None] if "null" in types else [])]
    return None


def same(one: Side, a: Place, other: Side, b: Place, steps: Steps, under_way: frozenset[tuple[int, int]]) -> bool:
    """Whether both say the same, in the same words but for notes; what they refer to is compared, too."""
    steps.take()
    pair = (id(a.schema), id(b.schema))
    if pair in under_way:
        return True
    under_way |= {pair}
    if isinstance(a.schema, dict) and isinstance(b.schema, dict):
        names = a.schema.keys() - _NOTES
        if names != b.schema.keys() - _NOTES:
            return False
        return all(_same_keyword(one, a, other, b, name, steps, under_way) for name in names)
    return type(a.schema) is type(b.schema) and bool(a.schema == b.schema)


def _same_keyword(
    one: Side, a: Place, other: Side, b: Place, name: str, steps: Steps, under_way: frozenset[tuple[int, int]]
) -> bool:
    mine, theirs = a.schema[name], b.schema[name]
    if name == "$ref":
        first, second = one.documents.resolve(a, mine), other.documents.resolve(b, theirs)
        return first is not None and second is not None and same(one, first, other, second, steps, under_way)
    if name.startswith(("$dynamic", "$recursive")):
        return False
    inner = {part.place: place for part, place in one.documents.inside(a) if _is_in(part.place, name)}
    others = {part.place: place for part, place in other.documents.inside(b) if _is_in(part.place, name)}
    if inner.keys() != others.keys():
        return False
    if not inner:
        return type(mine) is type(theirs) and bool(mine == theirs)
    return all(same(one, place, other, others[where], steps, under_way) for where, place in inner.items())


def _is_in(place: str, keyword: str) -> bool:
    return place == keyword or place.startswith(f"{keyword}/")


def _named(said: Iterable[str]) -> frozenset[str]:
    found = set(said)
    if "number" in found:
        found |= {"integer", "fraction"}
    return frozenset(found) & TYPES
