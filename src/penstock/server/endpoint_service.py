"""The part of gRPC service Frontend that keeps endpoints."""

from typing import Any, Final

import grpc

from penstock.frontend.endpoints import EndpointDesk, EndpointMade
from penstock.server.refusals import answers_errors
from penstock.wire.endpoint_codec import endpoint_to_wire, spec_from_wire
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

Context = grpc.aio.ServicerContext[Any, Any]

BOTH_S: Final = 86_400.0


class EndpointService(pb_grpc.FrontendServicer):
    """One method for each call; every error is a status with a sentence."""

    def __init__(self, desk: EndpointDesk) -> None:
        self._endpoints = desk

    @answers_errors
    async def PutEndpoint(self, request: pb.PutEndpointRequest, _context: Context) -> pb.PutEndpointReply:  # noqa: N802 - the wire's names, here and below
        spec = spec_from_wire(request.spec)
        return _made(await self._endpoints.put(request.namespace, getattr(request, "lambda"), spec, request.secret))

    @answers_errors
    async def ListEndpoints(self, request: pb.ListEndpointsRequest, _context: Context) -> pb.ListEndpointsReply:  # noqa: N802
        seen = await self._endpoints.standing(request.namespace, getattr(request, "lambda"))
        return pb.ListEndpointsReply(endpoints=[endpoint_to_wire(each.endpoint, each.health) for each in seen])

    @answers_errors
    async def RemoveEndpoint(self, request: pb.RemoveEndpointRequest, _context: Context) -> pb.RemoveEndpointReply:  # noqa: N802
        await self._endpoints.remove(request.namespace, getattr(request, "lambda"))
        return pb.RemoveEndpointReply()

    @answers_errors
    async def RotateEndpoint(self, request: pb.RotateEndpointRequest, _context: Context) -> pb.PutEndpointReply:  # noqa: N802
        both_s = request.both_s if request.HasField("both_s") else BOTH_S
        name = getattr(request, "lambda")
        return _made(await self._endpoints.rotate(request.namespace, name, both_s, request.secret))

    @answers_errors
    async def SwitchEndpoint(self, request: pb.SwitchEndpointRequest, _context: Context) -> pb.Endpoint:  # noqa: N802
        name = getattr(request, "lambda")
        return endpoint_to_wire(await self._endpoints.switch(request.namespace, name, request.enabled, request.reason))


def _made(made: EndpointMade) -> pb.PutEndpointReply:
    return pb.PutEndpointReply(endpoint=endpoint_to_wire(made.endpoint), secret=made.secret, warnings=made.warnings)
