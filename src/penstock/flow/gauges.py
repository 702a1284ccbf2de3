"""How full each lane is and how fast it drains: estimates that orchestrators share by signals.

The window of a lane is two seconds of its drain, at least 200 references, so that the backlog stays in
the store, where gates, limits and priorities still reach it.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

import msgspec

from penstock.model.lane import LaneId
from penstock.model.limits import REFERENCES_PER_MESSAGE_MAX
from penstock.ports.signals import Signals, Topic

WINDOW_S: Final = 2.0
WINDOW_MIN: Final = 200
TELL_EVERY_S: Final = 0.1
FORGET_AFTER_S: Final = 3.0
"""a drain that nobody has spoken of for so long counts as none"""
MESSAGE_S: Final = 0.02
"""a message holds about so much of the lane's drain, so that a slow lane's messages are small"""
SMOOTHING: Final = 0.3


class LaneTold(msgspec.Struct, frozen=True, array_like=True):
    """What one orchestrator says of one lane."""

    lane: int
    drain_per_s: float
    waiting: int


class Told(msgspec.Struct, frozen=True, array_like=True):
    """One gauge signal."""

    sender: str
    lanes: list[LaneTold]


class _Lane:
    __slots__ = ("drains", "published", "waiting")

    def __init__(self) -> None:
        self.waiting = 0
        self.published = 0
        self.drains: dict[str, tuple[float, float]] = {}

    def drain_per_s(self, now: float) -> float:
        return sum(rate for rate, told_at in self.drains.values() if now - told_at < FORGET_AFTER_S)


class Gauges:
    """Implements `ports.lanes.LaneGauges`. `sender` names this process in its signals."""

    def __init__(self, signals: Signals, sender: str) -> None:
        self._signals = signals
        self._sender = sender
        self._lanes: dict[LaneId, _Lane] = {}
        self._drained: dict[LaneId, int] = {}
        self._waiting: dict[LaneId, int] = {}
        self._rates: dict[LaneId, float] = {}
        self._told_at = 0.0
        self._stop_listening = signals.listen(Topic.GAUGE, self._hear)

    def room(self, lane: LaneId) -> int:
        state = self._lanes.get(lane)
        if state is None:
            return WINDOW_MIN
        window = max(WINDOW_MIN, int(state.drain_per_s(_now()) * WINDOW_S))
        return max(0, window - state.waiting - state.published)

    def published(self, lane: LaneId, count: int) -> None:
        self._lanes.setdefault(lane, _Lane()).published += count

    def drained(self, lane: LaneId, count: int, waiting: int) -> None:
        self._drained[lane] = self._drained.get(lane, 0) + count
        self._waiting[lane] = waiting

    def references_per_message(self, lane: LaneId) -> int:
        return min(REFERENCES_PER_MESSAGE_MAX, max(8, int(self.drain_per_s(lane) * MESSAGE_S)))

    def drain_per_s(self, lane: LaneId) -> float:
        """Implements `ports.attendance.Drains`."""
        state = self._lanes.get(lane)
        return state.drain_per_s(_now()) if state else 0.0

    def forget(self) -> None:
        """The lanes were emptied by a loss: nothing waits in them."""
        for state in self._lanes.values():
            state.waiting = state.published = 0

    async def run(self) -> None:
        """Tell the others what drained here, ten times a second while something does."""
        self._told_at = _now()
        try:
            while True:
                await asyncio.sleep(TELL_EVERY_S)
                self.tell()
        finally:
            self._stop_listening()

    def tell(self) -> None:
        """One round of `run`."""
        now = _now()
        passed_s, self._told_at = max(now - self._told_at, 1e-3), now
        lanes = list(self._rounds(passed_s))
        if lanes:
            self._signals.send(Topic.GAUGE, msgspec.msgpack.encode(Told(self._sender, lanes)))

    def _rounds(self, passed_s: float) -> Iterable[LaneTold]:
        for lane in self._rates.keys() | self._drained.keys():
            rate = self._drained.get(lane, 0) / passed_s
            smooth = self._rates.get(lane, rate)
            smooth += SMOOTHING * (rate - smooth)
            if smooth < 0.1:
                self._rates.pop(lane, None)
            else:
                self._rates[lane] = smooth
            yield LaneTold(lane, smooth, self._waiting.get(lane, 0))
        self._drained.clear()

    def _hear(self, body: bytes) -> None:
        told = _decode(body)
        if told is None:
            return
        now = _now()
        for heard in told.lanes:
            state = self._lanes.setdefault(LaneId(heard.lane), _Lane())
            state.drains[told.sender] = (heard.drain_per_s, now)
            state.waiting = heard.waiting
            state.published = 0


def _decode(body: bytes) -> Told | None:
    try:
        return msgspec.msgpack.decode(body, type=Told)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None  # a hint from a stranger or another version


def _now() -> float:
    return asyncio.get_running_loop().time()
