"""Batching without waiting: whatever waits goes in the next trip, and nothing waits for a batch to fill."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Pump(Generic[Item, Answer]):
    """Carries items of many callers to one place in shared trips.

    `trip` takes a list of items and answers one answer per item, in order. At most `in_flight_max` trips run
    at the same time: a lone caller goes at once, ten thousand share a few. A trip's error goes to
    every caller aboard, each of whom may repeat.
    """

    def __init__(
        self, trip: Callable[[list[Item]], Awaitable[list[Answer]]], *, rows_max: int, in_flight_max: int
    ) -> None:
        self._trip = trip
        self._rows_max = rows_max
        self._in_flight_max = in_flight_max
        self._waiting: deque[tuple[list[Item], asyncio.Future[list[Answer]]]] = deque()
        self._trips: set[asyncio.Task[None]] = set()

    async def carry(self, items: list[Item]) -> list[Answer]:
        """The answers to these items, in order; raises what their trip raised."""
        if not items:
            return []
        future: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()
        self._waiting.append((items, future))
        self._depart()
        return await future

    def _depart(self) -> None:
        while self._waiting and len(self._trips) < self._in_flight_max:
            aboard = [self._waiting.popleft()]
            rows = len(aboard[0][0])
            while self._waiting and rows + len(self._waiting[0][0]) <= self._rows_max:
                aboard.append(self._waiting.popleft())
                rows += len(aboard[-1][0])
            task = asyncio.get_running_loop().create_task(self._ride(aboard))
            self._trips.add(task)
            task.add_done_callback(self._arrive)

    async def _ride(self, aboard: list[tuple[list[Item], asyncio.Future[list[Answer]]]]) -> None:
        try:
            if len(aboard) == 1:
                answers = await self._trip(aboard[0][0])
            else:
                answers = await self._trip([item for items, _ in aboard for item in items])
        except Exception as error:  # noqa: BLE001 - it belongs to the callers, every one of them
            for _, future in aboard:
                if not future.done():
                    future.set_exception(error)
            return
        at = 0
        for items, future in aboard:
            if not future.done():
                future.set_result(answers[at : at + len(items)])
            at += len(items)

    def _arrive(self, task: asyncio.Task[None]) -> None:
        self._trips.discard(task)
        self._depart()
