"""Items: whether what one JSON Schema says of lists follows from what another says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from penstock.adapters.schemas.json_containment import Comparison
    from penstock.adapters.schemas.json_documents import Place
    from penstock.adapters.schemas.json_places import Side


def array_problems(comparison: Comparison, reader: Place, writer: Sequence[Place], where: str) -> Iterator[str]:
    """Sentences."""
    first = _count_first(reader)
    count = max([first, *(_count_first(each) for each in writer)]) if _says_items(reader) else 0
    longest = min((each.schema["maxItems"] for each in writer if "maxItems" in each.schema), default=count + 1)
    for at in range(min(count, longest)):
        mine = _item(comparison.reader, reader, at)
        if mine is not None:
            written = tuple(_items(comparison.writer, writer, at))
            yield from comparison.problems(mine, written, _at(where, f"item {at}"))
    rest = _rest(comparison.reader, reader)
    if rest is not None and longest > count:
        written = tuple(found for each in writer if (found := _rest(comparison.writer, each)) is not None)
        yield from comparison.problems(rest, written, _at(where, "items"))
    if "contains" in reader.schema and not any(_same_contains(comparison, reader, each) for each in writer):
        yield f"{where}: whether `contains` holds of all that was taken cannot be told".removeprefix(": ")


def _count_first(place: Place) -> int:
    return len(_first(place)[1])


def _first(place: Place) -> tuple[str, list[Any]]:
    for keyword in ("prefixItems", "items"):
        if isinstance(said := place.schema.get(keyword), list):
            return keyword, said
    return "", []


def _says_items(place: Place) -> bool:
    return any(keyword in place.schema for keyword in ("prefixItems", "items", "additionalItems"))


def _item(side: Side, place: Place, at: int) -> Place | None:
    keyword, first = _first(place)
    return side.at(place, keyword, at) if at < len(first) else _rest(side, place)


def _items(side: Side, places: Sequence[Place], at: int) -> Iterator[Place]:
    for place in places:
        if (found := _item(side, place, at)) is not None:
            yield found


def _rest(side: Side, place: Place) -> Place | None:
    said = place.schema.get("items")
    if isinstance(said, list):
        return side.at(place, "additionalItems") if "additionalItems" in place.schema else None
    return side.at(place, "items") if said is not None else None


def _same_contains(comparison: Comparison, reader: Place, written: Place) -> bool:
    if "contains" not in written.schema:
        return False
    bounds = ("minContains", "maxContains")
    if any(reader.schema.get(each) != written.schema.get(each) for each in bounds):
        return False
    return comparison.same(comparison.reader.at(reader, "contains"), comparison.writer.at(written, "contains"))


def _at(where: str, step: str) -> str:
    return f"{where}, {step}" if where else step
