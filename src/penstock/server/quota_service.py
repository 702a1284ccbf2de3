"""The part of gRPC service Frontend that takes orders about quotas."""

from typing import Any

import grpc

from penstock.frontend.quota_calls import QuotaCall, QuotasStanding
from penstock.frontend.quotas import QuotaDesk
from penstock.server.caller import actor
from penstock.server.refusals import answers_errors
from penstock.wire.quota_codec import quota_line_to_wire, quota_to_wire
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

Context = grpc.aio.ServicerContext[Any, Any]


class QuotaService(pb_grpc.FrontendServicer):
    """One method for each call; every error is a status with a sentence."""

    def __init__(self, desk: QuotaDesk) -> None:
        self._quotas = desk

    @answers_errors
    async def SetQuota(self, request: pb.SetQuotaRequest, _context: Context) -> pb.SetQuotaReply:  # noqa: N802 - the wire's names, here and below
        standing = await self._quotas.order(
            QuotaCall(
                namespace=request.namespace,
                lambda_name=getattr(request, "lambda"),
                kind=request.kind,
                priority=request.priority,
                amount=request.amount if request.HasField("amount") else None,
                burst=request.burst,
                reason=request.reason,
                who=actor(request.who),
                request_token=request.request_token,
            )
        )
        return pb.SetQuotaReply(quotas=_to_wire(standing))

    @answers_errors
    async def ListQuotas(self, request: pb.ListQuotasRequest, _context: Context) -> pb.ListQuotasReply:  # noqa: N802
        standing = await self._quotas.standing(request.namespace, getattr(request, "lambda"))
        return pb.ListQuotasReply(quotas=_to_wire(standing))

    @answers_errors
    async def QuotaHistory(self, request: pb.QuotaHistoryRequest, _context: Context) -> pb.QuotaHistoryReply:  # noqa: N802
        lines = await self._quotas.trail(
            request.namespace, getattr(request, "lambda"), request.before_version, request.limit
        )
        return pb.QuotaHistoryReply(lines=[quota_line_to_wire(line) for line in lines])


def _to_wire(standing: QuotasStanding) -> list[pb.Quota]:
    return [quota_to_wire(quota, quota in standing.in_force) for quota in standing.quotas]
