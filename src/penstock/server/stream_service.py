"""The part of gRPC service Frontend that is about streams and their events."""

from typing import Any

import grpc

from penstock.frontend.event_calls import EventGroup, PingCall, PingGroup, PublishCall, ReadCall
from penstock.frontend.ping import PingDesk
from penstock.frontend.publish import PublishDesk
from penstock.frontend.stream_schemas import StreamSchemaDesk
from penstock.frontend.streams import StreamDesk
from penstock.model.errors import InvalidInput
from penstock.server.refusals import answers_errors
from penstock.wire.event_codec import count_to_wire, event_to_wire, head_to_wire, hold_from_wire, stream_to_wire
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

Context = grpc.aio.ServicerContext[Any, Any]


class StreamService(pb_grpc.FrontendServicer):
    """One method for each call; every error is a status with a sentence."""

    def __init__(self, publish: PublishDesk, streams: StreamDesk, pings: PingDesk, schemas: StreamSchemaDesk) -> None:
        self._publish, self._streams, self._pings, self._stream_schemas = publish, streams, pings, schemas

    @answers_errors
    async def Publish(self, request: pb.PublishRequest, _context: Context) -> pb.PublishReply:  # noqa: N802 - the wire's names, here and below
        groups = [_group(group) for group in request.groups]
        answer = await self._publish.publish(PublishCall(request.namespace, groups, request.request_token))
        return pb.PublishReply(sequences=answer.sequences, existing=answer.existing)

    @answers_errors
    async def ListStreams(self, request: pb.ListStreamsRequest, _context: Context) -> pb.ListStreamsReply:  # noqa: N802
        page = await self._streams.list_streams(
            request.namespace, request.stream, request.page_size, request.page_token
        )
        return pb.ListStreamsReply(
            streams=[count_to_wire(each) for each in page.streams], next_page_token=page.next_page_token
        )

    @answers_errors
    async def SetStream(self, request: pb.SetStreamRequest, _context: Context) -> pb.Stream:  # noqa: N802
        hold = hold_from_wire(request)
        return stream_to_wire(await self._streams.set_stream(request.namespace, request.stream, request.keep_s, hold))

    @answers_errors
    async def SetStreamSchema(self, request: pb.SetStreamSchemaRequest, _context: Context) -> pb.Stream:  # noqa: N802
        if not request.HasField("subject"):
            raise InvalidInput("subject", 'is not said; "" has the stream take data of any kind')
        named = await self._stream_schemas.name(request.namespace, request.stream, request.subject)
        return stream_to_wire(named)

    @answers_errors
    async def ListSubjects(self, request: pb.ListSubjectsRequest, _context: Context) -> pb.ListSubjectsReply:  # noqa: N802
        page = await self._streams.list_subjects(
            request.namespace, request.stream, request.page_size, request.page_token
        )
        return pb.ListSubjectsReply(
            subjects=[head_to_wire(each) for each in page.subjects], next_page_token=page.next_page_token
        )

    @answers_errors
    async def ReadEvents(self, request: pb.ReadEventsRequest, _context: Context) -> pb.ReadEventsReply:  # noqa: N802
        page = await self._streams.read(
            ReadCall(
                request.namespace,
                request.stream,
                request.subject,
                request.after,
                request.page_size,
                request.page_token,
            )
        )
        return pb.ReadEventsReply(
            events=[event_to_wire(each) for each in page.events],
            next_page_token=page.next_page_token,
            head=page.head,
        )

    @answers_errors
    async def Ping(self, request: pb.PingRequest, _context: Context) -> pb.PingReply:  # noqa: N802
        groups = [PingGroup(group.stream, list(group.subjects), list(group.sequences)) for group in request.groups]
        return pb.PingReply(subjects=await self._pings.ping(PingCall(request.namespace, groups)))


def _group(group: pb.EventGroup) -> EventGroup:
    return EventGroup(
        group.stream,
        list(group.data),
        list(group.subjects),
        list(group.types),
        list(group.sources),
        list(group.ids),
        list(group.times_us),
        list(group.content_types),
        [dict(each.attributes) for each in group.extensions],
        list(group.expected),
    )
