"""Which versions of a subject may come and go: the same rules for every store."""

from collections.abc import Sequence

from penstock.model.errors import LimitExceeded
from penstock.model.limits import SCHEMA_VERSIONS_MAX
from penstock.model.schema import DEFAULT_RULES, SchemaMode, SchemaReference, SchemaRules, SchemaSubject
from penstock.model.schema_errors import (
    InvalidSchema,
    NoSubject,
    NoVersion,
    SchemasReadOnly,
    SubjectDeleted,
    SubjectNotDeleted,
    VersionDeleted,
    VersionNotDeleted,
)


def check_writable(subject: str, own: SchemaRules, general: SchemaRules) -> None:
    """Raises `SchemasReadOnly`."""
    if own.over(general).over(DEFAULT_RULES).mode is SchemaMode.READONLY:
        raise SchemasReadOnly(subject)


def next_version(subject: SchemaSubject) -> int:
    """The number of a new version: above every one that was ever given. Raises `LimitExceeded`."""
    if len(subject.versions) >= SCHEMA_VERSIONS_MAX:
        raise LimitExceeded(
            "subject", f"{subject.name!r} has {SCHEMA_VERSIONS_MAX} versions, which is the limit; delete some for good"
        )
    return subject.last_version + 1


def going(subject: SchemaSubject, number: int | None, permanent: bool) -> Sequence[int]:
    """The versions that a deletion means, by number: one, or with None all.

    A version is deleted softly first, and for good then. Raises `NoSubject`, `NoVersion`, and what says that it is
    not its turn: `SubjectDeleted`, `SubjectNotDeleted`, `VersionDeleted`, `VersionNotDeleted`.
    """
    if not subject.versions:
        raise NoSubject(subject.name)
    return _all(subject, permanent) if number is None else [_one(subject, number, permanent)]


def _all(subject: SchemaSubject, permanent: bool) -> Sequence[int]:
    if permanent and subject.live:
        raise SubjectNotDeleted(subject.name)
    if not permanent and not subject.live:
        raise SubjectDeleted(subject.name)
    return [each.number for each in (subject.versions if permanent else subject.live)]


def _one(subject: SchemaSubject, number: int, permanent: bool) -> int:
    version = subject.numbered(number)
    if version is None:
        raise NoVersion(subject.name, number)
    if permanent and not version.is_deleted:
        raise VersionNotDeleted(subject.name, number)
    if not permanent and version.is_deleted:
        raise VersionDeleted(subject.name, number)
    return number


def missing_reference(reference: SchemaReference) -> InvalidSchema:
    """What to raise of a reference to what does not stand."""
    return InvalidSchema(
        "references",
        f"{reference.name[:80]!r} is said to be version {reference.version} of subject {reference.subject[:80]!r}, "
        "which does not stand; register what is referred to first",
    )
