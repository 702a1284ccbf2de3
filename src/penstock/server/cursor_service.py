"""The part of gRPC service Frontend that is about cursors: how far they have come, and orders about them."""

from typing import Any

import grpc

from penstock.frontend.cursor_calls import CursorOrderCall, RefreshShown, VerifyCall
from penstock.frontend.cursor_orders import CursorOrderDesk
from penstock.frontend.cursors import CursorDesk
from penstock.frontend.refresh import RefreshDesk
from penstock.frontend.verify import VerifyDesk
from penstock.model.event_filter import written
from penstock.server.caller import actor
from penstock.server.refusals import answers_errors
from penstock.wire.cursor_codec import (
    event_letter_to_wire,
    filter_failures_to_wire,
    finding_to_wire,
    lag_to_wire,
    loop_to_wire,
    order_to_wire,
    row_to_wire,
    summary_to_wire,
)
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1.penstock_pb2_grpc import FrontendServicer

Context = grpc.aio.ServicerContext[Any, Any]


class CursorService(FrontendServicer):
    """One method for each call; every error is a status with a sentence."""

    def __init__(self, cursors: CursorDesk, verify: VerifyDesk, refresh: RefreshDesk, orders: CursorOrderDesk) -> None:
        self._cursors, self._verify, self._refresh, self._cursor_orders = cursors, verify, refresh, orders

    @answers_errors
    async def GetRefresh(self, request: pb.GetRefreshRequest, _context: Context) -> pb.GetRefreshReply:  # noqa: N802 - the wire's names, here and below
        return _refresh(await self._refresh.show(request.namespace, request.stream, request.findings))

    @answers_errors
    async def StartRefresh(self, request: pb.StartRefreshRequest, _context: Context) -> pb.GetRefreshReply:  # noqa: N802
        return _refresh(await self._refresh.begin(request.namespace, request.stream, actor(request.asked_by)))

    @answers_errors
    async def Verify(self, request: pb.VerifyRequest, _context: Context) -> pb.VerifyReply:  # noqa: N802
        call = VerifyCall(
            request.namespace, request.stream, request.subscription, request.page_size, request.page_token
        )
        page = await self._verify.verify(call)
        return pb.VerifyReply(
            looked_at_us=page.looked_at_us,
            subjects=page.subjects,
            subscriptions=page.subscriptions,
            behind=[lag_to_wire(lag) for lag in page.behind],
            next_page_token=page.next_page_token,
        )

    @answers_errors
    async def ListCursors(self, request: pb.ListCursorsRequest, _context: Context) -> pb.ListCursorsReply:  # noqa: N802
        found = await self._cursors.summaries(request.namespace, request.stream, request.subscription)
        return pb.ListCursorsReply(subscriptions=[summary_to_wire(each.subscription, each.count) for each in found])

    @answers_errors
    async def ShowCursors(self, request: pb.ShowCursorsRequest, _context: Context) -> pb.ShowCursorsReply:  # noqa: N802
        if request.subject:
            place = (request.namespace, request.subscription, request.subject, request.limit)
            shown = await self._cursors.subject(*place)
        else:
            shown = await self._cursors.slowest(request.namespace, request.subscription, request.limit)
        return pb.ShowCursorsReply(
            summary=summary_to_wire(shown.summary.subscription, shown.summary.count),
            rows=[row_to_wire(each) for each in shown.rows],
            letters=[event_letter_to_wire(each) for each in shown.letters],
            orders=[order_to_wire(each) for each in shown.orders],
            waits_for=shown.reason,
            source_head=shown.source_head,
            cursor=shown.cursor,
            filter=written(shown.summary.subscription.spec.wanted),
            filter_failures=filter_failures_to_wire(shown.filter_failures),
        )

    @answers_errors
    async def SkipEvent(self, request: pb.MoveCursorRequest, _context: Context) -> pb.MoveCursorReply:  # noqa: N802
        return pb.MoveCursorReply(cursor=await self._cursor_orders.skip(_order(request)))

    @answers_errors
    async def RedriveEvent(self, request: pb.MoveCursorRequest, _context: Context) -> pb.MoveCursorReply:  # noqa: N802
        done = await self._cursor_orders.redrive(_order(request))
        return pb.MoveCursorReply(cursor=done.cursor, out_of_order=done.out_of_order)


def _order(request: pb.MoveCursorRequest) -> CursorOrderCall:
    return CursorOrderCall(
        request.namespace,
        request.subscription,
        request.subject,
        request.sequence,
        actor(request.asked_by),
        request.reason,
    )


def _refresh(shown: RefreshShown) -> pb.GetRefreshReply:
    return pb.GetRefreshReply(
        loops=[loop_to_wire(stream, state) for stream, state in shown.loops],
        findings=[finding_to_wire(each) for each in shown.findings],
    )
