"""What a schema, its subject and what is said beside it may look like: every check before a language is asked."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from penstock.frontend.schema_calls import LATEST, NO_LIMIT, Page, SchemaCall
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import (
    SCHEMA_BYTES_MAX,
    SCHEMA_EXTRAS_BYTES_MAX,
    SCHEMA_NAMES_MAX,
    SCHEMA_REFERENCE_NAME_BYTES_MAX,
    SCHEMA_REFERENCES_MAX,
    SCHEMA_SUBJECT_BYTES_MAX,
)
from penstock.model.names import check_text
from penstock.model.schema import SchemaReference, SchemaType
from penstock.model.schema_errors import InvalidSchema

Row = TypeVar("Row")
INT32_MAX = 2**31 - 1


def check_subject(name: str, field: str = "subject") -> str:
    """A subject's name: any text that can be printed; raises `InvalidInput`."""
    check_text(field, name, SCHEMA_SUBJECT_BYTES_MAX)
    if not name or not name.isprintable():
        raise InvalidInput(
            field, f"{name[:80]!r} is no name of a subject; use 1 to {SCHEMA_SUBJECT_BYTES_MAX} bytes of text"
        )
    return name


def check_number(number: int) -> int:
    """A version's number, or `LATEST`; raises `InvalidInput`."""
    if number != LATEST and not 1 <= number <= INT32_MAX:
        raise InvalidInput("version", f"{number} is none; use 1 to {INT32_MAX}, or latest")
    return number


def check_type(text: str) -> SchemaType:
    """A language by its name, "": Avro; raises `InvalidSchema`."""
    try:
        return SchemaType((text or SchemaType.AVRO).upper())
    except ValueError:
        raise InvalidSchema("schema_type", f"{text[:40]!r} is none; use one of {', '.join(SchemaType)}") from None


def check_schema(call: SchemaCall) -> None:
    """All but the language's own rules; raises `InvalidInput`, `InvalidSchema`, `LimitExceeded`."""
    check_subject(call.subject)
    check_type(call.type)
    if not call.text.strip():
        raise InvalidSchema("schema", "is empty")
    check_text("schema", call.text, SCHEMA_BYTES_MAX)
    if len(call.references) > SCHEMA_REFERENCES_MAX:
        raise LimitExceeded("references", f"are {len(call.references)}; the limit is {SCHEMA_REFERENCES_MAX}")
    names = [_reference(each).name for each in call.references]
    if len(set(names)) < len(names):
        raise InvalidSchema("references", "name one thing twice; each name has one meaning")


def settled_object(field: str, text: str) -> str:
    """A JSON object with its keys in order, "" for none; raises `InvalidInput`."""
    if not text:
        return ""
    check_text(field, text, SCHEMA_EXTRAS_BYTES_MAX)
    try:
        value: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InvalidInput(field, "is no JSON object")
    return msgspec.json.encode(value, order="deterministic").decode() if value else ""


def check_page(page: Page) -> tuple[int, int]:
    """Offset and limit; raises `InvalidInput`."""
    if not 0 <= page.offset <= INT32_MAX:
        raise InvalidInput("offset", f"{page.offset} is outside of 0 to {INT32_MAX}")
    return page.offset, SCHEMA_NAMES_MAX if page.limit < 0 or page.limit == NO_LIMIT else min(
        page.limit, SCHEMA_NAMES_MAX
    )


def cut(rows: Sequence[Row], page: Page) -> list[Row]:
    """That part of a list."""
    offset, limit = check_page(page)
    return list(rows[offset : offset + limit])


def _reference(reference: SchemaReference) -> SchemaReference:
    check_text("references", reference.name, SCHEMA_REFERENCE_NAME_BYTES_MAX)
    if not reference.name:
        raise InvalidSchema("references", "hold one without a name: that by which the schema calls it")
    check_subject(reference.subject, "references")
    check_number(reference.version)
    return reference
