"""The part of gRPC service Frontend that is about periodic schedules."""

from typing import Any

import grpc

from penstock.frontend.periodic import PeriodicDesk
from penstock.frontend.periodic_calls import ScheduleList
from penstock.server.refusals import answers_errors
from penstock.wire.periodic_codec import definition_from_wire, schedule_to_wire
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

Context = grpc.aio.ServicerContext[Any, Any]


class PeriodicService(pb_grpc.FrontendServicer):
    """One method for each call; every error is a status with a sentence."""

    def __init__(self, desk: PeriodicDesk) -> None:
        self._periodic = desk

    @answers_errors
    async def CreatePeriodic(  # noqa: N802 - the wire's names, here and below
        self, request: pb.CreatePeriodicRequest, _context: Context
    ) -> pb.CreatePeriodicReply:
        created = await self._periodic.create(request.namespace, definition_from_wire(request.definition))
        return pb.CreatePeriodicReply(schedule=schedule_to_wire(created.schedule), warnings=created.warnings)

    @answers_errors
    async def GetPeriodic(self, request: pb.GetPeriodicRequest, _context: Context) -> pb.GetPeriodicReply:  # noqa: N802
        view = await self._periodic.get(request.namespace, request.name)
        return pb.GetPeriodicReply(
            schedule=schedule_to_wire(view.schedule),
            ticks_us=[tick.tick_us for tick in view.ticks],
            task_ids=b"".join([tick.task_id for tick in view.ticks]),
        )

    @answers_errors
    async def ListPeriodic(self, request: pb.ListPeriodicRequest, _context: Context) -> pb.ListPeriodicReply:  # noqa: N802
        page = await self._periodic.list_schedules(
            ScheduleList(request.namespace, getattr(request, "lambda"), request.page_size, request.page_token)
        )
        return pb.ListPeriodicReply(
            schedules=[schedule_to_wire(each) for each in page.schedules], next_page_token=page.next_page_token
        )

    @answers_errors
    async def DeletePeriodic(  # noqa: N802
        self, request: pb.DeletePeriodicRequest, _context: Context
    ) -> pb.DeletePeriodicReply:
        await self._periodic.delete(request.namespace, request.name)
        return pb.DeletePeriodicReply()

    @answers_errors
    async def PausePeriodic(self, request: pb.PausePeriodicRequest, _context: Context) -> pb.PeriodicSchedule:  # noqa: N802
        return schedule_to_wire(await self._periodic.pause(request.namespace, request.name))

    @answers_errors
    async def ResumePeriodic(self, request: pb.ResumePeriodicRequest, _context: Context) -> pb.PeriodicSchedule:  # noqa: N802
        return schedule_to_wire(await self._periodic.resume(request.namespace, request.name))

    @answers_errors
    async def NextTicks(self, request: pb.NextTicksRequest, _context: Context) -> pb.NextTicksReply:  # noqa: N802
        return pb.NextTicksReply(
            ticks_us=await self._periodic.next_ticks(request.namespace, request.name, request.count)
        )

    @answers_errors
    async def BackfillPeriodic(  # noqa: N802
        self, request: pb.BackfillPeriodicRequest, _context: Context
    ) -> pb.BackfillPeriodicReply:
        done = await self._periodic.backfill(request.namespace, request.name, request.from_us, request.until_us)
        return pb.BackfillPeriodicReply(made=done.made, stood=done.stood)
