"""Orders over many tasks: the calls of service Frontend that look at sweeps and give them."""

from typing import Any

import grpc
from msgspec import structs

from penstock.frontend.selection import PreviewDesk
from penstock.frontend.sweeps import SweepDesk
from penstock.server.caller import actor
from penstock.server.refusals import answers_errors
from penstock.wire.selection_codec import selection_from_wire, task_group_to_wire
from penstock.wire.sweep_codec import kind_from_wire, order_from_wire, sweep_to_wire
from penstock.wire.task_codec import view_to_wire
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1.penstock_pb2_grpc import FrontendServicer

Context = grpc.aio.ServicerContext[Any, Any]


class SweepService(FrontendServicer):
    """One method for each call; every error is a status with a sentence."""

    def __init__(self, sweeps: SweepDesk, previews: PreviewDesk) -> None:
        self._sweeps = sweeps
        self._previews = previews

    @answers_errors
    async def PreviewSweep(  # noqa: N802 - the wire's names, here and below
        self, request: pb.PreviewSweepRequest, _context: Context
    ) -> pb.PreviewSweepReply:
        kind, wanted = kind_from_wire(request.kind), selection_from_wire(request.selection)
        found = await self._previews.preview(request.namespace, kind, wanted)
        return pb.PreviewSweepReply(
            groups=[task_group_to_wire(group) for group in found.groups],
            first=[view_to_wire(view) for view in found.first],
            whole=found.is_whole,
        )

    @answers_errors
    async def StartSweep(self, request: pb.StartSweepRequest, _context: Context) -> pb.Sweep:  # noqa: N802
        order = order_from_wire(request)
        order = structs.replace(order, asked_by=actor(order.asked_by))
        return sweep_to_wire(await self._sweeps.begin(request.namespace, order))

    @answers_errors
    async def StopSweep(self, request: pb.StopSweepRequest, _context: Context) -> pb.Sweep:  # noqa: N802
        stopped_by = actor(request.stopped_by)
        return sweep_to_wire(await self._sweeps.stop(request.namespace, request.sweep_id, stopped_by))

    @answers_errors
    async def ListSweeps(self, request: pb.ListSweepsRequest, _context: Context) -> pb.ListSweepsReply:  # noqa: N802
        sweeps = await self._sweeps.newest(request.namespace, request.limit)
        return pb.ListSweepsReply(sweeps=[sweep_to_wire(sweep) for sweep in sweeps])
