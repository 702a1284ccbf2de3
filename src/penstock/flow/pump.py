"""Batching without waiting: whatever waits goes in the next trip, and nothing waits for a batch to fill."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from penstock.model.departures import Departures
from penstock.model.fair_queue import FairQueue, Load
from penstock.model.lane import LaneId

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class _Waiting(Generic[Item, Answer]):
    __slots__ = ("answers", "items", "line", "rows", "since_s")

    def __init__(
        self, items: list[Item], line: LaneId | None, answers: "asyncio.Future[list[Answer]]", since_s: float
    ) -> None:
        self.line = line
        self.items = items
        self.rows = len(items)
        self.answers = answers
        self.since_s = since_s


class Pump(Generic[Item, Answer]):
    """Carries items of many callers to one place in shared trips.

    `trip` takes a list of items and answers one answer per item, in order. At most `in_flight_max` trips run at the
    same time (one more, as `Departures` says, when lines differ much): a lone caller goes at once, ten thousand share
    a few. A trip's error goes to every caller aboard, each of whom may repeat.
    """

    def __init__(
        self, trip: Callable[[list[Item]], Awaitable[list[Answer]]], *, rows_max: int, in_flight_max: int
    ) -> None:
        self._trip = trip
        self._rows_max = rows_max
        self._waiting: FairQueue[_Waiting[Item, Answer]] = FairQueue()
        self._departures = Departures(in_flight_max)
        self._resumes = False

    async def carry(self, items: list[Item], line: LaneId | None = None) -> list[Answer]:
        """The answers to these items, in order; raises what their trip raised. Lines take turns."""
        if not items:
            return []
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Answer]] = loop.create_future()
        self._waiting.put(line, _Waiting(items, line, future, loop.time()))
        self._depart()
        return await future

    def _depart(self) -> None:
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        for load in Load:
            while self._waiting.has(load) and self._departures.may_go(load, now_s):
                aboard = self._next(load, self._departures.rows_max(load, self._rows_max, now_s))
                trip = loop.create_task(self._ride(aboard))
                self._departures.departed(trip, load, {waiting.line for waiting in aboard}, now_s)
                trip.add_done_callback(self._arrive)
        if now_s < self._departures.resumes_at_s and not self._resumes:
            self._resumes = True
            loop.call_at(self._departures.resumes_at_s, self._resume)

    def _resume(self) -> None:
        self._resumes = False
        self._depart()

    def _next(self, load: Load, rows_max: int) -> list[_Waiting[Item, Answer]]:
        aboard = [self._waiting.take(load)]
        rows = aboard[0].rows
        while self._waiting.has(load) and rows + self._waiting.first(load).rows <= rows_max:
            aboard.append(self._waiting.take(load))
            rows += aboard[-1].rows
        return aboard

    async def _ride(self, aboard: list[_Waiting[Item, Answer]]) -> None:
        try:
            if len(aboard) == 1:
                answers = await self._trip(aboard[0].items)
            else:
                answers = await self._trip([item for waiting in aboard for item in waiting.items])
        except Exception as error:  # noqa: BLE001 - it belongs to the callers, every one of them
            for waiting in aboard:
                if not waiting.answers.done():
                    waiting.answers.set_exception(error)
            return
        at = 0
        for waiting in aboard:
            if not waiting.answers.done():
                waiting.answers.set_result(answers[at : at + waiting.rows])
            at += waiting.rows

    def _arrive(self, trip: asyncio.Task[None]) -> None:
        self._departures.returned(trip, asyncio.get_running_loop().time())
        self._depart()
