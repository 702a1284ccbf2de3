"""One request of the registry's REST interface, decoded: what the path, the query and the body say."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, unquote_to_bytes

import msgspec
from msgspec import Struct

from penstock.frontend.schema_calls import LATEST, NO_LIMIT, Page, SchemaCall
from penstock.frontend.schema_checks import INT32_MAX
from penstock.model.errors import InvalidInput
from penstock.model.schema import SchemaReference, SchemaType
from penstock.ports.schemas import Which

Body = TypeVar("Body")
_QUERY_FIELDS_MAX: Final = 100
_INT_CHARS_MAX: Final = 11


class ReferenceBody(Struct, frozen=True):
    """One reference."""

    name: str
    subject: str
    version: int


class SchemaBody(Struct, frozen=True, rename="camel"):
    """A schema as clients send it. What else they say is not looked at."""

    schema: str
    schema_type: str | None = None
    references: tuple[ReferenceBody, ...] | None = None
    metadata: dict[str, Any] | None = None
    rule_set: dict[str, Any] | None = None
    id: int | None = None
    version: int | None = None


class Asked(Struct, frozen=True):
    """`place`: what the path names, such as subject and version; `query`: every value of every name."""

    namespace: str
    place: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    body: bytes = b""

    @property
    def subject(self) -> str:
        """As the path names it; "" where it names none."""
        return self.place.get("subject", "")

    @property
    def version(self) -> int:
        """As the path names it: a number, or `LATEST`; raises `InvalidInput`."""
        text = self.place["version"]
        if text.lower() == "latest":
            return LATEST
        return whole("version", text, "a number, or latest")

    def flag(self, name: str) -> bool:
        """True or false, as any language writes it; raises `InvalidInput`."""
        text = self.text(name).lower()
        if text not in ("", "true", "false"):
            raise InvalidInput("query", f"{name} is {text[:40]!r}; use true or false")
        return text == "true"

    def text(self, name: str) -> str:
        """The last value, "" for none."""
        return (self.query.get(name) or [""])[-1]

    def number(self, name: str, otherwise: int) -> int:
        """A whole number; raises `InvalidInput`."""
        text = self.text(name)
        return whole("query", text, f"{name}: a whole number") if text else otherwise

    @property
    def page(self) -> Page:
        """Which part of a list."""
        return Page(self.number("offset", 0), self.number("limit", NO_LIMIT))

    @property
    def which(self) -> Which:
        """Whether what is deleted softly is meant too, or alone."""
        if self.flag("deleted_only"):
            return Which.DELETED
        return Which.ALL if self.flag("deleted") else Which.LIVE

    @property
    def schema(self) -> SchemaCall:
        """The body's schema for the path's subject; raises `InvalidInput`."""
        return schema_call(self.decoded(SchemaBody), self.namespace, self.subject, self.flag("normalize"))

    def decoded(self, kind: type[Body]) -> Body:
        """The body; raises `InvalidInput`."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
            raise InvalidInput("body", f"is not what this call takes: {_words(error)}") from None


def schema_call(body: SchemaBody, namespace: str, subject: str, normalize: bool) -> SchemaCall:
    """A schema for a subject; raises `InvalidInput`."""
    if body.id is not None and body.id > 0:
        raise InvalidInput("body", "names an id; this registry gives ids itself, leave it out")
    return SchemaCall(
        namespace,
        subject,
        body.schema_type or SchemaType.AVRO,
        body.schema,
        [SchemaReference(each.name, each.subject, each.version) for each in body.references or ()],
        _object(body.metadata),
        _object(body.rule_set),
        normalize,
    )


def whole(field: str, text: str, wanted: str) -> int:
    """A whole number; raises `InvalidInput`."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(text) <= _INT_CHARS_MAX and int(digits) <= INT32_MAX):
        raise InvalidInput(field, f"{text[:40]!r} is not {wanted}")
    return int(text)


def query_of(raw: bytes) -> Mapping[str, Sequence[str]]:
    """Every value of every name; raises `InvalidInput`."""
    found: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_QUERY_FIELDS_MAX
        )
    except ValueError:
        raise InvalidInput("query", f"is no list of at most {_QUERY_FIELDS_MAX} names with values in UTF-8") from None
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def segments_of(raw_path: bytes) -> Sequence[str]:
    """The parts of a path, each decoded by itself: a name may hold a slash. Raises `InvalidInput`."""
    try:
        return [unquote_to_bytes(each).decode() for each in raw_path.strip(b"/").split(b"/") if each]
    except UnicodeDecodeError:
        raise InvalidInput("subject", "is no UTF-8, percent-encoded") from None


def _object(value: dict[str, Any] | None) -> str:
    return msgspec.json.encode(value).decode() if value else ""


def _words(error: Exception) -> str:
    return "it nests too deeply" if isinstance(error, RecursionError) else str(error)[:200]
