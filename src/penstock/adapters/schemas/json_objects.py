"""Properties: whether what one JSON Schema says of objects follows from what another says.

An open content model takes properties that it does not name, of any type. So a property that is added to one can have
been written before, as something else; and one that is removed from a closed model is not taken any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.adapters.schemas.json_engine import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from penstock.adapters.schemas.json_containment import Comparison
    from penstock.adapters.schemas.json_documents import Place
    from penstock.adapters.schemas.json_places import Side


def object_problems(comparison: Comparison, reader: Place, writer: Sequence[Place], where: str) -> Iterator[str]:
    """Sentences."""
    said = reader.schema
    required = {name for each in writer for name in each.schema.get("required", ())}
    for name in said.get("required", ()):
        if name not in required:
            yield f"{_at(where, f'field {name!r}')}: it is required now, and was not"
    for name in said.get("properties", {}):
        mine = comparison.reader.at(reader, "properties", name)
        written = tuple(_of_name(comparison.writer, writer, name))
        yield from comparison.problems(mine, written, _at(where, f"field {name!r}"))
    for pattern in said.get("patternProperties", {}):
        yield from _pattern_problems(comparison, reader, pattern, writer, where)
    if said.get("additionalProperties", True) is not True:
        yield from _other_problems(comparison, reader, writer, where)
    yield from _dependencies(comparison, reader, writer, required, where)


def _of_name(side: Side, places: Sequence[Place], name: str) -> Iterator[Place]:
    """All that a property of the name must hold."""
    for place in places:
        found = False
        if name in place.schema.get("properties", {}):
            found = True
            yield side.at(place, "properties", name)
        for pattern in place.schema.get("patternProperties", {}):
            if matches(pattern, name):
                found = True
                yield side.at(place, "patternProperties", pattern)
        if not found and "additionalProperties" in place.schema:
            yield side.at(place, "additionalProperties")


def _pattern_problems(
    comparison: Comparison, reader: Place, pattern: str, writer: Sequence[Place], where: str
) -> Iterator[str]:
    mine = comparison.reader.at(reader, "patternProperties", pattern)
    here = _at(where, f"fields like {pattern!r}")
    for name in _names(writer):
        if matches(pattern, name):
            written = tuple(_of_name(comparison.writer, writer, name))
            yield from comparison.problems(mine, written, _at(where, f"field {name!r}"))
    tried = [
        [
            problem
            for other in _of_other_names(comparison.writer, each, pattern)
            for problem in comparison.problems(mine, other, here)
        ]
        for each in writer
    ]
    if not tried:
        yield from comparison.problems(mine, (), here)
    elif [] not in tried:
        yield from tried[0]


def _of_other_names(side: Side, place: Place, pattern: str) -> list[tuple[Place, ...]]:
    """What properties can be that the writer does not name, and that the pattern may match."""
    patterns = place.schema.get("patternProperties", {})
    if pattern in patterns:
        return [(side.at(place, "patternProperties", pattern),)]
    found: list[tuple[Place, ...]] = [(side.at(place, "patternProperties", each),) for each in patterns]
    found.append((side.at(place, "additionalProperties"),) if "additionalProperties" in place.schema else ())
    return found


def _other_problems(comparison: Comparison, reader: Place, writer: Sequence[Place], where: str) -> Iterator[str]:
    mine = comparison.reader.at(reader, "additionalProperties")
    for name in _names(writer):
        if not _is_named(reader, name):
            written = tuple(_of_name(comparison.writer, writer, name))
            yield from comparison.problems(mine, written, _at(where, f"field {name!r}"))
    here = _at(where, "other fields")
    tried = [_other_names(comparison, mine, reader, each, here) for each in writer]
    if not tried:
        yield from comparison.problems(mine, (), here)
    elif [] not in tried:
        yield from tried[0]


def _other_names(comparison: Comparison, mine: Place, reader: Place, written: Place, here: str) -> list[str]:
    side = comparison.writer
    found: list[str] = []
    for pattern in written.schema.get("patternProperties", {}):
        if pattern not in reader.schema.get("patternProperties", {}):
            found += comparison.problems(mine, (side.at(written, "patternProperties", pattern),), here)
    rest = (side.at(written, "additionalProperties"),) if "additionalProperties" in written.schema else ()
    return found + comparison.problems(mine, rest, here)


def _dependencies(
    comparison: Comparison, reader: Place, writer: Sequence[Place], required: set[str], where: str
) -> Iterator[str]:
    for keyword in ("dependentRequired", "dependentSchemas", "dependencies"):
        for name, needed in reader.schema.get(keyword, {}).items():
            here = _at(where, f"when there is a field {name!r}")
            if _never_there(comparison, writer, name):
                continue
            if isinstance(needed, list):
                known = required.union(*(_needed_with(each, name) for each in writer))
                for each in needed:
                    if each not in known:
                        yield f"{here}: {each!r} is required now, and was not"
            else:
                with_it = comparison.made({"required": [name]})
                yield from comparison.problems(comparison.reader.at(reader, keyword, name), (*writer, with_it), here)


def _needed_with(place: Place, name: str) -> list[Any]:
    for keyword in ("dependentRequired", "dependencies"):
        if isinstance(found := place.schema.get(keyword, {}).get(name), list):
            return found
    return []


def _never_there(comparison: Comparison, writer: Sequence[Place], name: str) -> bool:
    return any(place.schema is False for place in _of_name(comparison.writer, writer, name))


def _names(writer: Sequence[Place]) -> list[str]:
    return list(dict.fromkeys(name for each in writer for name in each.schema.get("properties", {})))


def _is_named(place: Place, name: str) -> bool:
    return name in place.schema.get("properties", {}) or any(
        matches(pattern, name) for pattern in place.schema.get("patternProperties", {})
    )


def _at(where: str, step: str) -> str:
    return f"{where}, {step}" if where else step
