"""The part of gRPC service Frontend that is the schema registry."""

from typing import Any, Final

import grpc

from penstock.compose.schemas import SchemaDesks
from penstock.frontend.schema_calls import LATEST, Page, Registered, Rules, SchemaCall, SubjectsCall
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import LIST_PAGE_DEFAULT, LIST_PAGE_MAX
from penstock.model.schema_errors import NoSubject
from penstock.ports.schemas import Which
from penstock.server.refusals import answers_errors
from penstock.wire.schema_codec import references_from_wire, schema_to_wire, subject_to_wire, version_to_wire
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from penstock.wire.v1 import schemas_pb2 as pb

Context = grpc.aio.ServicerContext[Any, Any]
_ALL: Final = 0


class SchemaService(pb_grpc.FrontendServicer):
    """One method for each call; every error is a status with a sentence."""

    def __init__(self, desks: SchemaDesks) -> None:
        self._registry = desks

    @answers_errors
    async def RegisterSchema(self, request: pb.RegisterSchemaRequest, _context: Context) -> pb.SchemaVersion:  # noqa: N802 - the wire's names, here and below
        return _version(await self._registry.schemas.register(_call(request.namespace, request)))

    @answers_errors
    async def GetSchema(self, request: pb.GetSchemaRequest, _context: Context) -> pb.SchemaVersion:  # noqa: N802
        named = [field for field in ("id", "guid", "subject") if getattr(request, field)]
        if len(named) != 1:
            raise InvalidInput("id", "is one of three ways to name a schema: use just one of id, guid and subject")
        look = self._registry.look
        if request.id:
            return schema_to_wire(await look.by_id(request.namespace, request.id))
        if request.guid:
            return schema_to_wire(await look.by_guid(request.namespace, request.guid))
        number = request.version or LATEST
        return _version(await look.version(request.namespace, request.subject, number, request.with_deleted))

    @answers_errors
    async def ListSchemas(self, request: pb.ListSchemasRequest, _context: Context) -> pb.ListSchemasReply:  # noqa: N802
        if request.subject and request.prefix:
            raise InvalidInput("prefix", "goes with a list of subjects; leave it out where one is named")
        limit = _limit(request.limit)
        which = Which.ALL if request.with_deleted else Which.LIVE
        page = Page(request.offset, limit + 1)  # one more tells whether there are more
        names = (
            [request.subject]
            if request.subject
            else await self._registry.look.subjects(SubjectsCall(request.namespace, request.prefix, which, page))
        )
        subjects = [await self._subject(request.namespace, name, request.with_deleted) for name in names[:limit]]
        return pb.ListSchemasReply(subjects=subjects, more=len(names) > limit)

    @answers_errors
    async def CheckSchema(self, request: pb.CheckSchemaRequest, _context: Context) -> pb.CheckSchemaReply:  # noqa: N802
        verdict = await self._registry.schemas.check(_call(request.namespace, request.schema), request.version)
        return pb.CheckSchemaReply(
            is_compatible=verdict.is_compatible, reasons=verdict.reasons, compatibility=verdict.level.value
        )

    @answers_errors
    async def DeleteSchema(self, request: pb.DeleteSchemaRequest, _context: Context) -> pb.DeleteSchemaReply:  # noqa: N802
        number = None if request.version == _ALL else request.version
        versions = await self._registry.schemas.delete(request.namespace, request.subject, number, request.permanent)
        return pb.DeleteSchemaReply(versions=versions)

    @answers_errors
    async def SetSchemaRules(self, request: pb.SetSchemaRulesRequest, _context: Context) -> pb.SchemaRules:  # noqa: N802
        if not (request.HasField("compatibility") or request.HasField("mode")):
            raise InvalidInput("compatibility", "and mode are both left out; say at least one of them")
        return _rules(await self._registry.rules.say(request.namespace, request.subject, *_said(request)))

    @answers_errors
    async def GetSchemaRules(self, request: pb.GetSchemaRulesRequest, _context: Context) -> pb.SchemaRules:  # noqa: N802
        return _rules(await self._registry.rules.rules(request.namespace, request.subject))

    async def _subject(self, namespace: str, name: str, with_deleted: bool) -> pb.SchemaSubject:
        subject = await self._registry.look.subject(namespace, name)
        if not (subject.live or with_deleted):
            raise NoSubject(name)
        rules = await self._registry.rules.rules(namespace, name)
        wire = subject_to_wire(subject, with_deleted)
        wire.compatibility, wire.mode = rules.compatibility.value, rules.mode.value
        return wire


def _call(namespace: str, request: pb.RegisterSchemaRequest) -> SchemaCall:
    return SchemaCall(
        namespace,
        request.subject,
        request.schema_type,
        request.schema,
        references_from_wire(request.references),
        request.metadata,
        request.rules,
        request.normalize,
    )


def _version(registered: Registered) -> pb.SchemaVersion:
    return version_to_wire(registered.subject, registered.version, registered.schema)


def _rules(rules: Rules) -> pb.SchemaRules:
    return pb.SchemaRules(
        compatibility=rules.compatibility.value,
        mode=rules.mode.value,
        own_compatibility=rules.own.compatibility or "",
        own_mode=rules.own.mode or "",
    )


def _said(request: pb.SetSchemaRulesRequest) -> tuple[str | None, str | None]:
    return (
        request.compatibility if request.HasField("compatibility") else None,
        request.mode if request.HasField("mode") else None,
    )


def _limit(limit: int) -> int:
    if not 0 <= limit <= LIST_PAGE_MAX:
        raise LimitExceeded("limit", f"{limit} is outside of 1 to {LIST_PAGE_MAX}")
    return limit or LIST_PAGE_DEFAULT
