"""Schemas, the subjects under which they have versions, and how versions follow one another."""

import re
from collections.abc import Mapping
from enum import StrEnum, unique
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec import Struct

WHOLE_NAMESPACE: Final = ""
"""in place of a subject: what is said of all that nobody has said anything else of"""


@unique
class SchemaType(StrEnum):
    """The language of a schema. The words are stored."""

    AVRO = "AVRO"
    JSON = "JSON"
    PROTOBUF = "PROTOBUF"


@unique
class Compatibility(StrEnum):
    """Which versions must be able to read what others wrote. The words are stored."""

    NONE = "NONE"
    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"

    @property
    def new_reads_old(self) -> bool:
        """Whether a new version must read what older ones wrote."""
        return self.startswith(("BACKWARD", "FULL"))

    @property
    def old_reads_new(self) -> bool:
        """Whether older versions must read what a new one writes."""
        return self.startswith(("FORWARD", "FULL"))

    @property
    def is_transitive(self) -> bool:
        """Whether all older versions count, and not the latest alone."""
        return self.endswith("_TRANSITIVE")


@unique
class SchemaMode(StrEnum):
    """Whether a subject takes new versions and deletions. The words are stored."""

    READWRITE = "READWRITE"
    READONLY = "READONLY"


class SchemaReference(Struct, frozen=True):
    """What another schema says of a version: `name` is what it calls it."""

    name: str
    subject: str
    version: int


class SchemaContent(Struct, frozen=True):
    """A schema as it was given. Two of equal content are one schema, under however many subjects."""

    type: SchemaType
    text: str
    references: tuple[SchemaReference, ...] = ()
    metadata: str = ""
    """a JSON object, or "" """
    rules: str = ""
    """a JSON object, or ""; kept for clients, which follow them"""

    @property
    def guid(self) -> bytes:
        """The 16 bytes of a UUID, the same on every platform. Blanks between the words of JSON say nothing."""
        told = [self.type.value, settled(self.type, self.text), self.references, self.metadata, self.rules]
        digest = bytearray(blake2b(msgspec.msgpack.encode(told), digest_size=16).digest())
        digest[6] = digest[6] & 0x0F | 0x80  # version 8: made as its maker likes
        digest[8] = digest[8] & 0x3F | 0x80
        return bytes(digest)


class StoredSchema(Struct, frozen=True):
    """A schema with its number, which no other on this platform ever has."""

    id: int
    content: SchemaContent
    guid: bytes


class SchemaVersion(Struct, frozen=True):
    """One version of a subject. One that is deleted softly can still be read, and its number is never given again."""

    number: int
    schema_id: int
    guid: bytes
    is_deleted: bool = False


class SchemaSubject(Struct, frozen=True):
    """A subject with all of its versions, by number. `edition` rises with every change of them; 0: nobody made it."""

    name: str
    edition: int = 0
    last_version: int = 0
    versions: tuple[SchemaVersion, ...] = ()

    @property
    def live(self) -> tuple[SchemaVersion, ...]:
        """Those that are not deleted."""
        return tuple(each for each in self.versions if not each.is_deleted)

    @property
    def latest(self) -> SchemaVersion | None:
        """The newest that is not deleted."""
        return self.live[-1] if self.live else None

    def numbered(self, number: int) -> SchemaVersion | None:
        """The version of that number, deleted softly or not."""
        return next((each for each in self.versions if each.number == number), None)

    def holding(self, guid: bytes, with_deleted: bool = False) -> SchemaVersion | None:
        """The newest version with that content."""
        versions = self.versions if with_deleted else self.live
        return next((each for each in reversed(versions) if each.guid == guid), None)


class SchemaPlace(Struct, frozen=True):
    """Where a schema stands as a version."""

    subject: str
    version: int
    is_deleted: bool = False


class SchemaRules(Struct, frozen=True):
    """What is said of a subject, or of a whole namespace; None: nothing."""

    compatibility: Compatibility | None = None
    mode: SchemaMode | None = None

    def over(self, general: "SchemaRules") -> "SchemaRules":
        """What counts, where the general word stands for what is not said here."""
        return SchemaRules(self.compatibility or general.compatibility, self.mode or general.mode)


DEFAULT_RULES: Final = SchemaRules(Compatibility.BACKWARD, SchemaMode.READWRITE)


class Association(Struct, frozen=True):
    """Says which subject a resource of another system, such as a topic, uses for its keys or values."""

    resource_id: str
    resource_type: str
    association_type: str
    resource_name: str
    resource_namespace: str
    subject: str
    lifecycle: str = "STRONG"
    is_frozen: bool = False


_JSON_BLANKS: Final = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\n\r]+', re.DOTALL)
_IS_JSON: Final[Mapping[SchemaType, bool]] = MappingProxyType(
    {SchemaType.AVRO: True, SchemaType.JSON: True, SchemaType.PROTOBUF: False}
)

_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")


def is_descriptor(language: SchemaType, text: str) -> bool:
    """Whether a Protobuf schema came in its binary form, in base64: no text of a .proto file has letters only."""
    return language is SchemaType.PROTOBUF and _BASE64.fullmatch(text) is not None


def settled(language: SchemaType, text: str) -> str:
    """The text without what says nothing: blanks around it, and in JSON between its words."""
    if _IS_JSON[language]:
        return _JSON_BLANKS.sub(lambda found: found[1] or "", text)
    return text.strip()
