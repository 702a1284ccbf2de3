"""The part of gRPC service Frontend that hands completed events over again."""

from typing import Any

import grpc

from penstock.frontend.replay import ReplayDesk
from penstock.frontend.replay_calls import ReplayCall
from penstock.server.caller import actor
from penstock.server.refusals import answers_errors
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1.penstock_pb2_grpc import FrontendServicer


class ReplayService(FrontendServicer):
    """Every error is a status with a sentence."""

    def __init__(self, desk: ReplayDesk) -> None:
        self._replay = desk

    @answers_errors
    async def Replay(  # noqa: N802 - the wire's name
        self, request: pb.ReplayRequest, _context: grpc.aio.ServicerContext[Any, Any]
    ) -> pb.ReplayReply:
        done = await self._replay.replay(
            ReplayCall(
                request.namespace,
                request.subscription,
                actor(request.asked_by),
                request.reason,
                list(request.subjects),
                request.from_sequence,
                request.from_us,
                request.to_sequence,
                request.to_us,
                request.preview,
                request.page_size,
                request.page_token,
            )
        )
        return pb.ReplayReply(
            subjects=done.subjects,
            events=done.events,
            busy=done.busy,
            looked_at=done.looked_at,
            first_us=done.first_us,
            next_page_token=done.next_page_token,
        )
