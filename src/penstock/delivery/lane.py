"""The references of one lane that are in hand here: pulled, not yet all claimed."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Final

from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.task import Reference
from penstock.ports.work_queue import LaneMessage, LaneReader, WorkQueue

MESSAGES_IN_HAND_MIN: Final = 2
MESSAGES_IN_HAND_MAX: Final = 64
SUSPECT_MESSAGES_MAX: Final = 256
"""in hand besides, with nothing in them but suspects"""


class _InHand:
    """One message and how far it was used up."""

    __slots__ = ("alone", "message", "ready", "unsettled")

    def __init__(self, message: LaneMessage) -> None:
        self.message = message
        self.ready = deque(reference.id for reference in message.references if not reference.alone)
        self.alone = deque(reference.id for reference in message.references if reference.alone)
        self.unsettled = len(message.references)


class Ticket:
    """Ids taken out of a lane to be claimed; settled when the claim was answered."""

    __slots__ = ("_alone", "_holder", "_lane", "ids")

    def __init__(self, lane: "LaneInHand", holder: _InHand, ids: list[TaskId], alone: bool) -> None:
        self.ids = ids
        self._lane, self._holder, self._alone = lane, holder, alone

    def settle(self) -> None:
        """They were claimed, or are of no use: the queue may forget them once the whole message is used up."""
        self._lane.settled(self._holder, len(self.ids))

    def give_back(self) -> None:
        """The claim could not be asked for: they come first again."""
        (self._holder.alone if self._alone else self._holder.ready).extendleft(reversed(self.ids))


class LaneInHand:
    """Keeps a few messages at hand, in proportion to how fast they are used up."""

    def __init__(self, lane: LaneId, queue: WorkQueue, on_arrival: Callable[[], None]) -> None:
        self.lane = lane
        self._held: deque[_InHand] = deque()
        self._queue = queue
        self._on_arrival = on_arrival
        self._behind = 0
        self._references_a_message = 1.0
        self._background: set[asyncio.Task[None]] = set()
        self._needed = MESSAGES_IN_HAND_MIN
        self._reader: LaneReader = queue.reader(lane, self._arrive)
        self._ask()

    @property
    def ready(self) -> bool:
        """Whether an ordinary executor could take something."""
        return any(holder.ready for holder in self._held)

    @property
    def suspects(self) -> bool:
        """Whether something waits for quarantine."""
        return any(holder.alone for holder in self._held)

    @property
    def waiting(self) -> int:
        """About how many references the lane holds, here and in the queue."""
        here = sum(len(holder.ready) + len(holder.alone) for holder in self._held)
        return here + int(self._behind * self._references_a_message)

    def take(self, count: int, alone: bool) -> Ticket | None:
        """Up to `count` of the oldest message that has some."""
        for holder in self._held:
            source = holder.alone if alone else holder.ready
            if source:
                ids = [source.popleft() for _ in range(min(count, len(source)))]
                self._ask()
                return Ticket(self, holder, ids, alone)
        return None

    def takable(self, count: int, alone: bool) -> int:
        """How many `take` would take."""
        for holder in self._held:
            source = holder.alone if alone else holder.ready
            if source:
                return min(count, len(source))
        return 0

    def expect(self, credit: int) -> None:
        """There is credit for so many: keep enough messages coming."""
        messages = int(credit / max(1.0, self._references_a_message)) + MESSAGES_IN_HAND_MIN
        self._needed = min(MESSAGES_IN_HAND_MAX, messages)
        self._ask()

    def _ask(self) -> None:
        """Suspects wait for quarantine one by one: messages with nothing else left in them hold up no innocents."""
        if self._needed:
            waiting = sum(1 for holder in self._held if holder.alone and not holder.ready)
            self._reader.want(self._needed + min(waiting, SUSPECT_MESSAGES_MAX))

    def settled(self, holder: _InHand, count: int) -> None:
        holder.unsettled -= count
        if holder.unsettled <= 0 and holder in self._held:
            self._held.remove(holder)
            self._start(holder.message.done())

    async def keep(self) -> None:
        """Tell the queue that what is in hand is still in hand."""
        for holder in list(self._held):
            await holder.message.keep()

    async def put_back(self) -> None:
        """Return what was not taken, so that others may have it; the reader pauses until `expect`."""
        self._needed = 0
        self._reader.want(0)
        held, self._held = self._held, deque()
        for holder in held:
            rest = [Reference(task_id) for task_id in holder.ready]
            rest += [Reference(task_id, alone=True) for task_id in holder.alone]
            holder.ready.clear()
            holder.alone.clear()
            await holder.message.put_back(rest)

    def put_back_suspects(self) -> None:
        """Return the suspects only: a quarantine executor's stream may be with another orchestrator."""
        for holder in list(self._held):
            rest = [Reference(task_id, alone=True) for task_id in holder.alone]
            if rest:
                holder.alone.clear()
                self._queue.publish(self.lane, rest, holder.message.enqueued_at_us)
                self.settled(holder, len(rest))

    async def close(self) -> None:
        """Nobody serves the lane here any more."""
        await self._reader.close()
        await self.put_back()

    def _arrive(self, message: LaneMessage) -> None:
        count = len(message.references)
        self._behind = message.messages_behind
        self._references_a_message += 0.2 * (count - self._references_a_message)
        if not count:
            self._start(message.done())
            return
        self._held.append(_InHand(message))
        self._ask()
        self._on_arrival()

    def _start(self, acknowledgement: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(acknowledgement)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
