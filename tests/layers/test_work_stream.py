"""A credit stream as an executor holds it: results and their answers share it with credit and work."""

import asyncio
from typing import Any

import grpc
import pytest

from penstock.adapters.grpc.work_stream import GrpcWorkStream
from penstock.model.errors import InvalidInput, Unavailable
from penstock.wire.v1 import penstock_pb2 as pb

LONG_S = 60.0
AT_ONCE_S = 0.0
RESULTS = pb.SetResultsRequest(executor="host/1")
GREETING = pb.WorkReply(lease_s=30, takes_results=True)


class Call:
    """The other end, in memory. `None` in `replies` is the stream's end."""

    def __init__(self) -> None:
        self.replies: asyncio.Queue[pb.WorkReply | None] = asyncio.Queue()
        self.said: list[pb.WorkRequest] = []
        self.may_write = asyncio.Event()
        self.may_write.set()
        self.broken: Exception | None = None

    async def write(self, request: pb.WorkRequest) -> None:
        if self.broken:
            raise self.broken
        self.said.append(request)
        await self.may_write.wait()

    async def read(self) -> Any:
        return await self.replies.get() or grpc.aio.EOF

    def cancel(self) -> None: ...


async def opened(call: Call) -> tuple[GrpcWorkStream, "asyncio.Task[None]"]:
    """A stream that takes results, and who reads it."""
    stream = GrpcWorkStream(call, ["shop.order"])
    greeted = asyncio.Event()

    async def read() -> None:
        async for message in stream.messages():
            if message.takes_results:
                greeted.set()

    reading = asyncio.create_task(read())
    call.replies.put_nowait(GREETING)
    await greeted.wait()
    return stream, reading


async def until_said(call: Call, messages: int) -> None:
    while len(call.said) < messages:
        await asyncio.sleep(0)


async def test_answers_come_by_number_in_any_order() -> None:
    call = Call()
    stream, reading = await opened(call)
    reports = [asyncio.create_task(stream.report(RESULTS, LONG_S)) for _ in range(2)]
    await until_said(call, 1)
    first, second = (each.number for each in call.said[0].results)
    refused = b"r" * 16
    call.replies.put_nowait(pb.WorkReply(settled=[pb.SettledResults(number=second, refused=refused)]))
    call.replies.put_nowait(pb.WorkReply(settled=[pb.SettledResults(number=first)]))
    assert await asyncio.gather(*reports) == [[], [refused]]
    reading.cancel()


async def test_credit_and_results_of_one_moment_share_a_message() -> None:
    call = Call()
    stream, reading = await opened(call)
    report = asyncio.create_task(stream.report(RESULTS, LONG_S))
    await stream.give(5, 77, False, True)
    [said] = call.said
    assert (said.credit_total, said.stamp_us, said.waiting) == (5, 77, True)
    assert [each.results for each in said.results] == [RESULTS]
    for task in (report, reading):
        task.cancel()


async def test_what_comes_while_a_message_is_written_goes_in_the_next() -> None:
    call = Call()
    stream, reading = await opened(call)
    call.may_write.clear()
    gives = [asyncio.create_task(stream.give(1, 1, False, False))]
    await until_said(call, 1)
    gives += [asyncio.create_task(stream.give(total, total, False, False)) for total in (2, 3)]
    await asyncio.sleep(0)
    call.may_write.set()
    await asyncio.gather(*gives)
    assert [said.credit_total for said in call.said] == [1, 3]
    reading.cancel()


@pytest.mark.parametrize("repeatable", [True, False])
async def test_a_problem_is_told_as_what_it_is(repeatable: bool) -> None:
    call = Call()
    stream, reading = await opened(call)
    report = asyncio.create_task(stream.report(RESULTS, LONG_S))
    await until_said(call, 1)
    problem = pb.SettledResults(number=call.said[0].results[0].number, problem="no", repeatable=repeatable)
    call.replies.put_nowait(pb.WorkReply(settled=[problem]))
    with pytest.raises(Unavailable if repeatable else InvalidInput, match="no"):
        await report
    assert stream.takes_results
    reading.cancel()


async def test_no_answer_in_time_sends_the_next_results_elsewhere() -> None:
    call = Call()
    stream, reading = await opened(call)
    with pytest.raises(Unavailable, match="did not answer within"):
        await stream.report(RESULTS, AT_ONCE_S)
    assert not stream.takes_results
    reading.cancel()


async def test_results_whose_stream_ends_may_be_brought_again() -> None:
    call = Call()
    stream, reading = await opened(call)
    report = asyncio.create_task(stream.report(RESULTS, LONG_S))
    await until_said(call, 1)
    call.replies.put_nowait(None)
    with pytest.raises(Unavailable, match="ended"):
        await report
    assert (stream.takes_results, stream.is_over) == (False, True)
    with pytest.raises(Unavailable):
        await reading


async def test_a_stream_that_was_refused_says_nothing_about_results() -> None:
    """Who is refused for its credit must not lose what its lambdas did."""
    call = Call()
    stream, reading = await opened(call)
    call.broken = grpc.aio.AioRpcError(
        grpc.StatusCode.INVALID_ARGUMENT, grpc.aio.Metadata(), grpc.aio.Metadata(), "credit_total: 9 is too much"
    )
    with pytest.raises(Unavailable, match="credit_total"):
        await stream.report(RESULTS, LONG_S)
    with pytest.raises(InvalidInput):
        await stream.give(9, 9, False, False)
    assert not stream.takes_results
    reading.cancel()


async def test_an_older_orchestrator_takes_none() -> None:
    call = Call()
    stream = GrpcWorkStream(call, [])
    call.replies.put_nowait(pb.WorkReply(lease_s=30))
    assert (await anext(stream.messages())).lease_s == 30
    assert not stream.takes_results
