"""One executor's credit stream, as delivery sees it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import NamedTuple

from penstock.model.lane import LambdaId, Priority, lane_of
from penstock.model.limits import BATCH_BYTES_MAX
from penstock.model.task import ClaimKey
from penstock.model.work import Assignment, GateNews, Hello, Settled, WorkMessage, silence_s

SENT_LAST_MAX = 4_096
"""more than an executor has credit for, by default: what it had not received when it died is among these"""
STAMP_US_MAX = 2**64 - 1
"""what the wire can carry, whatever clock a worker claims to have"""
CANCELS_WAITING_MAX = 10_000
"""for a stream that takes nothing: the answers to its heartbeats tell all of them"""
ENVELOPE_BYTES = 64
"""about what an assignment weighs on the wire besides its payload"""


class Moment(NamedTuple):
    """A moment here, on an executor's own monotonic clock. Microseconds."""

    stamp_us: int
    """the last that it had told"""
    clock_us: int
    """what it showed at least"""


NEVER = Moment(0, 0)


class Session:
    """Credit in, assignments out. All methods run on the loop that made it."""

    def __init__(self, hello: Hello, lambdas: Mapping[LambdaId, str], first: WorkMessage) -> None:
        self.hello = hello
        self.lambdas = lambdas
        self.lane = lane_of(next(iter(lambdas)), Priority.NORMAL) if len(lambdas) == 1 else None
        """that its results are counted to; None: they may be of many"""
        self.stamp_us = 0
        self.waiting = False
        """it holds claims that have not started, and wants to know of gates"""
        self.stopping = False
        self.closed = False
        self.taken = 0
        """claims asked for on its behalf since the stream began; refused ones are given back"""
        self.sent_last: deque[ClaimKey] = deque(maxlen=SENT_LAST_MAX)
        self._credit_total = 0
        self.credit_most = 0
        """the most that it has ever had at a time: about how much it can hold"""
        self._first = first
        self._silence_s = silence_s(first.lease_s)
        self._loop = asyncio.get_running_loop()
        self._heard_at_s = self._stamped_at_s = self._credit_at_s = self._loop.time()
        self._assignments: list[tuple[Moment, Assignment]] = []
        self._gates: GateNews | None = None
        self._shut: frozenset[tuple[str, str]] = frozenset()
        self._cancels: list[ClaimKey] = []
        self._quarantine_wanted: set[str] = set()
        self._settled: list[Settled] = []
        self._something = asyncio.Event()
        self._on_credit: Callable[[], None] = _nobody

    @property
    def credit(self) -> int:
        """How many more tasks it can take now."""
        return 0 if self.closed or self.stopping or self.is_silent else self._credit_total - self.taken

    @property
    def is_silent(self) -> bool:
        """It is stopped or cut off, as far as can be told: what it were given now would wait for its lease."""
        return self._loop.time() - self._heard_at_s > self._silence_s

    @property
    def without_credit_s(self) -> float:
        """For how long it has not told of credit that it still has; 0: it has some."""
        return 0.0 if self.credit > 0 else self._loop.time() - self._credit_at_s

    def when_credit_comes(self, callback: Callable[[], None]) -> None:
        """Who is told that there is new credit."""
        self._on_credit = callback

    @property
    def moment(self) -> Moment:
        """Now: its last stamp, and what its own clock shows at least.

        Its stamp was taken before it was heard here, so its clock has gone on by at least the time since then.
        """
        since_s = self._loop.time() - self._stamped_at_s
        return Moment(self.stamp_us, min(self.stamp_us + int(since_s * 1_000_000), STAMP_US_MAX))

    def give(self, credit_total: int, stamp_us: int, stopping: bool, waiting: bool = False) -> None:
        """A credit message came in. The total only rises; an older one changes nothing."""
        self._heard_at_s = self._loop.time()
        self._credit_total = max(self._credit_total, credit_total)
        if stamp_us > self.stamp_us:
            self.stamp_us, self._stamped_at_s = stamp_us, self._heard_at_s
        self.waiting = waiting
        self.stopping = self.stopping or stopping
        if self.credit > 0:
            self.credit_most = max(self.credit_most, self.credit)
            self._credit_at_s = self._heard_at_s
            self._on_credit()

    def assign(self, asked: Moment, assignments: list[Assignment]) -> None:
        """Claimed tasks go out. `asked` is from before their claim was asked for."""
        self._assignments.extend([(asked, assignment) for assignment in assignments])
        self._something.set()

    def hear_gates(self, shut: frozenset[tuple[str, str]], asked: Moment) -> None:
        """These gates of its lambdas are shut. `asked` is from before the store was asked for them.

        It is told when that changes something, and when what it holds must not start without being told.
        """
        if shut != self._shut or self.waiting:
            self._shut, self._gates = shut, GateNews(asked.clock_us, shut)
            self._something.set()

    def cancel(self, keys: list[ClaimKey]) -> None:
        """Tell it of cancel requests; it ignores those that it does not hold. Of too many, some wait for heartbeats."""
        self._cancels.extend(keys[: max(0, CANCELS_WAITING_MAX - len(self._cancels))])
        self._something.set()

    def want_quarantine(self, name: str) -> None:
        """Ask its worker for a quarantine executor."""
        self._quarantine_wanted.add(name)
        self._something.set()

    def settle(self, settled: Settled) -> None:
        """Tell it what became of results that it sent on its stream."""
        self._settled.append(settled)
        self._something.set()

    def close(self) -> list[Assignment]:
        """Nothing goes out any more; answers what was claimed and not yet taken by `messages`."""
        self.closed = True
        self._something.set()
        left = [assignment for _, assignment in self._assignments]
        self._assignments.clear()
        self._cancels.clear()
        self._gates = None
        self._quarantine_wanted.clear()
        self._settled.clear()
        return left

    async def messages(self) -> AsyncIterator[WorkMessage]:
        """What to send, until closed. Whatever waits shares a message, up to its byte limit."""
        yield self._first
        while not self.closed:
            await self._something.wait()
            self._something.clear()
            while self._assignments or self._settled or self._cancels or self._quarantine_wanted or self._gates:
                yield self._next_message()

    def _next_message(self) -> WorkMessage:
        asked, assignments = self._take_assignments()
        message = WorkMessage(
            assignments=assignments,
            stamp_us=asked.stamp_us,
            checked_us=asked.clock_us,
            gates=self._gates,
            cancels=self._cancels,
            quarantine_wanted=sorted(self._quarantine_wanted),
            settled=self._settled,
        )
        self._cancels, self._quarantine_wanted, self._gates, self._settled = [], set(), None, []
        return message

    def _take_assignments(self) -> tuple[Moment, list[Assignment]]:
        """As many as share a message: the oldest moment is true for all of them."""
        size, count = 0, 0
        for _, assignment in self._assignments:
            size += len(assignment.payload) + ENVELOPE_BYTES
            if assignment.events:
                size += assignment.events_bytes
            if count and size > BATCH_BYTES_MAX:
                break
            count += 1
        if not count:
            return NEVER, []
        taken, self._assignments = self._assignments[:count], self._assignments[count:]
        assignments = [assignment for _, assignment in taken]
        self.sent_last.extend([ClaimKey(assignment.id, assignment.claim) for assignment in assignments])
        return min(asked for asked, _ in taken), assignments


def _nobody() -> None:
    """Before anybody listens for credit."""
