"""gRPC service Access: tokens are made, listed and revoked."""

from typing import Any

import grpc

from penstock.frontend.tokens import TokenDesk
from penstock.model.access_token import AccessToken
from penstock.server.caller import current_caller
from penstock.server.refusals import answers_errors
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

Context = grpc.aio.ServicerContext[Any, Any]


class AccessService(pb_grpc.AccessServicer):
    """The desk is told who asks: it answers for that caller's namespaces only."""

    def __init__(self, desk: TokenDesk) -> None:
        self._desk = desk

    @answers_errors
    async def CreateToken(  # noqa: N802 - the wire's names, here and below
        self, request: pb.CreateTokenRequest, _context: Context
    ) -> pb.CreateTokenReply:
        made = await self._desk.create(
            current_caller(), request.name, request.role, list(request.namespaces), request.expires_in_s
        )
        return pb.CreateTokenReply(token=_to_wire(made.token), text=made.text)

    @answers_errors
    async def ListTokens(self, _request: pb.ListTokensRequest, _context: Context) -> pb.ListTokensReply:  # noqa: N802
        tokens = await self._desk.newest(current_caller())
        return pb.ListTokensReply(tokens=[_to_wire(token) for token in tokens])

    @answers_errors
    async def RevokeToken(self, request: pb.RevokeTokenRequest, _context: Context) -> pb.AccessToken:  # noqa: N802
        return _to_wire(await self._desk.revoke(current_caller(), request.id))


def _to_wire(token: AccessToken) -> pb.AccessToken:
    """Fields by the same names."""
    return pb.AccessToken(**{name: getattr(token, name) for name in token.__struct_fields__})
