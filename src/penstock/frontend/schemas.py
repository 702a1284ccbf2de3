"""Schemas are registered, compared with those before, found by their text, and deleted."""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import structs

from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.schema_book import SchemaBook
from penstock.frontend.schema_calls import EVERY_VERSION, LATEST, Registered, SchemaCall, Verdict
from penstock.frontend.schema_checks import check_number, check_schema, check_subject, check_type, settled_object
from penstock.model.errors import Unavailable
from penstock.model.schema import (
    Compatibility,
    SchemaContent,
    SchemaReference,
    SchemaSubject,
    SchemaVersion,
    StoredSchema,
    is_descriptor,
)
from penstock.model.schema_changes import missing_reference
from penstock.model.schema_errors import InvalidSchema, NoSchema, NoSubject, NoVersion, SchemaIncompatible
from penstock.ports.schema_format import Schema
from penstock.ports.schemas import Schemas

_TRIES_MAX: Final = 20


class SchemaDesk:
    """Its methods raise `InvalidInput` and `Unavailable` beside what they name."""

    def __init__(self, schemas: Schemas, names: LambdaBook, book: SchemaBook) -> None:
        self._schemas, self._names, self._book = schemas, names, book

    async def register(self, call: SchemaCall) -> Registered:
        """A version of the subject with this schema, a new one if none has it; durable when it returns.

        Raises `InvalidSchema`, `SchemaIncompatible`, `SchemasReadOnly`.
        """
        check_schema(call)
        namespace_id = await self._names.namespace_id(call.namespace)
        content = await self._content(namespace_id, call)
        for _ in range(_TRIES_MAX):
            subject = await self._book.subject(namespace_id, call.subject)
            standing = subject.holding(content.guid)
            if standing is None:
                await self._refuse_what_cannot_follow(namespace_id, subject, content)
                standing = await self._schemas.register(namespace_id, subject.name, content, subject.edition)
                self._book.added(namespace_id, subject, standing)
            if standing is not None:
                stored = self._book.keep(namespace_id, StoredSchema(standing.schema_id, content, standing.guid))
                return Registered(subject.name, standing, stored)
        raise Unavailable(f"others register under subject {call.subject!r} at the same moment; try again")

    async def check(self, call: SchemaCall, version: int = EVERY_VERSION) -> Verdict:
        """Whether it could follow one version, or those against which the subject's level is checked.

        Raises `InvalidSchema`, `NoSubject`, `NoVersion`.
        """
        check_schema(call)
        namespace_id = await self._names.known_namespace_id(call.namespace)
        content = await self._content(namespace_id, call)
        subject = await self._book.subject(namespace_id, call.subject)
        _, rules = await self._book.rules(namespace_id, call.subject)
        level = rules.compatibility or Compatibility.NONE
        if version == EVERY_VERSION:
            older = _older(subject, level)
        elif version == LATEST:
            older = subject.live[-1:]
        else:
            older = [_live(subject, check_number(version))]
        return Verdict(level, tuple(await self._reasons(namespace_id, level, content, older)))

    async def look_up(self, call: SchemaCall, with_deleted: bool = False) -> Registered:
        """The version of the subject with this schema; raises `InvalidSchema`, `NoSubject`, `NoSchema`."""
        check_schema(call)
        namespace_id = await self._names.known_namespace_id(call.namespace)
        content = await self._content(namespace_id, call)
        subject = await self._book.subject(namespace_id, call.subject)
        if not (subject.versions if with_deleted else subject.live):
            raise NoSubject(call.subject)
        version = subject.holding(content.guid, with_deleted)
        if version is None:
            raise NoSchema(f"subject {call.subject!r} has no version with this schema")
        return Registered(subject.name, version, await self._book.by_id(namespace_id, version.schema_id))

    async def delete(self, namespace: str, subject: str, version: int | None, permanent: bool) -> Sequence[int]:
        """Delete one version, or with None all, softly or, what is deleted softly, for good; their numbers.

        Raises what `ports.schemas.Schemas.delete` does.
        """
        check_subject(subject)
        namespace_id = await self._names.known_namespace_id(namespace)
        standing = await self._book.subject(namespace_id, subject)
        if version == LATEST:
            version = (standing.latest or _refuse_nothing(standing)).number
        numbers = await self._schemas.delete(
            namespace_id, subject, version if version is None else check_number(version), permanent
        )
        self._book.forget(namespace_id, standing)
        return numbers

    async def _content(self, namespace_id: int, call: SchemaCall) -> SchemaContent:
        content = SchemaContent(
            check_type(call.type),
            call.text,
            tuple([await self._settled(namespace_id, each) for each in call.references]),
            settled_object("metadata", call.metadata),
            settled_object("rules", call.rules),
        )
        if not (call.normalize or is_descriptor(content.type, content.text)):
            return content
        return structs.replace(content, text=(await self._book.read(namespace_id, content)).canonical)

    async def _settled(self, namespace_id: int, reference: SchemaReference) -> SchemaReference:
        """The latest version by its number."""
        if reference.version != LATEST:
            return reference
        latest = (await self._book.subject(namespace_id, reference.subject)).latest
        if latest is None:
            raise missing_reference(structs.replace(reference, version=1))
        return structs.replace(reference, version=latest.number)

    async def _refuse_what_cannot_follow(
        self, namespace_id: int, subject: SchemaSubject, content: SchemaContent
    ) -> None:
        _, rules = await self._book.rules(namespace_id, subject.name)
        level = rules.compatibility or Compatibility.NONE
        reasons = await self._reasons(namespace_id, level, content, _older(subject, level))
        if reasons:
            raise SchemaIncompatible(subject.name, level, reasons)

    async def _reasons(
        self, namespace_id: int, level: Compatibility, content: SchemaContent, older: Sequence[SchemaVersion]
    ) -> list[str]:
        """Why it cannot follow these, each with the version that says so. Others have their turn in between."""
        new = await self._book.read(namespace_id, content)
        reasons: list[str] = []
        for version in older if level is not Compatibility.NONE else ():
            stored = await self._book.by_id(namespace_id, version.schema_id)
            if stored.content.type is not content.type:
                reasons.append(f"version {version.number} is {stored.content.type}, and this one {content.type}")
                continue
            try:
                old = await self._book.read(namespace_id, stored.content)
            except InvalidSchema as error:
                reasons.append(f"version {version.number} cannot be read any more: {error}")
                continue
            reasons += [f"version {version.number}: {each}" for each in reasons_against(level, new, old)]
            await asyncio.sleep(0)
        return reasons


def reasons_against(level: Compatibility, new: Schema, old: Schema) -> list[str]:
    """Why a schema cannot follow another at this level; empty: it can."""
    reasons: list[str] = []
    if level.new_reads_old:
        reasons += [f"what it wrote cannot be read with this one: {each}" for each in new.cannot_read(old)]
    if level.old_reads_new:
        reasons += [f"what this one writes cannot be read with it: {each}" for each in old.cannot_read(new)]
    return reasons


def _older(subject: SchemaSubject, level: Compatibility) -> Sequence[SchemaVersion]:
    """Against which a level is checked."""
    return subject.live if level.is_transitive else subject.live[-1:]


def _live(subject: SchemaSubject, number: int) -> SchemaVersion:
    if not subject.live:
        raise NoSubject(subject.name)
    version = subject.numbered(number)
    if version is None or version.is_deleted:
        raise NoVersion(subject.name, number)
    return version


def _refuse_nothing(subject: SchemaSubject) -> SchemaVersion:
    raise NoSubject(subject.name)
