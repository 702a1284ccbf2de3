"""A seat where users' code and the executor share one loop: for tests and the simulation."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from penstock.model.identity import TaskId
from penstock.model.task import ClaimKey
from penstock.ports.hosts import ExecutorWord, RunningClaim
from penstock.ports.seat import Board

_BUFFERED: Final = 1
_STARTED: Final = 2
_ENDED: Final = 3


class MemoryBoard:
    """A board that stays readable after its executor was thrown away. `lambdas`: as in the spec."""

    def __init__(self, lambdas: Sequence[str], capacity: int = 8192) -> None:
        self.capacity = capacity
        self._lambdas = lambdas
        self._next = 0
        self._rows: dict[int, tuple[TaskId, int, int]] = {}
        self._deadlines_us: dict[int, int] = {}
        self._stages: dict[int, int] = {}
        self._starts_us: dict[int, int] = {}

    def take(self, id: TaskId, claim: int, lambda_index: int, deadline_us: int) -> int:  # noqa: A002
        """A slot for a buffered claim."""
        slot = self._next
        self._next += 1
        self._rows[slot] = (id, claim, lambda_index)
        self._deadlines_us[slot] = deadline_us
        self._stages[slot] = _BUFFERED
        return slot

    def renew(self, slot: int, deadline_us: int) -> None:
        """Another deadline."""
        self._deadlines_us[slot] = deadline_us

    def started(self, slot: int, at_us: int) -> None:
        """Called right before the first line of user code."""
        self._starts_us[slot] = at_us
        self._stages[slot] = _STARTED

    def ended(self, slot: int) -> None:
        """Called right after the last one."""
        self._stages[slot] = _ENDED

    def free(self, slot: int) -> None:
        """The claim is no longer held."""
        for column in (self._rows, self._deadlines_us, self._stages):
            del column[slot]
        self._starts_us.pop(slot, None)

    def read(self) -> list[RunningClaim]:
        """The supervisor's view."""
        return [
            RunningClaim(
                key=ClaimKey(task_id, claim),
                lambda_name=self._lambdas[index],
                started=self._stages[slot] == _STARTED,
                deadline_us=self._deadlines_us[slot],
                started_at_us=self._starts_us.get(slot, 0),
                ended=self._stages[slot] == _ENDED,
            )
            for slot, (task_id, claim, index) in self._rows.items()
        ]


class SameLoopSeat:
    """Plain functions run inline on the loop: give every lambda `is_async` True or let it return at once.

    `on_word` gets what the executor says; `on_death` must end the executor's tasks.
    """

    def __init__(
        self,
        board: Board,
        chance: Callable[[], float],
        on_word: Callable[[ExecutorWord], None],
        on_death: Callable[[ExecutorWord], None],
    ) -> None:
        self.board = board
        self.chance = chance
        self.say = on_word
        self.die = on_death

    def monotonic_s(self) -> float:
        """The loop's clock."""
        return asyncio.get_running_loop().time()

    def post_to_user(self, callback: Callable[[], None]) -> None:
        """Soon, on this loop."""
        asyncio.get_running_loop().call_soon(callback)

    post_to_platform = post_to_user

    def start_thread(self, body: Callable[[], None]) -> None:
        """There are no threads here."""
        raise NotImplementedError("plain functions need a seat with threads")
