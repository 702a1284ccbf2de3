"""The lanes of one simulated queue engine, shared by all its clients.

It does what JetStream does and what the port lets it do wrong: messages are lost, doubled or late as
`BusFaults` says, acknowledgements vanish, everything can be wiped.
"""

import asyncio
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Final, Protocol

from penstock.adapters.memory.lane_message import MemoryLaneMessage
from penstock.model.lane import LaneId
from penstock.model.limits import REFERENCES_PER_MESSAGE_MAX
from penstock.model.task import Reference

ACK_WAIT_S: Final = 5.0
NOTICE_S: Final = 1.0


class BusFaults(Protocol):
    """What goes wrong, asked each time. Decided by a simulation's seed."""

    def arrivals(self, lane: LaneId, references: Sequence[Reference]) -> Sequence[float]:
        """For a message being published: after how many seconds each copy of it arrives. Empty: lost."""

    def loses_ack(self, lane: LaneId) -> bool:
        """Whether this acknowledgement, final or not, gets lost."""


class NoFaults:
    """A healthy engine."""

    def arrivals(self, _lane: LaneId, _references: Sequence[Reference], /) -> Sequence[float]:
        return (0.0,)

    def loses_ack(self, _lane: LaneId, /) -> bool:
        return False


class Taker(Protocol):
    """A reader as the bus sees it."""

    def appetite(self) -> int:
        """How many messages it would take now."""

    def take(self, message: MemoryLaneMessage) -> None:
        """One message is its own now."""

    def settled(self) -> None:
        """One message is no longer in its hand."""


class _Lane:
    """Messages of one lane: waiting ones by sequence, held ones with the timer that gives them back."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, MemoryLaneMessage]] = []
        self.held: dict[int, tuple[MemoryLaneMessage, asyncio.TimerHandle]] = {}
        self.takers: list[Taker] = []
        self.hand_out_is_planned = False

    def first_sequence(self) -> int | None:
        first_held = min(self.held, default=None)
        if not self.waiting:
            return first_held
        first_waiting = self.waiting[0][0]
        return first_waiting if first_held is None else min(first_waiting, first_held)


class LaneBus:
    """The engine.

    `ack_wait_s`: how long a message may be held unacknowledged. `notice_s`: how long clients need
    to find out that the queue was lost and to make it again.
    """

    def __init__(
        self,
        faults: BusFaults | None = None,
        ack_wait_s: float = ACK_WAIT_S,
        notice_s: float = NOTICE_S,
    ) -> None:
        self.faults: BusFaults = faults or NoFaults()
        self.ack_wait_s = ack_wait_s
        self.is_up = True
        self._notice_s = notice_s
        self._lanes: dict[LaneId, _Lane] = {}
        self._last_sequence = 0
        self._incarnation = 0
        self._when_lost: list[Callable[[], None]] = []

    def publish(self, lane: LaneId, references: Sequence[Reference], enqueued_at_us: int) -> None:
        """Let the messages travel; nobody is told how they fared."""
        for start in range(0, len(references), REFERENCES_PER_MESSAGE_MAX):
            part = tuple(references[start : start + REFERENCES_PER_MESSAGE_MAX])
            for delay_s in self.faults.arrivals(lane, part):
                if delay_s > 0:
                    asyncio.get_running_loop().call_later(delay_s, self._arrive, lane, part, enqueued_at_us)
                else:
                    self._arrive(lane, part, enqueued_at_us)

    def join(self, lane: LaneId, taker: Taker) -> None:
        """A reader of the lane begins."""
        self._lane(lane).takers.append(taker)

    def part(self, lane: LaneId, taker: Taker) -> None:
        """It ends; what it holds comes back when its time is up."""
        self._lane(lane).takers.remove(taker)

    def look(self, lane: LaneId) -> None:
        """Something changed: hand out what can be handed out, one message a step."""
        state = self._lane(lane)
        if state.waiting and not state.hand_out_is_planned and self.is_up:
            state.hand_out_is_planned = True
            asyncio.get_running_loop().call_soon(self._hand_out, lane, state)

    def acknowledge(self, message: MemoryLaneMessage) -> None:
        """The message is gone for good, whoever holds it by now."""
        state = self._lane(message.lane)
        if not self._reaches_the_engine(message):
            return
        if message.sequence in state.held:
            state.held.pop(message.sequence)[1].cancel()
        else:
            state.waiting = sorted(entry for entry in state.waiting if entry[0] != message.sequence)

    def renew(self, message: MemoryLaneMessage) -> None:
        """The acknowledgement time starts anew."""
        state = self._lane(message.lane)
        if self._reaches_the_engine(message) and message.sequence in state.held:
            state.held.pop(message.sequence)[1].cancel()
            self._hold(state, message)

    def oldest_us(self, lane: LaneId) -> int | None:
        """The enqueue time of the first message in the lane, waiting or held."""
        state = self._lane(lane)
        first = state.first_sequence()
        if first is None:
            return None
        message = state.held[first][0] if first in state.held else state.waiting[0][1]
        return message.enqueued_at_us

    def wipe(self) -> None:
        """Everything in it is gone; the clients notice after a while."""
        for state in self._lanes.values():
            for _, timer in state.held.values():
                timer.cancel()
            state.waiting.clear()
            state.held.clear()
        self._incarnation += 1
        if self.is_up:
            asyncio.get_running_loop().call_later(self._notice_s, self._tell, self._incarnation)

    def lose(self, lane: LaneId) -> None:
        """What waits in one lane is gone, and nobody is told."""
        self._lane(lane).waiting.clear()

    def go_down(self) -> None:
        """The engine stops. Its messages lived in memory."""
        self.is_up = False
        self.wipe()

    def come_back(self) -> None:
        """It starts again, empty."""
        self.is_up = True
        asyncio.get_running_loop().call_later(self._notice_s, self._tell, self._incarnation)

    def tell_when_lost(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Call `tell` after each loss; the answer stops it."""
        self._when_lost.append(tell)
        return lambda: self._when_lost.remove(tell)

    def _tell(self, incarnation: int) -> None:
        if self.is_up and incarnation == self._incarnation:
            for tell in tuple(self._when_lost):
                tell()

    def _lane(self, lane: LaneId) -> _Lane:
        state = self._lanes.get(lane)
        if state is None:
            state = self._lanes[lane] = _Lane()
        return state

    def _arrive(self, lane: LaneId, references: tuple[Reference, ...], enqueued_at_us: int) -> None:
        if not self.is_up:
            return
        self._last_sequence += 1
        message = MemoryLaneMessage(self, self._last_sequence, self._incarnation, lane, references, enqueued_at_us)
        heappush(self._lane(lane).waiting, (message.sequence, message))
        self.look(lane)

    def _hand_out(self, lane: LaneId, state: _Lane) -> None:
        state.hand_out_is_planned = False
        hungry = [taker for taker in state.takers if taker.appetite() > 0]
        if not (hungry and state.waiting and self.is_up):
            return
        taker = hungry[0]
        state.takers.remove(taker)
        state.takers.append(taker)
        message = heappop(state.waiting)[1]
        self._hold(state, message)
        self.look(lane)
        taker.take(message.handed_out(len(state.waiting), taker.settled))

    def _hold(self, state: _Lane, message: MemoryLaneMessage) -> None:
        timer = asyncio.get_running_loop().call_later(self.ack_wait_s, self._give_back, state, message)
        state.held[message.sequence] = (message, timer)

    def _give_back(self, state: _Lane, message: MemoryLaneMessage) -> None:
        del state.held[message.sequence]
        heappush(state.waiting, (message.sequence, message))
        self.look(message.lane)

    def _reaches_the_engine(self, message: MemoryLaneMessage) -> bool:
        return self.is_up and message.incarnation == self._incarnation and not self.faults.loses_ack(message.lane)
