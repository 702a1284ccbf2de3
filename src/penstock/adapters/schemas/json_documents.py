"""A JSON Schema and all that it refers to: every `$ref` finds its schema here, or is refused. Nothing is fetched."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urldefrag, urljoin

from msgspec import Struct

from penstock.adapters.schemas.budget import check_parts, refused
from penstock.adapters.schemas.json_keywords import DRAFTS, NEWEST, REFERENCES, Part, parts, quoted
from penstock.model.limits import SCHEMA_STEPS_MAX

HOME: Final = "http://schemas.invalid/"
"""where what has no address of its own stands; nothing can be there"""

NOWHERE: Final = ""
"""the address of a schema that stands in none of the documents"""


class Place(Struct, frozen=True):
    """A schema, the address that the references in it are relative to, and its own: a file and a way into it."""

    schema: Any
    base: str
    address: str


class Documents:
    """All schemas of one reading by their addresses. Raises `InvalidInput("schema", ...)` while it is made."""

    def __init__(self, root: Any, references: Mapping[str, Any]) -> None:
        self.draft = _draft_of(root)
        self._references = references
        self.resources = {urldefrag(urljoin(HOME, name))[0]: each for name, each in references.items()}
        """what the engine is given, by addresses"""
        self._by_address: dict[str, Place] = {}
        self._parts = 0
        for address, each in self.resources.items():
            self._index(each, address)
        base = self._index(root, HOME)
        self.root = Place(root, base, f"{base}#")
        self._check_references()
        if _Loops(self).has(self.root):
            raise refused("it refers to itself without going into the value, so nothing could ever be checked")
        self._check_steps()

    def resolve(self, place: Place, reference: str) -> Place | None:
        """What is referred to from there, or None."""
        address = urljoin(place.base, reference)
        resource, fragment = urldefrag(address)
        if found := self._by_address.get(address) or self._by_address.get(f"{resource}#{unquote(fragment)}"):
            return found
        start = self._by_address.get(resource)
        if start is None or not (fragment == "" or fragment.startswith("/")):
            return None
        return _pointed_at(start, unquote(fragment))

    def inside(self, place: Place) -> Iterator[tuple[Part, Place]]:
        """The schemas directly inside, each with its own base."""
        if isinstance(place.schema, dict):
            for part in parts(place.schema):
                yield part, Place(part.schema, _base_of(part.schema, place.base), f"{place.address}/{part.place}")

    def part(self, place: Place, *path: str | int) -> Place:
        """The schema at a path inside, which exists."""
        schema = place.schema
        for step in path:
            schema = schema[step]
        way = "".join(f"/{quoted(str(step))}" for step in path)
        return Place(schema, _base_of(schema, place.base), place.address + way)

    def references_of(self, place: Place) -> Iterator[str]:
        """What it refers to directly, in its words."""
        if isinstance(place.schema, dict):
            for keyword in REFERENCES:
                if isinstance(said := place.schema.get(keyword), str):
                    yield said

    def _index(self, schema: Any, address: str) -> str:
        """Keeps it and every schema with an address inside it; answers the base of the first."""
        base = _base_of(schema, address)
        first = Place(schema, base, f"{base}#")
        self._by_address[address] = first
        waiting = [first]
        while waiting:
            place = waiting.pop()
            self._parts += 1
            check_parts(self._parts)
            if isinstance(place.schema, dict):
                self._keep(place)
            waiting += [inner for _, inner in self.inside(place)]
        return base

    def _keep(self, place: Place) -> None:
        # Its own base differs from the outer one if it has an id; to keep it under it once more does no harm.
        if isinstance(place.schema.get("$id") or place.schema.get("id"), str):
            self._by_address.setdefault(place.base, place)
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(name := place.schema.get(keyword), str):
                self._by_address.setdefault(f"{place.base}#{name}", place)
        if isinstance(said := place.schema.get("$id"), str) and said.startswith("#"):
            self._by_address.setdefault(urljoin(place.base, said), place)  # an anchor, as drafts 6 and 7 write it

    def _check_references(self) -> None:
        seen: set[tuple[int, str]] = set()
        waiting = [self.root, *(self._by_address[address] for address in self.resources)]
        while waiting:
            place = waiting.pop()
            key = (id(place.schema), place.base)
            if key in seen:
                continue
            seen.add(key)
            waiting += [inner for _, inner in self.inside(place)]
            for said in self.references_of(place):
                found = self.resolve(place, said) or self._by_name(place, said)
                if found is None:
                    raise refused(_dangling(said))
                waiting.append(found)

    def _by_name(self, place: Place, said: str) -> Place | None:
        """A reference that is named by the words of the `$ref`, wherever these lead from its place."""
        name = urldefrag(said)[0]
        if name not in self._references:
            return None
        address = urldefrag(urljoin(place.base, name))[0]
        self.resources[address] = self._references[name]
        self._index(self._references[name], address)
        return self.resolve(place, said)

    def _check_steps(self) -> None:
        """Refuses what looks at one value too often: references that branch multiply with each level."""
        if _Steps(self).of(self.root) > SCHEMA_STEPS_MAX:
            raise refused(
                f"its references branch so often that checking one value would take more than {SCHEMA_STEPS_MAX} steps"
            )


class _Loops:
    """Whether a schema comes to itself again while it looks at one and the same value."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._done: set[int] = set()
        self._open: set[int] = set()

    def has(self, place: Place) -> bool:
        """Anywhere in it."""
        key = id(place.schema)
        if key in self._done:
            return False
        if key in self._open:
            return True
        self._open.add(key)
        deeper: list[Place] = []
        for part, inner in self._documents.inside(place):
            if part.looks_at != "same":
                deeper.append(inner)
            elif self.has(inner):
                return True
        for said in self._documents.references_of(place):
            found = self._documents.resolve(place, said)
            if found is not None and self.has(found):
                return True
        self._open.discard(key)
        self._done.add(key)
        # What is inside the value is another value: a search of its own.
        return any(self._apart(inner) for inner in deeper)

    def _apart(self, place: Place) -> bool:
        above, self._open = self._open, set()
        try:
            return self.has(place)
        finally:
            self._open = above


class _Steps:
    """How often one value may be looked at. Recursion counts once: the engine remembers what it is looking at."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._known: dict[int, int] = {}

    def of(self, place: Place) -> int:
        """Counted no further than the limit."""
        key = id(place.schema)
        if key in self._known:
            return self._known[key]
        self._known[key] = 0  # while it is being counted
        steps, named = 1, 0
        for part, inner in self._documents.inside(place):
            if part.looks_at == "named":
                named = max(named, self.of(inner))
            elif part.looks_at != "none":
                steps += self.of(inner)
        for said in self._documents.references_of(place):
            found = self._documents.resolve(place, said)
            steps += self.of(found) if found is not None else 0
        self._known[key] = min(steps + named, SCHEMA_STEPS_MAX + 1)
        return self._known[key]


def _draft_of(root: Any) -> int:
    said = root.get("$schema") if isinstance(root, dict) else None
    if said is None:
        return NEWEST
    draft = DRAFTS.get(str(said).removesuffix("#"))
    if draft is None:
        raise refused(f"$schema {said!r} is none of {', '.join(DRAFTS)}")
    return draft


def _base_of(schema: Any, outer: str) -> str:
    if not isinstance(schema, dict):
        return outer
    said = schema.get("$id", schema.get("id"))
    if not isinstance(said, str) or said.startswith("#"):
        return outer
    return urldefrag(urljoin(outer, said))[0]


def _pointed_at(start: Place, pointer: str) -> Place | None:
    schema, base, address = start.schema, start.base, start.address
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(schema, dict) and name in schema:
            schema = schema[name]
        elif isinstance(schema, list) and name.isdecimal() and int(name) < len(schema):
            schema = schema[int(name)]
        else:
            return None
        base = _base_of(schema, base)
        address += f"/{quoted(name)}"
    return Place(schema, base, address) if isinstance(schema, (dict, bool)) else None


def _dangling(said: str) -> str:
    if said.startswith("#"):
        return f"$ref {said!r} points to nothing in it"
    return f"$ref {said!r} is none of its references: give it as a reference of that name; nothing is fetched"
