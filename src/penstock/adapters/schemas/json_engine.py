"""The engine that checks JSON: compiled, without any way to fetch, with patterns in linear time."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

from penstock.adapters.schemas.budget import refused
from penstock.adapters.schemas.json_documents import HOME, NOWHERE, Documents, Place
from penstock.adapters.schemas.misfit import shown
from penstock.model.errors import InvalidInput

_PATTERN_BYTES_MAX: Final = 1024 * 1024
"""what one compiled pattern may take"""
_PATTERNS: Final = jsonschema_rs.RegexOptions(size_limit=_PATTERN_BYTES_MAX, dfa_size_limit=_PATTERN_BYTES_MAX)
_DRAFTS: Final = {
    4: jsonschema_rs.Draft4Validator,
    6: jsonschema_rs.Draft6Validator,
    7: jsonschema_rs.Draft7Validator,
    2019: jsonschema_rs.Draft201909Validator,
    2020: jsonschema_rs.Draft202012Validator,
}
_NUMBERS: Final = {4: 4, 6: 6, 7: 7, 2019: 19, 2020: 20}


class JsonEngine:
    """One schema, compiled. Raises `InvalidInput("schema", ...)` for what is none."""

    def __init__(self, documents: Documents) -> None:
        self._validator = _compiled(documents, documents.root.schema, HOME, documents.resources)

    def problem(self, value: Any) -> tuple[str, str] | None:
        """Where and what the first mistake is; None for a value of the schema."""
        if self._validator.is_valid(value):
            return None
        try:
            self._validator.validate(value)
        except jsonschema_rs.ValidationError as error:
            return _place(error.instance_path), _shortened(error.message)
        return None


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern that was found good is somewhere in the text."""
    return bool(_pattern(pattern).is_valid(text))


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> Any:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=_PATTERNS)


def taker(documents: Documents, place: Place) -> Callable[[Any], bool]:
    """Tells whether something is a value of a schema: one somewhere inside, or one that refers to nothing."""
    resources = {**documents.resources, documents.root.base: documents.root.schema}
    schema = place.schema if place.address == NOWHERE else {"$ref": place.address}
    taken: Callable[[Any], bool] = _compiled(documents, schema, f"{HOME}part", resources).is_valid
    return taken


def _compiled(documents: Documents, schema: Any, base: str, resources: Mapping[str, Any]) -> Any:
    try:
        registry = jsonschema_rs.Registry(list(resources.items()), draft=_NUMBERS[documents.draft], retriever=_never)
        return _DRAFTS[documents.draft](
            schema,
            registry=registry,
            base_uri=base,
            pattern_options=_PATTERNS,
            mask="it",  # a sentence holds nothing of a payload
            validate_formats=False,  # a format is a note, as most validators have it
            offline=True,
        )
    except jsonschema_rs.ValidationError as error:
        raise _refusal(error) from None
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise refused(_shortened(str(error).partition("\n")[0])) from None


def _refusal(error: jsonschema_rs.ValidationError) -> InvalidInput:
    place = _place(error.instance_path) or "the schema"
    if "regex" in error.message:
        return refused(
            f"{place}: the pattern {shown(error.instance)} cannot be matched in linear time: "
            "write it without looking ahead or behind, without \\1, and with small counts"
        )
    return refused(f"{place}: {_shortened(error.message)}")


def _never(address: str) -> Any:
    raise ValueError(f"{address} is none of its references; nothing is fetched")


def _place(path: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _shortened(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:300]}..."
