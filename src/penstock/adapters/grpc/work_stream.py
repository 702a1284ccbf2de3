"""One credit stream as an executor holds it: credit and results up, work and answers down."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

import grpc

from penstock.adapters.grpc.channel import translated
from penstock.model.errors import InvalidInput, PenstockError, Unavailable
from penstock.model.identity import TaskId
from penstock.model.work import Settled, WorkMessage
from penstock.wire.codec import message_from_wire
from penstock.wire.v1 import penstock_pb2 as pb

WHOM: Final = "the orchestrator"


class GrpcWorkStream:
    """Implements `ports.orchestrators.WorkStream`. `call`: the open stream, whose hello has been sent."""

    def __init__(self, call: Any, lambdas: Sequence[str]) -> None:
        self._call = call
        self._lambdas = lambdas
        self._next: tuple[pb.WorkRequest, asyncio.Task[None]] | None = None
        self._writing = asyncio.Lock()
        self._numbers = 0
        self._answers: dict[int, asyncio.Future[Settled]] = {}
        self.is_over = False
        self.takes_results = False
        """whether `report` may be called: the orchestrator has said so, and the stream has kept its word until now"""

    async def give(self, credit_total: int, stamp_us: int, stopping: bool, waiting: bool) -> None:
        def fill(request: pb.WorkRequest) -> None:
            request.credit_total, request.stamp_us = credit_total, stamp_us
            request.stopping, request.waiting = stopping, waiting

        await self._say(fill)

    async def report(self, results: pb.SetResultsRequest, timeout_s: float) -> list[TaskId]:
        """The refused ids. Raises `Unavailable` when no answer came: they may or may not be settled."""
        self._numbers += 1
        number = self._numbers
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_look_at)
        try:
            async with asyncio.timeout(timeout_s):
                await self._say(lambda request: request.results.add(number=number, results=results))
                settled: Settled = await answer
        except TimeoutError:
            self.takes_results = False
            raise Unavailable(f"{WHOM} did not answer within {timeout_s:g} s") from None
        except PenstockError as error:  # whatever ended the stream, it says nothing about these results
            raise Unavailable(str(error)) from None
        finally:
            self._answers.pop(number, None)
        if settled.problem:
            raise Unavailable(settled.problem) if settled.repeatable else InvalidInput("results", settled.problem)
        return settled.refused

    async def messages(self) -> AsyncIterator[WorkMessage]:
        try:
            while True:
                reply = await self._call.read()
                if reply is grpc.aio.EOF:
                    raise Unavailable("the orchestrator ended the credit stream")
                message = message_from_wire(reply, self._lambdas)
                self.takes_results = self.takes_results or message.takes_results
                for settled in message.settled:
                    self._hear(settled)
                yield message
        except (grpc.RpcError, asyncio.InvalidStateError) as error:
            raise translated(error, WHOM) from None
        finally:
            self._end()

    async def close(self) -> None:
        self._end()
        self._call.cancel()

    def _hear(self, settled: Settled) -> None:
        answer = self._answers.get(settled.number)
        if answer is not None and not answer.done():
            answer.set_result(settled)

    def _end(self) -> None:
        self.is_over, self.takes_results = True, False
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(Unavailable("the credit stream ended"))

    async def _say(self, fill: Callable[[pb.WorkRequest], object]) -> None:
        """What is said in the same turn of the loop, or while another message is being written, shares a message."""
        if self._next is None:
            self._next = pb.WorkRequest(), asyncio.get_running_loop().create_task(self._write())
            self._next[1].add_done_callback(_look_at)
        request, written = self._next
        fill(request)
        await asyncio.shield(written)

    async def _write(self) -> None:
        async with self._writing:
            assert self._next is not None
            (request, _), self._next = self._next, None
            try:
                await self._call.write(request)
            except (grpc.RpcError, asyncio.InvalidStateError) as error:
                self._end()
                raise translated(error, WHOM) from None


def _look_at(ended: "asyncio.Future[Any]") -> None:
    """Its error belongs to those who wait for it; there may be nobody any more."""
    if not ended.cancelled():
        ended.exception()
