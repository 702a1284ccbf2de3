"""Whether every value that one JSON Schema takes another takes: what was written by the first is read by the second.

What cannot be decided is answered with a sentence, never with a yes: a negation, conditions and branches are compared
only as far as they obviously hold. Notes (titles, defaults, formats) change nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from penstock.adapters.schemas.budget import OverBudget, Steps
from penstock.adapters.schemas.json_arrays import array_problems
from penstock.adapters.schemas.json_documents import HOME, NOWHERE, Documents, Place
from penstock.adapters.schemas.json_objects import object_problems
from penstock.adapters.schemas.json_places import Side, Written, same, types_of, values_of
from penstock.adapters.schemas.json_scalars import scalar_problems

_PROBLEMS_MAX: Final = 50
_DEPTH_MAX: Final = 100
_UNDECIDABLE: Final = ("$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems", "propertyNames")
_SPLITS: Final = ("anyOf", "oneOf")


def why_unreadable(reader: Documents, writer: Documents) -> list[str]:
    """Sentences; empty when everything can be read."""
    try:
        comparison = Comparison(Side(reader), Side(writer))
        return list(dict.fromkeys(comparison.problems(reader.root, (writer.root,), "")))[:_PROBLEMS_MAX]
    except (OverBudget, RecursionError):
        return ["the two schemas are too intricate to be compared"]


class Comparison:
    """One comparison of two schemas. All that is found is a list of sentences that begin with their place."""

    def __init__(self, reader: Side, writer: Side) -> None:
        self.reader, self.writer = reader, writer
        self._steps = Steps()
        self._under_way: set[tuple[int, tuple[int, ...]]] = set()
        self._made: dict[str, Place] = {}
        self._rests: dict[tuple[int, str], Place] = {}

    def problems(self, reader: Place, written: Written, where: str) -> list[str]:
        """Why not all that was written is taken."""
        self._steps.take()
        key = (id(reader.schema), tuple(id(each.schema) for each in written))
        if reader.schema is True or reader.schema == {} or key in self._under_way:
            return []
        if len(self._under_way) > _DEPTH_MAX:
            raise OverBudget
        self._under_way.add(key)
        try:
            return self._compared(reader, self.writer.flat(written), where)
        finally:
            self._under_way.discard(key)

    def same(self, reader: Place, written: Place) -> bool:
        """Whether both say the same."""
        return same(self.reader, reader, self.writer, written, self._steps, frozenset())

    def made(self, schema: dict[str, Any]) -> Place:
        """A schema that nobody wrote, and that refers to nothing; always the same one for the same words."""
        return self._made.setdefault(repr(schema), Place(schema, HOME, NOWHERE))

    def _without(self, place: Place, keyword: str) -> Place:
        """The rest of a schema; it stands where the whole stands, so it takes no more than that."""
        rest = {name: said for name, said in place.schema.items() if name != keyword}
        return self._rests.setdefault((id(place.schema), keyword), Place(rest, place.base, place.address))

    def _compared(self, reader: Place, writer: list[Place], where: str) -> list[str]:
        types = types_of(writer)
        if not types:
            return []  # nothing can have been written
        values = values_of(writer)
        if values is not None:
            return self._values(reader, writer, values, where)
        found = [problem for part in self.reader.flat([reader]) for problem in self._part(part, writer, types, where)]
        return self._split(reader, writer, where, found) if found else []

    def _values(self, reader: Place, writer: list[Place], values: list[Any], where: str) -> list[str]:
        written = [each for each in values if all(self.writer.takes(place, each) for place in writer)]
        refused = [each for each in written if not self.reader.takes(reader, each)]
        return [_told(where, f"{', '.join(map(repr, refused[:10]))} was taken, and is not any more")] if refused else []

    def _split(self, reader: Place, writer: list[Place], where: str, found: list[str]) -> list[str]:
        """What is not taken as a whole may be taken part by part: by the branches of the writer, or by types."""
        for place in writer:
            for keyword in _SPLITS:
                branches = place.schema.get(keyword)
                if isinstance(branches, list):
                    others = [each for each in writer if each is not place]
                    whole = (*others, self._without(place, keyword))
                    return [
                        problem
                        for at in range(len(branches))
                        for problem in self.problems(reader, (*whole, self.writer.at(place, keyword, at)), where)
                    ]
        kinds = _kinds(types_of(writer))
        parts = [part.schema for part in self.reader.flat([reader]) if part.schema is not False]
        branching = any(keyword in part for part in parts for keyword in _SPLITS)
        if len(kinds) == 1 or not branching:
            return found
        return [
            problem for kind in kinds for problem in self.problems(reader, (*writer, self.made({"type": kind})), where)
        ]

    def _part(self, part: Place, writer: list[Place], types: frozenset[str], where: str) -> Iterator[str]:
        if part.schema is False:
            yield _told(where, "nothing is taken here any more")
            return
        said = part.schema
        lost = types - types_of([part])
        if lost:
            yield _told(where, f"{_type_names(lost)} was taken, and is not any more")
            return
        if "enum" in said or "const" in said:
            yield _told(where, "only listed values are taken now, and others were")
            return
        for problem in scalar_problems(said, [each.schema for each in writer], types):
            yield _told(where, problem)
        if "array" in types:
            yield from array_problems(self, part, writer, where)
        if "object" in types:
            yield from object_problems(self, part, writer, where)
        yield from self._branches(part, writer, where)
        for keyword in _UNDECIDABLE:
            if said.get(keyword, True) is not True and not any(
                _equal_keyword(self, part, each, keyword) for each in writer
            ):
                yield _told(where, f"whether {keyword} lets all through that was taken cannot be told")

    def _branches(self, part: Place, writer: list[Place], where: str) -> Iterator[str]:
        said = part.schema
        if "anyOf" in said and not any(self._all_there(part, each, "anyOf") for each in writer):
            yield from self._any_of(part, writer, where)
        if "oneOf" in said and not any(self._same_branches(part, each) for each in writer):
            yield from self._one_of(part, writer, where)
        if "not" in said and not self._excluded(part, writer):
            yield _told(where, "whether all that was taken is outside of `not` cannot be told")
        if "if" in said and not any(_equal_condition(self, part, each) for each in writer):
            for keyword in ("then", "else"):
                if keyword in said:
                    yield from self.problems(self.reader.at(part, keyword), tuple(writer), where)

    def _any_of(self, part: Place, writer: list[Place], where: str) -> list[str]:
        tried = [
            self.problems(self.reader.at(part, "anyOf", at), tuple(writer), where)
            for at in range(len(part.schema["anyOf"]))
        ]
        if [] in tried:
            return []
        return tried[0] if len(tried) == 1 else [_told(where, f"no branch of anyOf takes all: {_inner(tried, where)}")]

    def _one_of(self, part: Place, writer: list[Place], where: str) -> list[str]:
        branches = [self.reader.at(part, "oneOf", at) for at in range(len(part.schema["oneOf"]))]
        tried = [self.problems(branch, tuple(writer), where) for branch in branches]
        if [] not in tried:
            return (
                tried[0] if len(tried) == 1 else [_told(where, f"no branch of oneOf takes all: {_inner(tried, where)}")]
            )
        taken = tried.index([])
        for at, branch in enumerate(branches):
            if at != taken and not self.disjoint(branch, writer):
                return [_told(where, f"branches {taken} and {at} of oneOf may both take what was taken")]
        return []

    def disjoint(self, reader: Place, writer: Sequence[Place], depth: int = 4) -> bool:
        """Whether obviously no value is of both."""
        self._steps.take()
        parts, written = self.reader.flat([reader]), self.writer.flat(writer)
        types = types_of(parts) & types_of(written)
        if not types:
            return True
        values = values_of(written)
        if values is not None:
            return not any(self.reader.takes(reader, each) for each in values)
        values = values_of(parts)
        if values is not None:
            return not any(all(self.writer.takes(place, each) for place in written) for each in values)
        if types != {"object"} or not depth:
            return False
        needed = {name for place in (*parts, *written) for name in place.schema.get("required", ())}
        return any(
            self.disjoint(
                self.reader.at(part, "properties", name), [self.writer.at(each, "properties", name)], depth - 1
            )
            for part in parts
            for each in written
            for name in needed & part.schema.get("properties", {}).keys() & each.schema.get("properties", {}).keys()
        )

    def _all_there(self, part: Place, written: Place, keyword: str) -> bool:
        """Each of the writer's branches is one of the reader's."""
        branches = written.schema.get(keyword)
        if not isinstance(branches, list):
            return False
        mine = [self.reader.at(part, keyword, at) for at in range(len(part.schema[keyword]))]
        return all(
            any(self.same(each, self.writer.at(written, keyword, at)) for each in mine) for at in range(len(branches))
        )

    def _same_branches(self, part: Place, written: Place) -> bool:
        return self._all_there(part, written, "oneOf") and len(part.schema["oneOf"]) == len(written.schema["oneOf"])

    def _excluded(self, part: Place, writer: list[Place]) -> bool:
        inner = self.reader.at(part, "not")
        if self.disjoint(inner, writer):
            return True
        # What the reader excludes lies in what the writer excluded: the same question with the sides changed.
        turned = Comparison(self.writer, self.reader)
        turned._steps = self._steps
        return any(
            not turned.problems(self.writer.at(each, "not"), (inner,), "") for each in writer if "not" in each.schema
        )


def _kinds(types: frozenset[str]) -> list[str]:
    """As schemas name them."""
    return sorted(
        {"number" if each == "fraction" else each for each in types} - ({"integer"} if "fraction" in types else set())
    )


def _equal_keyword(comparison: Comparison, part: Place, written: Place, keyword: str) -> bool:
    if keyword not in written.schema:
        return False
    mine, theirs = part.schema[keyword], written.schema[keyword]
    if isinstance(mine, (dict, bool)) and isinstance(theirs, (dict, bool)):
        if not keyword.startswith("unevaluated"):
            return comparison.same(comparison.reader.at(part, keyword), comparison.writer.at(written, keyword))
        return comparison.same(part, written)  # it depends on all that stands beside it
    return False


def _equal_condition(comparison: Comparison, part: Place, written: Place) -> bool:
    return all(
        (keyword in part.schema) == (keyword in written.schema)
        and (keyword not in part.schema or _equal_keyword(comparison, part, written, keyword))
        for keyword in ("if", "then", "else")
    )


def _inner(tried: list[list[str]], where: str) -> str:
    return "; ".join(each[0].removeprefix(f"{where}: ") for each in tried[:3])


def _type_names(types: frozenset[str]) -> str:
    return ", ".join(sorted(each.replace("fraction", "number") for each in types))


def _told(where: str, problem: str) -> str:
    return f"{where}: {problem}" if where else problem
