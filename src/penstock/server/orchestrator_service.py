"""gRPC service Orchestrator: the credit stream, heartbeats and results."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import grpc
import msgspec

from penstock.delivery.dispatch import Delivery
from penstock.delivery.session import Session
from penstock.model.errors import InvalidInput, PenstockError
from penstock.model.identity import TaskId, split_ids
from penstock.model.lane import LaneId
from penstock.model.lifecycle import Event
from penstock.model.limits import CREDIT_MAX, RESULT_BYTES_MAX
from penstock.model.names import check_namespace
from penstock.model.task import Failure, Report
from penstock.model.work import HeartbeatAnswer
from penstock.ports.task_state import TaskState
from penstock.server.caller import current_caller
from penstock.server.refusals import answers_errors, status_of
from penstock.server.streamed_results import StreamedResults
from penstock.wire.codec import (
    answer_to_wire,
    beats_from_wire,
    hello_from_wire,
    message_to_wire,
    reports_from_wire,
)
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

log = logging.getLogger(__name__)

Context = grpc.aio.ServicerContext[Any, Any]
HELLO_WITHIN_S: Final = 10.0
_RESULT: Final = msgspec.json.Decoder()


NamespaceIds = Callable[[str], Awaitable[int | None]]
"""The number of a namespace; None when nobody has made it."""


class OrchestratorService(pb_grpc.OrchestratorServicer):
    """Decodes, calls delivery and task state, encodes.

    A caller who is known acts for the namespace that its request names, and for no task of another. Where nobody
    is asked, the claim number alone is the fence.
    """

    def __init__(self, delivery: Delivery, task_state: TaskState, namespace_ids: NamespaceIds) -> None:
        self._delivery = delivery
        self._task_state = task_state
        self._namespace_ids = namespace_ids

    async def Work(self, requests: AsyncIterator[pb.WorkRequest], context: Context) -> None:  # noqa: N802 - the wire's name
        """One half reads credit, the other writes assignments; either's end ends the stream."""
        try:
            session = await self._greet(requests)
        except PenstockError as error:
            await context.abort(status_of(error), str(error))
        loop = asyncio.get_running_loop()
        results = StreamedResults(session, self._settle)
        halves = [loop.create_task(_read(session, requests, results)), loop.create_task(_write(session, context))]
        try:
            await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._delivery.close(session)
            for half in halves:
                half.cancel()
            ends = await asyncio.gather(*halves, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                log.warning("the work stream of %s broke: %r", session.hello.executor, end)
        for end in ends:
            if isinstance(end, PenstockError):
                await context.abort(status_of(end), str(end))

    @answers_errors
    async def Heartbeat(self, request: pb.HeartbeatRequest, _context: Context) -> pb.HeartbeatReply:  # noqa: N802
        if not current_caller().is_named:
            return answer_to_wire(await self._task_state.heartbeat(beats_from_wire(request)))
        number = await self._namespace_ids(check_namespace(request.namespace))
        beats = beats_from_wire(request, number)
        if number is None:  # nobody has made it, so it has no task
            return answer_to_wire(HeartbeatAnswer(frozenset(beat.id for beat in beats)))
        return answer_to_wire(await self._task_state.heartbeat(beats))

    @answers_errors
    async def SetResults(self, request: pb.SetResultsRequest, _context: Context) -> pb.SetResultsReply:  # noqa: N802
        return pb.SetResultsReply(refused=b"".join(await self._settle(request, request.namespace)))

    @answers_errors
    async def ExecutorGone(self, request: pb.ExecutorGoneRequest, _context: Context) -> pb.ExecutorGoneReply:  # noqa: N802
        namespace = check_namespace(request.namespace) if current_caller().is_named else None
        return pb.ExecutorGoneReply(released=await self._delivery.executor_is_gone(request.executor, namespace))

    async def _settle(self, request: pb.SetResultsRequest, namespace: str, lane: LaneId | None = None) -> list[TaskId]:
        """`namespace`: the one that the door has let the caller act for."""
        number = None
        if current_caller().is_named:
            number = await self._namespace_ids(check_namespace(namespace))
            if number is None:  # nobody has made it, so it has no task
                return split_ids(request.task_ids)
        reports = [_acceptable(each) for each in reports_from_wire(request, number)]
        return await self._task_state.set_results(reports, lane)

    async def _greet(self, requests: AsyncIterator[pb.WorkRequest]) -> Session:
        try:
            first = await asyncio.wait_for(anext(requests), HELLO_WITHIN_S)
        except (StopAsyncIteration, TimeoutError):
            raise InvalidInput("hello", "did not come; it is the first message of a Work stream") from None
        session = await self._delivery.open(hello_from_wire(first.hello))
        try:
            _give(session, first)
        except InvalidInput:
            self._delivery.close(session)
            raise
        return session


async def _read(session: Session, requests: AsyncIterator[pb.WorkRequest], results: StreamedResults) -> None:
    async for request in requests:
        if request.stamp_us or not request.results:
            _give(session, request)
        for numbered in request.results:
            await results.take(numbered)


def _give(session: Session, request: pb.WorkRequest) -> None:
    """Refuses credit that no worker can mean: it would claim all that waits for one that cannot run it."""
    if request.credit_total - session.taken > CREDIT_MAX:
        raise InvalidInput(
            "credit_total",
            f"{request.credit_total} asks for more than {CREDIT_MAX} tasks at once; "
            "it is the number of tasks you can take since the stream began",
        )
    session.give(request.credit_total, request.stamp_us, request.stopping, request.waiting)


async def _write(session: Session, context: Context) -> None:
    position = {name: at for at, name in enumerate(session.hello.lambdas)}
    async for message in session.messages():
        await context.write(message_to_wire(message, position))


def _acceptable(report: Report) -> Report:
    """A worker that does not keep the rules for results itself is kept to them here."""
    if not report.result:
        return report
    if len(report.result) > RESULT_BYTES_MAX:
        return msgspec.structs.replace(report, result=b"", result_left_out=True)
    try:
        _RESULT.decode(report.result)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # Not a refusal: the lambda ran, and a worker that is refused would report the same for ever.
        failure = Failure("ResultInvalid", f"the result is not JSON: {error}")
        return msgspec.structs.replace(report, ending=Event.FAILED_FATALLY, result=b"", failure=failure)
    return report
