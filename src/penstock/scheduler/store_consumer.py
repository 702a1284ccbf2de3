"""The store consumer: moves due tasks into their lanes, as far as their windows have room."""

import asyncio
import logging
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from penstock.model.errors import PenstockError
from penstock.model.identity import BUCKETS
from penstock.model.lane import LaneId
from penstock.ports.due_work import BucketShare
from penstock.ports.signals import Topic
from penstock.scheduler.agenda import Agenda
from penstock.scheduler.alarm import Alarm
from penstock.scheduler.lambda_list import LambdaList
from penstock.scheduler.lane_publisher import LanePublisher
from penstock.scheduler.rounds import Backoff
from penstock.scheduler.sockets import Sockets

PASSES_MAX: Final = 3
"""Passes at a time, on different lanes; the last place is kept for lanes without a backlog, so that a flood
or a lane that is stuck keeps nobody waiting."""
PASS_ROWS_MAX: Final = 8_000
LANE_ROWS_MAX: Final = 4_000
"""A backlog closes its lane to direct enqueueing until it is moved: the mover must be faster than what comes in."""
LANE_ROWS_MIN: Final = 10
WAKE_LATE_S: Final = 0.0002
"""Our picture of the store's clock is good to about this: asking a little late asks once."""

_DUE: Final = struct.Struct(">QQ")

log = logging.getLogger(__name__)


class StoreConsumer:
    """`share` tells which buckets are ours now: none, then nothing is served. `on_condemned` is called when a gate that
    drops has stopped something.
    """

    def __init__(
        self,
        sockets: Sockets,
        lambdas: LambdaList,
        share: Callable[[], BucketShare],
        chance: Callable[[], float],
        enqueue_timeout_s: float,
        on_condemned: Callable[[], None],
    ) -> None:
        self._on_condemned = on_condemned
        self._due_work = sockets.due_work
        self._gauges = sockets.gauges
        self._clock = sockets.clock
        self._publisher = LanePublisher(sockets.queue, sockets.gauges)
        self._lambdas = lambdas
        self._share = share
        self._chance = chance
        self._troubles: dict[LaneId, Backoff] = {}
        self._enqueue_timeout_s = enqueue_timeout_s
        self._agenda = Agenda()
        self._alarm = Alarm()
        self._passes: dict[asyncio.Task[int], Mapping[LaneId, int]] = {}
        self._unlisten = sockets.signals.listen(Topic.DUE, self._on_due_signal)

    def hear(self, lane: LaneId, due_at_us: int) -> None:
        """The lane has a task that is due then, by the store's clock."""
        self._agenda.hear(lane, due_at_us)
        self._alarm.ring()

    async def probe(self) -> None:
        """Ask the store once for the next due time of every lane; raises `Unavailable`."""
        await self._lambdas.refresh()
        share, lanes = self._share(), self._lambdas.lanes()
        if share and lanes:
            with self._agenda.listening() as heard:
                found = await self._due_work.next_due(lanes, share)
            self._agenda.learn(lanes, found, heard)
            self._alarm.ring()

    async def serve_due(self) -> int:
        """One pass over every lane that is known to be due; answers how many tasks were enqueued.

        Trouble puts the lanes off and is told to the log, never to the caller.
        """
        fresh, backlogged = self._agenda.ready(self._clock.now_us(), _now_s())
        wants = self._take(fresh + backlogged)
        try:
            return await self._serve(wants)
        finally:
            self._agenda.release(wants)

    async def run(self) -> None:
        """Pass after pass, as lanes become due or drain, until cancelled."""
        while True:
            share = self._share()
            at_s = self._launch_passes() if share else None
            await self._alarm.sleep_until(at_s)

    async def stop(self, within_s: float) -> None:
        """Listen no more; let the passes in flight publish what they have moved."""
        self._unlisten()
        if self._passes:
            _, unfinished = await asyncio.wait(self._passes, timeout=within_s)
            for each in unfinished:
                each.cancel()

    def _launch_passes(self) -> float | None:
        """Starts what can be started; answers when there may be more to start."""
        now_us, now_s = self._clock.now_us(), _now_s()
        fresh, backlogged = self._agenda.ready(now_us, now_s)
        if fresh and len(self._passes) < PASSES_MAX:
            self._launch(fresh)
        if backlogged and self._has_place_for_backlog():
            self._launch(backlogged)
        if len(self._passes) >= PASSES_MAX:
            return None  # the end of a pass rings
        at_s = self._agenda.next_moment_s(now_us, now_s, self._has_place_for_backlog())
        return None if at_s is None else at_s + WAKE_LATE_S

    def _has_place_for_backlog(self) -> bool:
        return len(self._passes) < PASSES_MAX - 1

    def _launch(self, lanes: list[LaneId]) -> None:
        wants = self._take(lanes)
        if wants:
            one_pass = asyncio.ensure_future(self._serve(wants))
            self._passes[one_pass] = wants
            one_pass.add_done_callback(self._on_pass_end)

    def _on_pass_end(self, one_pass: "asyncio.Task[int]") -> None:
        self._agenda.release(self._passes.pop(one_pass))
        self._alarm.ring()

    async def _serve(self, wants: Mapping[LaneId, int]) -> int:
        share = self._share()
        if not wants or not share:
            return 0
        try:
            moved = await self._move(wants, share)
        except PenstockError as trouble:
            self._put_off(wants, str(trouble))
            return 0
        except Exception as mistake:
            log.exception("the lanes %s could not be served", sorted(wants))
            if len(wants) == 1:
                self._put_off(wants, repr(mistake))
                return 0
            return sum([await self._serve({lane: want}) for lane, want in wants.items()])
        for lane in wants:
            self._troubles.pop(lane, None)
        return moved

    def _put_off(self, lanes: Iterable[LaneId], why: str) -> None:
        """All of them equally long, so that they return in one trip."""
        waits_s = [self._troubles.setdefault(lane, Backoff(self._chance)).failed_s() for lane in lanes]
        is_new = any(self._troubles[lane].failures == 1 for lane in lanes)
        level = logging.WARNING if is_new else logging.DEBUG
        log.log(level, "due tasks were not moved: %s; again in %.2f s", why, max(waits_s))
        self._agenda.postpone(lanes, _now_s() + max(waits_s))

    def _take(self, lanes: Iterable[LaneId]) -> dict[LaneId, int]:
        """The lanes that have room are served by one pass from now on."""
        wants = self._wants(lanes, self._share())
        self._agenda.take(wants)
        return wants

    def _wants(self, lanes: Iterable[LaneId], share: BucketShare) -> dict[LaneId, int]:
        """How many each lane may take in this pass; a lane without room is left for later."""
        wants: dict[LaneId, int] = {}
        for lane in lanes:
            room = self._room(lane, share)
            if room > 0:
                wants[lane] = room
            else:
                self._agenda.is_full(lane, 0, _now_s())
        most = min(LANE_ROWS_MAX, max(PASS_ROWS_MAX // max(len(wants), 1), LANE_ROWS_MIN))
        return {lane: min(room, most) for lane, room in wants.items()}

    def _room(self, lane: LaneId, share: BucketShare) -> int:
        """Our part of the lane's window: the other schedulers fill theirs."""
        room = self._gauges.room(lane)
        buckets = sum(high - low + 1 for low, high in share)
        return -(-room * buckets // BUCKETS) if room > 0 else 0

    async def _move(self, wants: Mapping[LaneId, int], share: BucketShare) -> int:
        with self._agenda.listening() as heard:
            batch = await self._due_work.enqueue_due(wants, share, self._enqueue_timeout_s)
            counts = {lane: len(batch.references.get(lane, ())) + batch.held.get(lane, 0) for lane in wants}
            if batch.condemned:
                self._on_condemned()
            for lane, references in batch.references.items():
                self._publisher.publish(lane, references, batch.enqueued_at_us)
            drained = [lane for lane, want in wants.items() if counts[lane] < want]
            next_due_us = await self._due_work.next_due(drained, share) if drained else {}
        now_us, now_s = self._clock.now_us(), _now_s()
        for lane, moved in counts.items():
            if moved < wants[lane]:
                self._agenda.drained(lane, next_due_us.get(lane), heard, moved, now_us, now_s)
            elif batch.held.get(lane) or self._room(lane, share) >= wants[lane]:  # the pass ended for its own limit
                self._agenda.has_more(lane)
            else:
                self._agenda.is_full(lane, moved, now_s)
        return sum(counts.values())

    def _on_due_signal(self, body: bytes) -> None:
        if len(body) % _DUE.size:
            log.warning("a signal on %s had a broken body", Topic.DUE)
            return
        for lane, due_at_us in _DUE.iter_unpack(body):
            self._agenda.hear(LaneId(lane), due_at_us)
        self._alarm.ring()


def _now_s() -> float:
    return asyncio.get_running_loop().time()
