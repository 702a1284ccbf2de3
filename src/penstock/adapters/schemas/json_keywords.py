"""Where schemas stand inside a JSON Schema, in all drafts from 4 to 2020-12."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

DRAFTS: Final = {
    "http://json-schema.org/draft-04/schema": 4,
    "http://json-schema.org/draft-06/schema": 6,
    "http://json-schema.org/draft-07/schema": 7,
    "https://json-schema.org/draft/2019-09/schema": 2019,
    "https://json-schema.org/draft/2020-12/schema": 2020,
}
NEWEST: Final = 2020
REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")

_SAME_VALUE: Final = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies")
_NAMED_VALUE: Final = ("properties",)
_ANY_INNER_VALUE: Final = (
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "items",
    "prefixItems",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "contentSchema",
)
_NO_VALUE: Final = ("$defs", "definitions")
_MAPS: Final = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"}
)


class Part(Struct, frozen=True):
    """A schema inside another, the pointer to it, and which value it looks at: `same`, `named`, `inner` or `none`."""

    place: str
    schema: Any
    looks_at: str


def parts(schema: dict[str, Any]) -> Iterator[Part]:
    """The schemas directly inside."""
    for keywords, looks_at in (
        (_SAME_VALUE, "same"),
        (_NAMED_VALUE, "named"),
        (_ANY_INNER_VALUE, "inner"),
        (_NO_VALUE, "none"),
    ):
        for keyword in keywords:
            if keyword in schema:
                yield from _in_keyword(keyword, schema[keyword], looks_at)


def quoted(name: str) -> str:
    """One step of a JSON pointer in an address."""
    return quote(name.replace("~", "~0").replace("/", "~1"), safe="~")


def _in_keyword(keyword: str, value: Any, looks_at: str) -> Iterator[Part]:
    if keyword in _MAPS:
        if isinstance(value, dict):
            for name, each in value.items():
                if isinstance(each, (dict, bool)):
                    yield Part(f"{keyword}/{quoted(name)}", each, looks_at)
    elif isinstance(value, list):
        for at, each in enumerate(value):
            if isinstance(each, (dict, bool)):
                yield Part(f"{keyword}/{at}", each, looks_at)
    elif isinstance(value, (dict, bool)):
        yield Part(keyword, value, looks_at)
