"""The part of gRPC service Frontend that says why nothing runs."""

from typing import Any

import grpc

from penstock.frontend.admission_control import AdmissionControl
from penstock.frontend.explain import ExplainDesk
from penstock.model.identity import id_of_bytes
from penstock.server.refusals import answers_errors
from penstock.wire.explain_codec import explanation_to_wire, lane_to_wire, task_to_wire
from penstock.wire.gate_codec import gate_to_wire
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

Context = grpc.aio.ServicerContext[Any, Any]


class ExplainService(pb_grpc.FrontendServicer):
    """One method for each call; every error is a status with a sentence."""

    def __init__(self, desk: ExplainDesk, control: AdmissionControl) -> None:
        self._explain = desk
        self._control = control

    @answers_errors
    async def ExplainTask(self, request: pb.ExplainTaskRequest, _context: Context) -> pb.ExplainTaskReply:  # noqa: N802 - the wire's names, here and below
        explained = await self._explain.task(request.namespace, id_of_bytes(request.task_id))
        return task_to_wire(explained.explanation, explained.facts)

    @answers_errors
    async def ExplainLane(self, request: pb.ExplainLaneRequest, _context: Context) -> pb.ExplainLaneReply:  # noqa: N802
        explained = await self._explain.lane(request.namespace, getattr(request, "lambda"), request.priority)
        return pb.ExplainLaneReply(
            explanation=explanation_to_wire(explained.explanation),
            lanes=[lane_to_wire(each.count, each.attendance, each.drain_per_s) for each in explained.lanes],
            gates=[gate_to_wire(gate) for gate in explained.gates],
            now_us=explained.now_us,
            whole=explained.whole,
        )

    @answers_errors
    async def ListLanes(self, request: pb.ListLanesRequest, _context: Context) -> pb.ListLanesReply:  # noqa: N802
        self._control.check_list()
        page = await self._explain.lanes(
            request.namespace, getattr(request, "lambda"), request.after_lambda, request.limit
        )
        return pb.ListLanesReply(
            lanes=[lane_to_wire(each.count, each.attendance, each.drain_per_s) for each in page.lanes],
            next_after=page.next_after,
            now_us=page.now_us,
            whole=page.whole,
        )
