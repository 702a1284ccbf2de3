"""One credit stream: says what can be taken, receives assignments, opens again when it breaks."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from penstock.execution.backoff import Backoff
from penstock.execution.credit import Drain, worth_asking
from penstock.execution.gate_sight import GateSight
from penstock.execution.held import Held
from penstock.execution.tuning import Terms
from penstock.model.errors import PenstockError
from penstock.model.work import Hello, WorkMessage, stamp_every_s
from penstock.ports.orchestrators import Orchestrators, WorkStream
from penstock.ports.seat import Seat

_LOG = logging.getLogger("penstock.execution")


class Intake:
    """Claims taken stay held when the stream breaks; the totals of credit begin anew with each stream."""

    def __init__(
        self,
        hello: Hello,
        slots: int,
        prefetches: bool,
        orchestrators: Orchestrators,
        seat: Seat,
        terms: Terms,
        room: Callable[[], int],
        on_message: Callable[["Intake", WorkMessage], None],
    ) -> None:
        self._hello = hello
        self._slots = slots
        self._prefetches = prefetches
        self._orchestrators = orchestrators
        self._seat = seat
        self._terms = terms
        self._room = room
        self._on_message = on_message
        self._drain = Drain(seat.monotonic_s())
        self._open = 0
        self._received = 0
        self._outstanding = 0
        self._stopping = False
        self._waiting = False
        self._nudged = asyncio.Event()
        self.sight = GateSight()

    def took(self, held: Held) -> None:
        """One of its assignments is now buffered or runs."""
        self._open += 1
        self._drain.weigh(held.size_bytes)

    def ended(self, count: int) -> None:
        """So many of them have ended or were taken back."""
        self._open -= count
        self._drain.count(count)
        if not self._stopping and worth_asking(self._wanted(), self._outstanding):
            self._nudged.set()

    def waits(self, waiting: bool) -> None:
        """Whether some of its claims have waited for a while: then news of gates are asked for."""
        if waiting and not self._waiting:
            self._nudged.set()
        self._waiting = waiting

    def stop(self) -> None:
        """Ask for nothing more; the stream stays for cancels and for what was on its way."""
        self._stopping = True
        self._nudged.set()

    async def run(self) -> None:
        """For ever."""
        backoff = Backoff(0.1, 5.0, self._seat.chance)
        while True:
            try:
                stream = await self._orchestrators.open(self._hello)
                await self._serve(stream, backoff)
            except PenstockError as error:
                level = logging.WARNING if backoff.trouble_is_new else logging.DEBUG
                _LOG.log(level, "%s: the work stream broke: %s", self._hello.executor, error)
            await asyncio.sleep(backoff.next_s())

    async def _serve(self, stream: WorkStream, backoff: Backoff) -> None:
        self._received = self._outstanding = 0
        giving = asyncio.create_task(self._give(stream))
        reading = asyncio.create_task(self._read(stream, backoff))
        try:
            await asyncio.wait((giving, reading), return_when=asyncio.FIRST_COMPLETED)
        finally:
            giving.cancel()
            reading.cancel()
            ends = await asyncio.gather(giving, reading, return_exceptions=True)
            with contextlib.suppress(PenstockError):
                await stream.close()
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def _read(self, stream: WorkStream, backoff: Backoff) -> None:
        async for message in stream.messages():
            backoff.reset()
            self._received += len(message.assignments)
            self._outstanding -= len(message.assignments)
            self._on_message(self, message)

    async def _give(self, stream: WorkStream) -> None:
        given = 0
        while True:
            self._nudged.clear()
            given = max(given, self._received + self._wanted())
            self._outstanding = given - self._received
            await stream.give(given, int(self._seat.monotonic_s() * 1_000_000), self._stopping, self._waiting)
            try:
                async with asyncio.timeout(stamp_every_s(self._terms.lease_s)):
                    await self._nudged.wait()
            except TimeoutError:
                pass

    def _wanted(self) -> int:
        """Tasks that could be taken now."""
        if self._stopping:
            return 0
        target = self._slots
        if self._prefetches:
            target += self._drain.prefetch(self._seat.monotonic_s())
        return max(0, min(target - self._open, self._room()))
