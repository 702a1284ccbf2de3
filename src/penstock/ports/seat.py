"""What a process gives to the executor that lives in it: a board, two loops, threads, a clock, a last word."""

from collections.abc import Callable
from typing import Protocol

from penstock.model.identity import TaskId
from penstock.ports.hosts import ExecutorWord


class Board(Protocol):
    """The executor's half of the board: one numbered slot for each claim it holds.

    Its supervisor reads it at any moment, also while the writer is stopped half-way through a call,
    and must never see a torn slot. `started` and `ended` may be called from other threads.
    """

    @property
    def capacity(self) -> int:
        """How many claims can be held at once."""

    def take(self, id: TaskId, claim: int, lambda_index: int, deadline_us: int) -> int:  # noqa: A002
        """A slot for a buffered claim. `lambda_index` counts in `ExecutorSpec.lambdas`.

        At most `capacity` slots are taken at a time: the caller counts.
        """

    def renew(self, slot: int, deadline_us: int) -> None:
        """Another deadline."""

    def started(self, slot: int, at_us: int) -> None:
        """Called right before the first line of user code."""

    def ended(self, slot: int) -> None:
        """Called right after the last one."""

    def free(self, slot: int) -> None:
        """The claim is no longer held."""


class Seat(Protocol):
    """One process, or one place in a simulation."""

    @property
    def board(self) -> Board: ...

    def monotonic_s(self) -> float:
        """This host's monotonic clock, the one that supervisors read. Never a loop's cached time."""

    def chance(self) -> float:
        """0 to 1, for jitter."""

    def post_to_user(self, callback: Callable[[], None]) -> None:
        """Run it soon on the loop where coroutines of users run. From any thread."""

    def post_to_platform(self, callback: Callable[[], None]) -> None:
        """Run it soon on the loop where the executor runs. From any thread."""

    def start_thread(self, body: Callable[[], None]) -> None:
        """Run the body on a new thread that does not hold up the process's end."""

    def say(self, word: ExecutorWord) -> None:
        """Tell the supervisor. Never blocks."""

    def die(self, word: ExecutorWord) -> None:
        """Tell the supervisor and end the process with all its code at once. Does not return in a real one."""
