"""Publish calls share trips to the journal, and nobody waits for a batch to fill."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct

from penstock.model.errors import InvalidInput, Overloaded, PenstockError, Unavailable
from penstock.model.limits import BATCH_BYTES_MAX, BATCH_ROWS_MAX
from penstock.ports.journal import AppendReply, AppendRequest, Journal

log = logging.getLogger(__name__)


class PumpLimits(Struct, frozen=True):
    """A trip, and all that is under way."""

    trips_max: int = 2
    trip_rows_max: int = BATCH_ROWS_MAX
    trip_bytes_max: int = BATCH_BYTES_MAX
    rows_max: int = 50_000
    """over it new calls are refused: about two seconds of a store's work"""
    bytes_max: int = 64 * 1024 * 1024


class _Waiting(Struct, eq=False):
    request: AppendRequest
    size_bytes: int
    goes_alone: bool
    answer: "asyncio.Future[AppendReply]"


Stored = Callable[[Sequence[AppendRequest], Sequence[AppendReply]], None]
"""Told of each trip that has come back, before its callers are."""


def _tell_nobody(_requests: Sequence[AppendRequest], _replies: Sequence[AppendReply]) -> None:
    pass


class JournalPump:
    """Whatever is waiting goes in the next trip. A call that expects a sequence goes alone: only it is refused."""

    def __init__(self, journal: Journal, limits: PumpLimits | None = None, stored: Stored = _tell_nobody) -> None:
        self._journal = journal
        self._on_stored = stored
        self._limits = limits or PumpLimits()
        self._waiting: deque[_Waiting] = deque()
        self._trips: set[asyncio.Task[None]] = set()
        self._launch_is_coming = False
        self._rows = 0
        self._bytes = 0
        self.stored = 0
        """events of all trips that have returned"""

    @property
    def waiting(self) -> int:
        """Events that are under way, in a trip or before one."""
        return self._rows

    async def append(self, request: AppendRequest, size_bytes: int) -> AppendReply:
        """Durable when it returns. `size_bytes`: of the data of its events.

        Raises `InvalidInput` when the store refuses the call for its content, `Unavailable` when it cannot answer
        (it may or may not have committed), and `Overloaded` when too much is under way: nothing was stored.
        """
        with self._room_for(len(request.events), size_bytes):
            answer: asyncio.Future[AppendReply] = asyncio.get_running_loop().create_future()
            self._waiting.append(_Waiting(request, size_bytes, request.expects, answer))
            if not self._launch_is_coming:
                # Not at once: calls that arrived in the same turn of the loop go together.
                self._launch_is_coming = True
                asyncio.get_running_loop().call_soon(self._launch)
            return await answer

    @contextmanager
    def _room_for(self, rows: int, size_bytes: int) -> Iterator[None]:
        is_full = self._rows + rows > self._limits.rows_max or self._bytes + size_bytes > self._limits.bytes_max
        if self._rows and is_full:
            raise Overloaded(f"overloaded: {self._rows} events are waiting to be stored; try again later")
        self._rows += rows
        self._bytes += size_bytes
        try:
            yield
        finally:
            self._rows -= rows
            self._bytes -= size_bytes

    def _launch(self) -> None:
        self._launch_is_coming = False
        while len(self._trips) < self._limits.trips_max and (batch := self._next_batch()):
            trip = asyncio.ensure_future(self._travel(batch))
            self._trips.add(trip)
            trip.add_done_callback(self._has_returned)

    def _has_returned(self, trip: "asyncio.Task[None]") -> None:
        self._trips.discard(trip)
        self._launch()

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        rows = size_bytes = 0
        while self._waiting:
            first = self._waiting[0]
            if first.answer.done():  # its caller has gone
                self._waiting.popleft()
                continue
            rows += len(first.request.events)
            size_bytes += first.size_bytes
            is_full = rows > self._limits.trip_rows_max or size_bytes > self._limits.trip_bytes_max
            if batch and (is_full or first.goes_alone):
                break
            batch.append(self._waiting.popleft())
            if first.goes_alone:
                break
        return batch

    async def _travel(self, batch: list[_Waiting]) -> None:
        try:
            await self._store(batch)
        finally:
            for each in batch:
                each.answer.cancel()  # only those that nothing was said to: the process is going down

    async def _store(self, batch: list[_Waiting]) -> None:
        try:
            replies = await self._journal.append([each.request for each in batch])
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
            log.exception("a trip to the journal with %d calls failed", len(batch))
            _fail(batch, mistake)
        else:
            self.stored += sum([len(each.request.events) for each in batch])
            self._on_stored([each.request for each in batch], replies)
            for each, reply in zip(batch, replies, strict=True):
                if not each.answer.done():
                    each.answer.set_result(reply)


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for each in batch:
        if not each.answer.done():
            # One object for each caller: a raised exception collects its caller's traceback.
            each.answer.set_exception(Unavailable(str(error)) if isinstance(error, Unavailable) else error)
