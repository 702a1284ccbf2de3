"""The work queue on one JetStream stream."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from penstock.adapters.jetstream.engine import NatsEngine
from penstock.adapters.jetstream.pulled import PulledMessage, messages_behind
from penstock.adapters.jetstream.reader import PullReader
from penstock.adapters.jetstream.references import decode, encode
from penstock.adapters.jetstream.stream import WorkStream
from penstock.adapters.jetstream.watch import StreamWatch
from penstock.model.lane import LaneId
from penstock.model.limits import REFERENCES_PER_MESSAGE_MAX
from penstock.model.task import Reference
from penstock.ports.work_queue import LaneMessage, LaneReader

_logger = logging.getLogger(__name__)


class JetStreamWorkQueue:
    """`WorkQueue` on an engine that it starts and stops.

    References go out by plain publish, no acknowledgement awaited: the store finds what was lost. Until the
    stream stands they wait in an outbox of `outbox_bytes_max`; `references_dropped` counts what did not fit.
    """

    def __init__(self, engine: NatsEngine) -> None:
        self._engine = engine
        self._stream = WorkStream(engine)
        self._watch = StreamWatch(engine, self._stream, self._stands, self._tick)
        self._readers: set[PullReader] = set()
        self._callbacks: list[Callable[[], Awaitable[None]]] = []
        self._telling: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()
        self._ready = False
        self._outbox: deque[tuple[str, bytes, int]] = deque()
        self._outbox_bytes = 0
        self.references_dropped = 0
        engine.on_down(self._is_down)

    @property
    def is_ready(self) -> bool:
        """What is published now goes out at once: the connection is up and the stream was seen."""
        return self._ready

    async def start(self) -> None:
        await self._engine.start()
        self._watch.start()

    async def stop(self) -> None:
        await self._watch.stop()
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, *(reader.close() for reader in self._readers), return_exceptions=True)
        await self._engine.stop()

    def publish(self, lane: LaneId, references: Sequence[Reference], enqueued_at_us: int) -> None:
        subject = self._stream.subject(lane)
        for start in range(0, len(references), REFERENCES_PER_MESSAGE_MAX):
            some = references[start : start + REFERENCES_PER_MESSAGE_MAX]
            self._send_or_keep(subject, encode(some, enqueued_at_us), len(some))

    def reader(self, lane: LaneId, on_message: Callable[[LaneMessage], None]) -> LaneReader:
        def take(reply: str, body: bytes, answer: Callable[[bytes], None]) -> None:
            enqueued_at_us, references = decode(body)
            behind = messages_behind(reply)
            on_message(PulledMessage(lane, references, enqueued_at_us, behind, answer, put_back=self.publish))

        reader = PullReader(
            self._engine,
            f"lane {lane}",
            self._stream.pull_subject(lane),
            partial(self._stream.make_consumer, lane),
            take,
            on_trouble=self._watch.look_now,
            awake=self._ready,
        )
        self._readers.add(reader)
        return reader

    async def oldest_us(self, lane: LaneId) -> int | None:
        return await self._stream.oldest_us(lane)

    def on_lost(self, callback: Callable[[], Awaitable[None]]) -> None:
        self._callbacks.append(callback)

    def _send_or_keep(self, subject: str, body: bytes, references: int) -> None:
        if self._ready:
            if not self._engine.send(subject, body):
                self.references_dropped += references
        elif self._outbox_bytes + len(body) <= self._engine.options.outbox_bytes_max:
            self._outbox.append((subject, body, references))
            self._outbox_bytes += len(body)
        else:
            self.references_dropped += references

    async def _stands(self, lost: bool) -> None:
        """The stream stands after a connect or a loss: go on, then tell of the loss."""
        self._ready = self._engine.is_up
        while self._ready and self._outbox:
            self._send_or_keep(*self._outbox.popleft())
        self._outbox_bytes = sum(len(body) for _, body, _ in self._outbox)
        await asyncio.gather(*(reader.wake(lost) for reader in self._readers))
        if lost:
            task = asyncio.create_task(self._tell_of_loss(), name="nats: tell of the loss")
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell_of_loss(self) -> None:
        async with self._one_at_a_time:
            for callback in list(self._callbacks):
                try:
                    await callback()
                except Exception:
                    _logger.exception("a callback for a lost work stream failed")

    def _tick(self) -> None:
        now = asyncio.get_running_loop().time()
        for reader in self._readers:
            reader.tick(now)
        self._readers = {reader for reader in self._readers if not reader.is_gone}

    def _is_down(self) -> None:
        self._ready = False
        for reader in self._readers:
            reader.sleep()
