"""Calls of many clients share trips to the store, and nobody waits for a batch to fill."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct

from penstock.model.departures import Departures
from penstock.model.errors import InvalidInput, Overloaded, PenstockError, Unavailable
from penstock.model.fair_queue import FairQueue, Load
from penstock.model.lane import LaneId
from penstock.model.limits import BATCH_BYTES_MAX, BATCH_ROWS_MAX
from penstock.ports.admission import Admission, AdmitReply, AdmitRequest, Admitted
from penstock.ports.lanes import LaneGauges

log = logging.getLogger(__name__)


class PumpLimits(Struct, frozen=True):
    """A trip, and all that is under way. A request larger than a trip's limits travels alone."""

    trips_max: int = 2
    trip_rows_max: int = BATCH_ROWS_MAX
    trip_bytes_max: int = BATCH_BYTES_MAX
    rows_max: int = 50_000
    """over it new calls are refused: about two seconds of a store's work"""
    bytes_max: int = 64 * 1024 * 1024


class _Waiting(Struct, eq=False):
    request: AdmitRequest
    rows: int
    size_bytes: int
    answer: "asyncio.Future[AdmitReply]"
    since_s: float
    line: LaneId | None


OnStored = Callable[[Sequence[AdmitRequest], Admitted], None]


class AdmissionPump:
    """Whatever is waiting goes in the next trip. `on_stored` hears of every trip after its commit."""

    def __init__(
        self,
        admission: Admission,
        gauges: LaneGauges,
        on_stored: OnStored,
        limits: PumpLimits | None = None,
    ) -> None:
        self._admission = admission
        self._gauges = gauges
        self._on_stored = on_stored
        self._limits = limits or PumpLimits()
        self._waiting: FairQueue[_Waiting] = FairQueue()
        self._departures = Departures(self._limits.trips_max)
        self._launch_is_coming = False
        self._resumes = False
        self._rows = 0
        self._bytes = 0
        self.stored = 0
        """tasks of all trips that have returned"""

    @property
    def waiting(self) -> int:
        """Tasks that no trip has taken yet."""
        return self._waiting.rows

    def oldest_wait_s(self, load: Load) -> float:
        """How long the first call of such lines has been waiting."""
        since_s = self._waiting.oldest_s(load)
        return 0.0 if since_s is None else asyncio.get_running_loop().time() - since_s

    @contextmanager
    def room_for(self, rows: int, size_bytes: int) -> Iterator[None]:
        """A place for one call while it is under way; raises `Overloaded` when there is none."""
        is_first = self._rows == 0
        if not is_first and (
            self._rows + rows > self._limits.rows_max or self._bytes + size_bytes > self._limits.bytes_max
        ):
            raise Overloaded(f"overloaded: {self._rows} tasks are waiting to be stored; try again later")
        self._rows += rows
        self._bytes += size_bytes
        try:
            yield
        finally:
            self._rows -= rows
            self._bytes -= size_bytes

    async def admit(self, request: AdmitRequest) -> AdmitReply:
        """Durable when it returns.

        Raises `InvalidInput` when the store refuses the request for its content, and `Unavailable` when the
        store cannot answer: it may or may not have committed.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[AdmitReply] = loop.create_future()
        tasks = request.tasks
        size_bytes = sum([len(task.payload) for task in tasks])
        line = tasks[0].lane if tasks else None
        self._waiting.put(line, _Waiting(request, len(tasks), size_bytes, answer, loop.time(), line))
        if not self._launch_is_coming:
            # Not at once: calls that arrived in the same turn of the loop go together.
            self._launch_is_coming = True
            loop.call_soon(self._launch)
        return await answer

    def _launch(self) -> None:
        self._launch_is_coming = False
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        for load in Load:
            while self._departures.may_go(load, now_s) and (batch := self._next_batch(load)):
                trip = asyncio.ensure_future(self._travel(batch))
                self._departures.departed(trip, load, {each.line for each in batch}, now_s)
                trip.add_done_callback(self._has_returned)
        if now_s < self._departures.resumes_at_s and not self._resumes:
            self._resumes = True
            loop.call_at(self._departures.resumes_at_s, self._resume)

    def _resume(self) -> None:
        self._resumes = False
        self._launch()

    def _has_returned(self, trip: "asyncio.Task[None]") -> None:
        self._departures.returned(trip, asyncio.get_running_loop().time())
        self._launch()

    def _next_batch(self, load: Load) -> list[_Waiting]:
        batch: list[_Waiting] = []
        rows = size_bytes = 0
        while self._waiting.has(load):
            first = self._waiting.first(load)
            if first.answer.done():  # its caller has gone, or its deadline has passed
                self._waiting.take(load)
                continue
            rows += first.rows
            size_bytes += first.size_bytes
            is_full = rows > self._limits.trip_rows_max or size_bytes > self._limits.trip_bytes_max
            if batch and is_full:
                break
            batch.append(self._waiting.take(load))
        return batch

    async def _travel(self, batch: list[_Waiting]) -> None:
        try:
            await self._store(batch)
        finally:
            for each in batch:
                each.answer.cancel()  # only those that nothing was said to: the process is going down

    async def _store(self, batch: list[_Waiting]) -> None:
        requests = [each.request for each in batch]
        lanes = {task.lane for request in requests for task in request.tasks}
        try:
            admitted = await self._admission.admit(requests, {lane: self._gauges.room(lane) for lane in lanes})
        except InvalidInput as refusal:
            if len(batch) == 1:
                _fail(batch, refusal)
            else:  # split until the guilty call stands alone
                middle = len(batch) // 2
                await self._store(batch[:middle])
                await self._store(batch[middle:])
        except PenstockError as trouble:
            _fail(batch, trouble)
        except Exception as mistake:
            log.exception("a trip to the store with %d calls failed", len(batch))
            _fail(batch, mistake)
        else:
            self.stored += sum([each.rows for each in batch])
            self._on_stored(requests, admitted)
            for each, reply in zip(batch, admitted.replies, strict=True):
                if not each.answer.done():
                    each.answer.set_result(reply)


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for each in batch:
        if not each.answer.done():
            # One object for each caller: a raised exception collects its caller's traceback.
            each.answer.set_exception(Unavailable(str(error)) if isinstance(error, Unavailable) else error)
