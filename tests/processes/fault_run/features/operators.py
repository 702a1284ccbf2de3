"""Clients and operators who go on, call by call, whatever is being killed: each call until it is answered."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import grpc

from penstock import Handle, NotPossible, PenstockError, Planned, Status, Unavailable
from penstock.model.identity import parse_id
from penstock.sdk.call import Call
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.fault_run.features import lambdas
from tests.processes.fault_run.features.history import Cancelled, Kin, Window
from tests.processes.fault_run.lambdas import FOLDER

T = TypeVar("T")
COLLECTIONS: Final = ("open", "paused", "dropped")
PER_S: Final = 80.0
FAN: Final = 8
FAMILIES_FROM: Final = 1_000_000
FAMILY_NUMBERS: Final = 100
FAMILY_EVERY_S: Final = 0.5
SHUT_S: Final = 2.5
OPEN_S: Final = 1.5
CANCELLED_AFTER_S: Final = 1.0
REDRIVEN_PER_S: Final = 20.0


async def insist(ask: Callable[[], Awaitable[T]]) -> T:
    """Until there is an answer. Every call here may be repeated."""
    while True:
        try:
            return await ask()
        except (Unavailable, TimeoutError):
            await asyncio.sleep(0.1)


def wall_us() -> int:
    return time.time_ns() // 1000


class Feeder:
    """Schedules, each by a key of its own; `long` ones are handed to the canceller."""

    def __init__(self) -> None:
        self.due: list[tuple[bytes, str, str]] = []
        self.to_cancel: asyncio.Queue[Handle[Any]] = asyncio.Queue()
        self.stopped = asyncio.Event()

    async def run(self) -> None:
        number = 0
        while not self.stopped.is_set():
            number += 1
            if number % 2:
                await self._schedule("metered", number, "")
            elif number % 20 == 8:
                await self.to_cancel.put(await self._schedule("long", number, ""))
            elif number % 10 == 4:
                await self._schedule("broken", number, "")
            else:
                await self._schedule("gated", number, COLLECTIONS[number % len(COLLECTIONS)])
            await asyncio.sleep(1 / PER_S)

    async def _schedule(self, kind: str, number: int, collection: str) -> Handle[Any]:
        what = getattr(lambdas, kind).options(key=f"{kind}-{number}", collection=collection)
        handle: Handle[Any] = await insist(lambda: what.schedule(number))
        self.due.append((parse_id(handle.id), kind, collection))
        return handle


class Weaver:
    """Schedules families: a fan-out with its fan-in, and one whose first parent fails."""

    def __init__(self) -> None:
        self.kin: list[Kin] = []

    async def run(self, stopped: asyncio.Event) -> None:
        first = FAMILIES_FROM
        while not stopped.is_set():
            self.kin += await insist(lambda first=first: self._fan(first))  # type: ignore[misc]
            self.kin += await insist(lambda first=first: self._failing(first + FAN + 2))  # type: ignore[misc]
            first += FAMILY_NUMBERS
            await asyncio.sleep(FAMILY_EVERY_S)

    async def _fan(self, first: int) -> list[Kin]:
        async with lambdas.app.batch() as batch:
            root = batch.add(_link(first))
            middle = [batch.add(_link(first + 1 + at, [root])) for at in range(FAN)]
            join = batch.add(_link(first + 1 + FAN, middle))
        rows = [Kin(_id(root), (), Status.SUCCESS), *(Kin(_id(each), (_id(root),), Status.SUCCESS) for each in middle)]
        return [*rows, Kin(_id(join), tuple(map(_id, middle)), Status.SUCCESS)]

    async def _failing(self, first: int) -> list[Kin]:
        async with lambdas.app.batch() as batch:
            root = batch.add(lambdas.refusing.options(key=f"kin-{first}").call(first))
            child = batch.add(_link(first + 1, [root]))
            heir = lambdas.link.options(key=f"kin-{first + 2}", parents=[child], on_parent_failure="continue")
            after = batch.add(heir.call(first + 2))
        return [
            Kin(_id(root), (), Status.FATAL_FAILURE),
            Kin(_id(child), (_id(root),), Status.CANCELLED),
            Kin(_id(after), (_id(child),), Status.SUCCESS),
        ]


def _link(number: int, parents: Sequence[Planned[Any]] = ()) -> Call[int]:
    return lambdas.link.options(key=f"kin-{number}", parents=parents).call(number)


def _id(planned: Planned[Any]) -> bytes:
    return parse_id(planned.handle.id)


class Gatekeeper:
    """Shuts and opens two gates in turn."""

    def __init__(self) -> None:
        self.windows: list[Window] = []

    async def run(self, stopped: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep("paused", lambdas.app.gates.pause, False, stopped))
            group.create_task(self._keep("dropped", lambdas.app.gates.drop, True, stopped))

    async def _keep(self, collection: str, shut: Any, drops: bool, stopped: asyncio.Event) -> None:
        while not stopped.is_set():
            await insist(lambda: shut(lambdas.gated, collection, reason="a test"))
            answered_us = wall_us()
            await asyncio.sleep(SHUT_S)
            opening_us = wall_us()
            await insist(lambda: lambdas.app.gates.open(lambdas.gated, collection))
            self.windows.append(Window(collection, drops, answered_us, opening_us))
            await asyncio.sleep(OPEN_S)


class Canceller:
    """Cancels each long task a moment after it was scheduled: some wait, some run."""

    def __init__(self) -> None:
        self.cancels: list[Cancelled] = []

    async def run(self, handles: "asyncio.Queue[Handle[Any]]") -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                handle = await handles.get()
                group.create_task(self._cancel(handle, CANCELLED_AFTER_S * (len(self.cancels) % 3)))

    async def _cancel(self, handle: "Handle[Any]", after_s: float) -> None:
        await asyncio.sleep(after_s)
        try:
            told = await insist(handle.cancel)
        except NotPossible:
            told = await insist(handle.status)  # an earlier try had its way, and its answer was lost
        self.cancels.append(Cancelled(parse_id(handle.id), told, wall_us()))


class Redriver:
    """Mends what was broken and orders a redrive of all that died of it."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def order(self) -> bytes:
        """The sweep's id. The same order twice is one sweep."""
        (Path(os.environ[FOLDER]) / lambdas.MENDED).touch()
        letters = pb.DeadLetterFilter()
        setattr(letters, "lambda", "fault.broken")
        request = pb.StartSweepRequest(
            kind=pb.SWEEP_KIND_REDRIVE,
            filter=letters,
            rate_per_s=REDRIVEN_PER_S,
            asked_by="the redriver",
            reason="it is mended",
            request_token=os.urandom(16),
        )
        for _ in range(2):
            sweep = await self._insist("StartSweep", request)
        return bytes(sweep.sweep_id)

    async def done(self, sweep_id: bytes) -> int:
        """How many it made, once it is through."""
        while True:
            for sweep in (await self._insist("ListSweeps", pb.ListSweepsRequest())).sweeps:
                if sweep.sweep_id == sweep_id and sweep.status == pb.SWEEP_STATUS_DONE:
                    return int(sweep.handled)
            await asyncio.sleep(0.2)

    async def pause_clock(self) -> None:
        """No more ticks."""
        await self._insist("PausePeriodic", pb.PausePeriodicRequest(name="fault.clock"))

    async def _insist(self, method: str, request: Any) -> Any:
        async with grpc.aio.insecure_channel(self._address) as channel:
            while True:
                try:
                    return await getattr(pb_grpc.FrontendStub(channel), method)(request, timeout=2)
                except grpc.aio.AioRpcError as error:
                    if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                        raise PenstockError(str(error)) from error
                    await asyncio.sleep(0.1)
