"""Watches one executor process, kills it before a lease of running code runs out, and speaks for it when it died.

It holds no user code, so nothing a lambda does can keep it from its work.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from msgspec import Struct

from penstock.execution.backoff import Backoff
from penstock.execution.tuning import KILL_MARGIN_SHARE, ControllerTuning, Terms
from penstock.execution.verdicts import Cause, earliest_deadline_us, exit_text, verdicts
from penstock.model.errors import PenstockError, Unavailable
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.model.task import ClaimKey, Report
from penstock.ports.hosts import (
    Draining,
    ExecutorProcess,
    ExecutorWord,
    FailedToStart,
    KillMe,
    LeaseTold,
    Leaving,
    Ready,
    TouchLost,
)
from penstock.ports.orchestrators import Orchestrators

_LOG = logging.getLogger("penstock.execution")
_TEXT_CHARS_MAX = 8_000


class End(Struct, frozen=True):
    """How an executor ended."""

    cause: Cause
    how: str
    stack: str
    """where its code was when a fatal signal came, if that is known"""
    suspects: int
    """so many tasks run in quarantine next: it crashed, and it may have been any of them"""
    lambdas: tuple[str, ...]
    """theirs"""
    lived_s: float
    was_ready: bool


class Supervisor:
    """`run` watches until the process is reaped; `report` then speaks for it."""

    def __init__(
        self,
        process: ExecutorProcess,
        orchestrators: Orchestrators,
        tuning: ControllerTuning,
        monotonic_s: Callable[[], float],
        chance: Callable[[], float],
        on_word: Callable[[ExecutorWord], None],
    ) -> None:
        self._process = process
        self._orchestrators = orchestrators
        self._tuning = tuning
        self._monotonic_s = monotonic_s
        self._chance = chance
        self._on_word = on_word
        self._cause: Cause | None = None
        self._asked_to_stop = False
        self._leaves = False
        self._stuck: set[ClaimKey] = set()
        self._for_cancel: set[ClaimKey] = set()
        self._started_at_s = monotonic_s()
        self._ready = False
        self._margin_s = tuning.margin_s
        self._terms = Terms()
        self._reports: list[Report] = []
        self._deadlines_us: dict[ClaimKey, int] = {}

    @property
    def draining(self) -> bool:
        """Whether it takes no more work because something in it is stuck."""
        return bool(self._stuck)

    @property
    def is_busy(self) -> bool:
        """Whether it holds a claim."""
        return bool(self._process.board())

    def stop(self) -> None:
        """Ask it to leave."""
        self._asked_to_stop = True
        self._process.ask_to_stop(hand_back=False)

    def interrupt(self) -> None:
        """Ask it to leave without waiting for what runs."""
        self._asked_to_stop = True
        self._process.ask_to_stop(hand_back=True)

    def kill(self) -> None:
        """End it now, as part of a stop."""
        self._kill(Cause.KILLED_FOR_STOP)

    def _kill(self, cause: Cause) -> None:
        self._cause = self._cause or cause
        self._process.kill()

    async def run(self) -> End:
        """Until no code of it runs."""
        listening = asyncio.create_task(self._listen())
        looking = asyncio.create_task(self._look())
        try:
            status = await self._process.reaped()
            await listening
        finally:
            listening.cancel()
            looking.cancel()
            await asyncio.gather(listening, looking, return_exceptions=True)
        return self._end(status)

    async def _listen(self) -> None:
        async for word in self._process.words():
            if isinstance(word, Ready):
                self._ready = True
            elif isinstance(word, Draining):
                self._stuck.update(word.stuck)
                self._for_cancel.update(word.for_cancel)
            elif isinstance(word, KillMe):
                self._stuck.update(word.stuck)
                self._for_cancel.update(word.for_cancel)
                self._kill(Cause.KILLED_FOR_STUCK if self._stuck else Cause.KILLED_FOR_STOP)
            elif isinstance(word, LeaseTold):
                self._terms.lease_s = word.lease_s
                # A short lease has no room for the full margin.
                self._margin_s = min(self._tuning.margin_s, word.lease_s * KILL_MARGIN_SHARE)
            elif isinstance(word, Leaving):
                self._leaves = True
            elif isinstance(word, TouchLost):
                self._cause = self._cause or Cause.LOST_TOUCH
            elif isinstance(word, FailedToStart):
                self._cause = self._cause or Cause.LEFT
            self._on_word(word)

    async def _look(self) -> None:
        """The deadline is kept here, whatever state the executor is in."""
        while True:
            await asyncio.sleep(self._tuning.look_every_s)
            now_s = self._monotonic_s()
            if self._a_lease_runs_out(int((now_s + self._margin_s) * 1_000_000)):
                self._kill(Cause.KILLED_FOR_STUCK if self._stuck else Cause.KILLED_FOR_LEASE)
                _LOG.warning("%s: a lease ran out, the executor was killed", self._process.spec.name)
            elif not self._ready and now_s - self._started_at_s > self._tuning.ready_within_s:
                self._kill(Cause.KILLED_FOR_STOP)
                _LOG.error("%s: was not ready in time and was killed", self._process.spec.name)

    def _a_lease_runs_out(self, by_us: int) -> bool:
        """Whether code runs whose lease ends by then. The whole board is read only when some claim's does."""
        bound_us = self._process.earliest_deadline_us()
        if bound_us is None or bound_us > by_us:
            return False
        earliest_us = earliest_deadline_us(self._process.board())
        return earliest_us is not None and earliest_us <= by_us

    def _end(self, status: int) -> End:
        board = self._process.board()
        begun = sum(claim.begun for claim in board)
        cause = self._cause or (Cause.LEFT if status == 0 or self._asked_to_stop else Cause.CRASHED)
        in_order = self._leaves or self._asked_to_stop
        if cause is Cause.LEFT and (any(claim.started for claim in board) or (begun and not in_order)):
            # It left with user code running, or without a word: a lambda ended the process.
            cause = Cause.CRASHED
        how, stack = exit_text(status), self._process.stack()
        text = "\n".join(filter(None, (how, stack, self._process.last_lines())))[:_TEXT_CHARS_MAX]
        now_s = self._monotonic_s()
        self._reports = verdicts(
            self._process.spec, board, cause, self._stuck, text, int(now_s * 1_000_000), self._for_cancel
        )
        self._deadlines_us = {claim.key: claim.deadline_us for claim in board}
        return End(
            cause=cause,
            how=how,
            stack=stack,
            suspects=begun if cause is Cause.CRASHED else 0,
            lambdas=tuple(sorted({claim.lambda_name for claim in board if claim.begun})),
            lived_s=now_s - self._started_at_s,
            was_ready=self._ready,
        )

    async def report(self) -> None:
        """Speak for the dead until it is accepted, or until the leases are over and the store knows by itself."""
        waiting: Sequence[Report] = self._reports
        backoff = Backoff(0.1, 2.0, self._chance)
        while waiting := self._still_worth(waiting):
            try:
                await self._orchestrators.set_results(
                    self._process.spec.name, waiting[:BATCH_ROWS_MAX], self._terms.report_timeout_s
                )
            except Unavailable:
                await asyncio.sleep(backoff.next_s())
            except PenstockError as error:
                _LOG.error("%s: reports for a dead executor were refused: %s", self._process.spec.name, error)
                return
            else:
                waiting = waiting[BATCH_ROWS_MAX:]
        await self._tell_that_it_is_gone()

    async def _tell_that_it_is_gone(self) -> None:
        """After its reports: what the board did not know of is handed back without a verdict."""
        try:
            await self._orchestrators.executor_gone(self._process.spec.name, self._terms.report_timeout_s)
        except PenstockError as error:
            _LOG.info("%s: what was on its way to it waits for its leases: %s", self._process.spec.name, error)

    def _still_worth(self, reports: Sequence[Report]) -> Sequence[Report]:
        now_us = self._monotonic_s() * 1_000_000
        return [report for report in reports if self._deadlines_us[ClaimKey(report.id, report.claim)] > now_us]
