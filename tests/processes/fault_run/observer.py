"""Asks for the status of tasks all the time, so that one which was terminal and is not any more is seen."""

import asyncio
import random
from collections import deque
from typing import TYPE_CHECKING, Final

import grpc

from penstock.model.identity import TaskId
from penstock.wire.numbers import status_of_wire
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.fault_run.clients import Clients

if TYPE_CHECKING:
    from penstock.model.lifecycle import Status

EVERY_S: Final = 0.1
REMEMBERED: Final = 200


class Observer:
    """`seen` fills while `run` runs."""

    def __init__(self, clients: Clients, address: str, seed: int) -> None:
        self.seen: list[tuple[bytes, Status]] = []
        self._clients, self._address = clients, address
        self._chance = random.Random(seed)
        self._watched: deque[bytes] = deque(maxlen=REMEMBERED)

    async def run(self) -> None:
        """Until cancelled."""
        async with grpc.aio.insecure_channel(self._address) as channel:
            stub = pb_grpc.FrontendStub(channel)
            while True:
                await asyncio.sleep(EVERY_S)
                if self._clients.asked and (ids := self._clients.asked[-1].ids):
                    self._watched.append(ids[0])
                if self._watched:
                    await self._look(stub, TaskId(self._chance.choice(self._watched)))

    async def _look(self, stub: pb_grpc.FrontendStub, task_id: TaskId) -> None:
        try:
            view = await stub.GetTask(pb.GetTaskRequest(task_id=task_id), timeout=1)
        except grpc.aio.AioRpcError:
            return
        self.seen.append((task_id, status_of_wire(view.status)))
