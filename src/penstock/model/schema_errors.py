"""What can be wrong about schemas and their subjects, each with a kind of its own: programs tell them apart.

InvalidInput
└── InvalidSchema         no schema of its language, or it refers to what does not stand
NotFound
├── NoSubject             nobody has registered anything under it
├── NoVersion
├── NoSchema              no schema with that id or content
├── SubjectDeleted        all of its versions are deleted softly
├── VersionDeleted        deleted softly
└── NoRule                nothing is said of this subject: what counts for all does
NotPossible
├── SubjectNotDeleted     only what was deleted softly is deleted for good
├── VersionNotDeleted     the same
├── SchemaInUse           others refer to it
├── SchemaIncompatible    versions of its subject and it could not read one another
└── SchemasReadOnly       an operator allows no change
"""

from collections.abc import Sequence

from penstock.model.errors import InvalidInput, NotFound, NotPossible


class InvalidSchema(InvalidInput):
    """It is no schema of its language, or refers to what does not stand."""


class NoSubject(NotFound):
    """Nobody has registered anything under it."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"no subject {subject!r} in this namespace; the first schema that is registered makes it")


class NoVersion(NotFound):
    """The subject has no such version."""

    def __init__(self, subject: str, number: int) -> None:
        super().__init__(f"subject {subject!r} has no version {number}")


class NoSchema(NotFound):
    """No schema with that id or content."""


class SubjectDeleted(NotFound):
    """All of its versions are deleted softly."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"subject {subject!r} was deleted softly; delete it permanently, or register a schema anew")


class VersionDeleted(NotFound):
    """Deleted softly."""

    def __init__(self, subject: str, number: int) -> None:
        super().__init__(f"version {number} of subject {subject!r} was deleted softly; it can be deleted permanently")


class NoRule(NotFound):
    """Nothing is said of this subject."""

    def __init__(self, subject: str, what: str) -> None:
        super().__init__(f"subject {subject!r} has no {what} of its own; that of the namespace counts")


class SubjectNotDeleted(NotPossible):
    """Only what was deleted softly is deleted for good."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"subject {subject!r} has versions that are not deleted; delete it softly first")


class VersionNotDeleted(NotPossible):
    """Only what was deleted softly is deleted for good."""

    def __init__(self, subject: str, number: int) -> None:
        super().__init__(f"version {number} of subject {subject!r} is not deleted; delete it softly first")


class SchemaInUse(NotPossible):
    """Others refer to it."""

    def __init__(self, subject: str, number: int, ids: Sequence[int]) -> None:
        told = ", ".join(str(each) for each in ids[:5]) + (", ..." if len(ids) > 5 else "")
        super().__init__(f"version {number} of subject {subject!r} is referred to by the schemas with the ids {told}")


class SchemaIncompatible(NotPossible):
    """Versions of its subject and it could not read one another; `reasons` say why."""

    def __init__(self, subject: str, level: str, reasons: Sequence[str]) -> None:
        told = "; ".join(reasons[:5]) + (f"; and {len(reasons) - 5} more" if len(reasons) > 5 else "")
        super().__init__(f"the schema is incompatible with what stands under subject {subject!r} ({level}): {told}")
        self.reasons = tuple(reasons)


class SchemasReadOnly(NotPossible):
    """An operator allows no change."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"subject {subject!r} is read-only; its mode, or that of the namespace, is READONLY")
