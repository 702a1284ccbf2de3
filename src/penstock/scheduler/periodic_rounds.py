"""Periodic schedules: their ticks become tasks, as they come due."""

import asyncio
import logging
import struct
from collections.abc import Callable, Sequence
from typing import Final

from penstock.model.errors import InvalidInput
from penstock.model.identity import ID_BYTES, TaskId
from penstock.model.limits import BATCH_BYTES_MAX, BATCH_ROWS_MAX
from penstock.model.periodic import QUEUE_LOOK_US, Advance, DueSchedule, Passed, advance, put_off, stay, task_id_of
from penstock.ports.due_work import BucketShare
from penstock.ports.periodic import DueSchedules, Ticks
from penstock.ports.signals import Signals, Topic
from penstock.scheduler.alarm import Alarm

PASS_SCHEDULES_MAX: Final = 250
"""Small, because the ticks of a pass are computed in one go: nobody else's work stands still for long."""
PASSES_MAX: Final = 40
WAKE_LATE_S: Final = 0.0002
AWAITED_MAX: Final = 10_000
FORGET_AFTER_S: Final = 3 * QUEUE_LOOK_US / 1_000_000

_DUE: Final = struct.Struct(">QQ")

log = logging.getLogger(__name__)


class PeriodicRounds:
    """`share` tells which buckets are ours now; `alarm` wakes whoever calls `look` again and again.

    Correct with any number of schedulers: the store takes each tick once. The buckets only spare them the same work.
    """

    def __init__(self, ticks: Ticks, signals: Signals, share: Callable[[], BucketShare], alarm: Alarm) -> None:
        self._ticks = ticks
        self._signals = signals
        self._share = share
        self._alarm = alarm
        self._timer: asyncio.TimerHandle | None = None
        self._awaited: dict[TaskId, int] = {}
        """task -> the schedule whose next tick waits for its end"""
        self._waits: dict[int, tuple[TaskId, float]] = {}
        """the same by schedule, with the loop's time of the last look at it"""
        self._ended: set[int] = set()
        self._stop_hearing: Callable[[], None] | None = None
        self._unlisten = signals.listen(Topic.PERIODIC, lambda _: alarm.ring())

    async def look(self) -> int:
        """Move on what is due; answers how many schedules. Wakes itself at the next tick. Raises `Unavailable`."""
        moved = 0
        self._forget_the_gone()
        await self._bring_forward()
        for _ in range(PASSES_MAX):
            share = self._share()
            if not share:
                return moved
            found = await self._ticks.due(share, PASS_SCHEDULES_MAX)
            advances = self._advances(found)
            self._wake_for(found, advances)
            if not advances:
                return moved
            self._wait_for_ends(found, advances)
            moved += await self._write(advances, found.now_us)
        self._alarm.ring()  # there may be more; the others on this loop come first
        return moved

    def stop(self) -> None:
        """Listen no more, and wake nobody."""
        self._unlisten()
        self._hear_no_ends()
        if self._timer is not None:
            self._timer.cancel()

    def _advances(self, found: DueSchedules) -> list[Advance]:
        """As many as one trip may carry; the others are due in the next."""
        advances: list[Advance] = []
        rows = size_bytes = 0
        for due in found.schedules:
            if rows >= BATCH_ROWS_MAX or size_bytes >= BATCH_BYTES_MAX:
                break
            move = self._advance_of(due, found.now_us)
            rows += len(move.ticks_us)
            size_bytes += len(move.ticks_us) * due.payload_bytes
            advances.append(move)
        return advances

    async def _write(self, advances: Sequence[Advance], now_us: int) -> int:
        """How many moved. A trip that the store refuses is split until the guilty schedule stands alone."""
        try:
            advanced = await self._ticks.advance(advances, now_us)
        except InvalidInput as refusal:
            if len(advances) > 1:
                middle = len(advances) // 2
                return await self._write(advances[:middle], now_us) + await self._write(advances[middle:], now_us)
            log.error("periodic schedule %d is put off: %s", advances[0].id, refusal)
            advanced = await self._ticks.advance([put_off(advances[0], now_us)], now_us)
        if advanced.lanes:
            at_us = advanced.now_us
            self._signals.send(Topic.DUE, b"".join([_DUE.pack(lane, at_us) for lane in sorted(advanced.lanes)]))
        return len(advanced.moved)

    def _advance_of(self, due: DueSchedule, now_us: int) -> Advance:
        try:
            move = advance(due, now_us)
        except InvalidInput as trouble:
            log.error("periodic schedule %d is put off: %s", due.id, trouble)
            return put_off(stay(due), now_us)
        if move.passed is Passed.MISSED:
            log.warning("periodic schedule %d: ticks from %d us on were missed and left out", due.id, due.next_tick_us)
        return move

    def _wake_for(self, found: DueSchedules, advances: Sequence[Advance]) -> None:
        """At the next moment at which something is due, as well as this look knows it."""
        moments_us = [each.look_at_us for each in advances]
        if found.next_look_us is not None:
            moments_us.append(found.next_look_us)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if moments_us:
            ahead_s = max(0.0, (min(moments_us) - found.now_us) / 1_000_000) + WAKE_LATE_S
            self._timer = asyncio.get_running_loop().call_later(ahead_s, self._alarm.ring)

    def _wait_for_ends(self, found: DueSchedules, advances: Sequence[Advance]) -> None:
        """Ends are listened to only while something waits for one: there are very many."""
        now_s = asyncio.get_running_loop().time()
        for due, move in zip(found.schedules, advances, strict=False):
            self._forget(due.id)
            awaited = task_id_of(due.id, move.ticks_us[-1], found.now_us) if move.ticks_us else due.last_task_id
            if move.waiting_since_us and awaited is not None and len(self._awaited) < AWAITED_MAX:
                self._awaited[awaited] = due.id
                self._waits[due.id] = (awaited, now_s)
        if self._awaited and self._stop_hearing is None:
            self._stop_hearing = self._signals.listen(Topic.ENDED, self._on_ended)

    def _forget_the_gone(self) -> None:
        """What waits is looked at again and again: what is not was paused, deleted, or is another scheduler's now."""
        gone_s = asyncio.get_running_loop().time() - FORGET_AFTER_S
        for schedule_id in [each for each, (_, seen_s) in self._waits.items() if seen_s < gone_s]:
            self._forget(schedule_id)
        if not self._awaited:
            self._hear_no_ends()

    def _forget(self, schedule_id: int) -> None:
        awaited, _ = self._waits.pop(schedule_id, (None, 0.0))
        if awaited is not None:
            self._awaited.pop(awaited, None)

    def _on_ended(self, body: bytes) -> None:
        for at in range(0, len(body) - ID_BYTES + 1, ID_BYTES):
            schedule_id = self._awaited.get(TaskId(body[at : at + ID_BYTES]))
            if schedule_id is not None:
                self._forget(schedule_id)
                self._ended.add(schedule_id)
                self._alarm.ring()

    def _hear_no_ends(self) -> None:
        if self._stop_hearing is not None:
            self._stop_hearing()
            self._stop_hearing = None

    async def _bring_forward(self) -> None:
        if self._ended:
            ended = sorted(self._ended)
            await self._ticks.look_now(ended)
            self._ended.difference_update(ended)
