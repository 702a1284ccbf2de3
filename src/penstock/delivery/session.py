"""One executor's credit stream, as delivery sees it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping

from penstock.model.lane import LambdaId
from penstock.model.limits import BATCH_BYTES_MAX
from penstock.model.task import ClaimKey
from penstock.model.work import Assignment, Hello, WorkMessage, silence_s

SENT_LAST_MAX = 4_096
"""more than an executor has credit for, by default: what it had not received when it died is among these"""
ENVELOPE_BYTES = 64
"""about what an assignment weighs on the wire besides its payload"""


class Session:
    """Credit in, assignments out. All methods run on the loop that made it."""

    def __init__(self, hello: Hello, lambdas: Mapping[LambdaId, str], first: WorkMessage) -> None:
        self.hello = hello
        self.lambdas = lambdas
        self.stamp_us = 0
        self.stopping = False
        self.closed = False
        self.taken = 0
        """claims asked for on its behalf since the stream began; refused ones are given back"""
        self.turn = 0
        """where the round over its lambdas stands"""
        self.sent_last: deque[Assignment] = deque(maxlen=SENT_LAST_MAX)
        self._credit_total = 0
        self._first = first
        self._silence_s = silence_s(first.lease_s)
        self._loop = asyncio.get_running_loop()
        self._heard_at_s = self._loop.time()
        self._assignments: list[tuple[int, Assignment]] = []
        self._cancels: list[ClaimKey] = []
        self._quarantine_wanted: set[str] = set()
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

    def when_credit_comes(self, callback: Callable[[], None]) -> None:
        """Who is told that there is new credit."""
        self._on_credit = callback

    def give(self, credit_total: int, stamp_us: int, stopping: bool) -> None:
        """A credit message came in. The total only rises; an older one changes nothing."""
        self._heard_at_s = self._loop.time()
        self._credit_total = max(self._credit_total, credit_total)
        self.stamp_us = max(self.stamp_us, stamp_us)
        self.stopping = self.stopping or stopping
        if self.credit > 0:
            self._on_credit()

    def assign(self, stamp_us: int, assignments: list[Assignment]) -> None:
        """Claimed tasks go out. `stamp_us` is its own stamp from before their claim was asked for."""
        self._assignments.extend([(stamp_us, assignment) for assignment in assignments])
        self._something.set()

    def cancel(self, keys: list[ClaimKey]) -> None:
        """Tell it of cancel requests; it ignores those that it does not hold."""
        self._cancels.extend(keys)
        self._something.set()

    def want_quarantine(self, name: str) -> None:
        """Ask its worker for a quarantine executor."""
        self._quarantine_wanted.add(name)
        self._something.set()

    def close(self) -> list[Assignment]:
        """Nothing goes out any more; answers what was claimed and not yet taken by `messages`."""
        self.closed = True
        self._something.set()
        left = [assignment for _, assignment in self._assignments]
        self._assignments.clear()
        self._cancels.clear()
        self._quarantine_wanted.clear()
        return left

    async def messages(self) -> AsyncIterator[WorkMessage]:
        """What to send, until closed. Whatever waits shares a message, up to its byte limit."""
        yield self._first
        while not self.closed:
            await self._something.wait()
            self._something.clear()
            while self._assignments or self._cancels or self._quarantine_wanted:
                yield self._next_message()

    def _next_message(self) -> WorkMessage:
        stamp_us, assignments = self._take_assignments()
        message = WorkMessage(
            assignments=assignments,
            stamp_us=stamp_us,
            cancels=self._cancels,
            quarantine_wanted=sorted(self._quarantine_wanted),
        )
        self._cancels, self._quarantine_wanted = [], set()
        return message

    def _take_assignments(self) -> tuple[int, list[Assignment]]:
        """As many as share a stamp's message: the oldest stamp is true for all of them."""
        size, count = 0, 0
        for _, assignment in self._assignments:
            size += len(assignment.payload) + ENVELOPE_BYTES
            if count and size > BATCH_BYTES_MAX:
                break
            count += 1
        if not count:
            return 0, []
        taken, self._assignments = self._assignments[:count], self._assignments[count:]
        assignments = [assignment for _, assignment in taken]
        self.sent_last.extend(assignments)
        return min(stamp for stamp, _ in taken), assignments


def _nobody() -> None:
    """Before anybody listens for credit."""
