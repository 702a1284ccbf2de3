"""Schedules the tasks while everything is being killed: singly, in bulk, by key, and by a token of its own."""

import asyncio
import hashlib
from typing import Any, Final

import grpc

from penstock import Conflict, Handle, PenstockError
from penstock.model.identity import parse_id, split_ids
from penstock.sdk.call import Call
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.fault_run import lambdas
from tests.processes.fault_run.history import Asked
from tests.processes.fault_run.plan import Plan, kind_of, numbers, wanted

BULK: Final = 25
SINGLE: Final = 5
TRY_S: Final = 0.5
WAYS: Final = 4


class Pace:
    """Turns at even times; what an outage has delayed is made up for."""

    def __init__(self, turns_per_s: float) -> None:
        self._turn_s = 1 / turns_per_s
        self._next_s = asyncio.get_running_loop().time()

    async def turn(self) -> None:
        self._next_s += self._turn_s
        await asyncio.sleep(self._next_s - asyncio.get_running_loop().time())


class Clients:
    """`asked` fills while `run` runs."""

    def __init__(self, plan: Plan, address: str) -> None:
        self.asked: list[Asked] = []
        self.repeated = 0
        self.failures: list[str] = []
        self._plan = plan
        self._address = address
        self._share_per_s = plan.tasks_per_s / WAYS

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for way, work in enumerate((self._singly, self._in_bulk, self._by_key, self._by_token)):
                group.create_task(work(list(numbers(self._plan, way, WAYS))))

    def _call(self, number: int) -> Call[Any]:
        what, arguments = wanted(self._plan, number)
        call: Call[Any] = what.call(*arguments)
        return call

    def _note(self, number: int, ids: tuple[bytes, ...], key: str = "", unknown: bool = False) -> None:
        self.asked.append(Asked(number, kind_of(self._plan, number), ids, key, unknown))

    def _failed(self, number: int, error: PenstockError) -> None:
        self.failures.append(f"{number}: {error}")
        self._note(number, (), unknown=True)

    async def _singly(self, share: list[int]) -> None:
        async def one(number: int) -> None:
            what, arguments = wanted(self._plan, number)
            try:
                handle = await what.schedule(*arguments)
                self._note(number, (parse_id(handle.id),))
            except PenstockError as error:
                self._failed(number, error)

        pace = Pace(self._share_per_s / SINGLE)
        for first in range(0, len(share), SINGLE):
            await asyncio.gather(*map(one, share[first : first + SINGLE]))
            await pace.turn()

    async def _in_bulk(self, share: list[int]) -> None:
        pace = Pace(self._share_per_s / BULK)
        for first in range(0, len(share), BULK):
            batch = share[first : first + BULK]
            try:
                handles = await lambdas.app.schedule_many([self._call(number) for number in batch])
                for number, handle in zip(batch, handles, strict=True):
                    self._note(number, (parse_id(handle.id),))
            except PenstockError as error:
                for number in batch:
                    self._failed(number, error)
            await pace.turn()

    async def _by_key(self, share: list[int]) -> None:
        """Three at once under each key, and now and then one with other content, which must be refused."""
        pace = Pace(self._share_per_s)
        async with asyncio.TaskGroup() as group:
            for number in share:
                group.create_task(self._three(number))
                await pace.turn()

    async def _three(self, number: int) -> None:
        key = f"key-{number}"
        what, arguments = wanted(self._plan, number, key)
        ends = await asyncio.gather(*(what.schedule(*arguments) for _ in range(3)), return_exceptions=True)
        ids = []
        for end in ends:
            if isinstance(end, Handle):
                ids.append(parse_id(end.id))
            elif isinstance(end, PenstockError):
                self.failures.append(f"{number}: {end}")
            else:
                raise end
        self._note(number, tuple(ids), key, unknown=not ids)
        if number % 40 == 2 and ids:
            await self._other_content(number, key)

    async def _other_content(self, number: int, key: str) -> None:
        try:
            await lambdas.quick.options(key=key).schedule(-number)
        except Conflict:
            return
        except PenstockError as error:
            self.failures.append(f"{number}: {error}")
            return
        self.failures.append(f"{number}: other content was accepted under its key")

    async def _by_token(self, share: list[int]) -> None:
        """By the wire alone: short deadlines, the same bytes until there is an answer, and once more after it."""
        async with grpc.aio.insecure_channel(self._address, options=_QUICK_TO_RECONNECT) as channel:
            stub = pb_grpc.FrontendStub(channel)
            pace = Pace(self._share_per_s / SINGLE)
            for first in range(0, len(share), SINGLE):
                batch = share[first : first + SINGLE]
                request = _request([self._call(number) for number in batch], batch[0])
                ids = await self._until_answered(stub, request)
                again = await self._until_answered(stub, request) if first % 3 == 0 else ids
                for number, *answers in zip(batch, ids, again, strict=True):
                    self._note(number, tuple(answers))
                await pace.turn()

    async def _until_answered(self, stub: pb_grpc.FrontendStub, request: pb.ScheduleRequest) -> list[bytes]:
        while True:
            try:
                reply = await stub.Schedule(request, timeout=TRY_S)
            except grpc.aio.AioRpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                    raise
                self.repeated += 1
                await asyncio.sleep(0.1)
            else:
                assert not reply.problems, reply.problems
                return list(split_ids(reply.task_ids))


_QUICK_TO_RECONNECT: Final = (("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500))


def _request(calls: list[Call[Any]], first: int) -> pb.ScheduleRequest:
    token = hashlib.sha256(f"token {first}".encode()).digest()[:16]
    return pb.ScheduleRequest(groups=[_group(call) for call in calls], request_token=token)


def _group(call: Call[Any]) -> pb.TaskGroup:
    delay_us = call.kind.options.delay_us
    fields: dict[str, Any] = {
        "lambda": call.kind.lambda_name,
        "payloads": [call.payload],
        "delay_us": [delay_us] if delay_us else [],
    }
    return pb.TaskGroup(**fields)
