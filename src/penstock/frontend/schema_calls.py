"""What is asked about schemas and answered, in the shape of the wire but free of it."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from penstock.model.schema import Compatibility, SchemaMode, SchemaReference, SchemaRules, SchemaVersion, StoredSchema
from penstock.ports.schemas import Which

LATEST: Final = -1
"""in place of a version's number"""
EVERY_VERSION: Final = 0
"""the same: those against which the level of a subject is checked"""
NO_LIMIT: Final = -1


class SchemaCall(Struct, frozen=True):
    """A schema for a subject. `references` may say `LATEST`. `metadata`, `rules`: JSON objects, or nothing."""

    namespace: str
    subject: str
    type: str
    text: str
    references: Sequence[SchemaReference] = ()
    metadata: str = ""
    rules: str = ""
    normalize: bool = False
    """its normal text stands for it"""


class Registered(Struct, frozen=True):
    """A version of a subject with its schema."""

    subject: str
    version: SchemaVersion
    schema: StoredSchema


class Verdict(Struct, frozen=True):
    """Whether a schema could follow. `reasons`: sentences, none when it could."""

    level: Compatibility
    reasons: tuple[str, ...] = ()

    @property
    def is_compatible(self) -> bool:
        """Nothing speaks against it."""
        return not self.reasons


class Rules(Struct, frozen=True):
    """What counts for a subject or a namespace, and what of it is said of just this one."""

    compatibility: Compatibility
    mode: SchemaMode
    own: SchemaRules


class Page(Struct, frozen=True):
    """Which part of a list: from `offset` on, at most `limit`, `NO_LIMIT`: as many as one call lists."""

    offset: int = 0
    limit: int = NO_LIMIT


class SubjectsCall(Struct, frozen=True):
    """Which subjects to list."""

    namespace: str
    prefix: str = ""
    which: Which = Which.LIVE
    page: Page = Page()
