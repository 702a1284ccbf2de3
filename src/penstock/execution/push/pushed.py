"""One endpoint in this push worker: an executor of its own, so that one that hangs holds nothing of another's."""

import asyncio
import logging
from collections.abc import Callable

from msgspec import Struct

from penstock.execution.executor import Executor
from penstock.execution.push.attempt import Attempts
from penstock.execution.push.runnable import PushedLambda
from penstock.execution.push.runner import PushRunner
from penstock.execution.push.target import Target, Targets
from penstock.execution.same_loop import MemoryBoard, SameLoopSeat
from penstock.execution.tuning import ExecutorTuning
from penstock.execution.turn import Turn
from penstock.model.endpoint import Endpoint
from penstock.ports.hosts import ExecutorSpec, ExecutorWord
from penstock.ports.orchestrators import Orchestrators
from penstock.ports.poster import Poster
from penstock.ports.seat import Seat

_LOG = logging.getLogger("penstock.execution")


class PushTuning(Struct, frozen=True):
    """How a push worker behaves. Times in seconds."""

    version: str = ""
    heartbeat_timeout_s: float = 3.0
    stop_grace_s: float = 25.0
    """how long a clean stop waits for requests under way"""
    look_every_s: float = 5.0
    """between two looks at the endpoints, besides those that a signal asks for"""
    tell_every_s: float = 1.0
    """how soon a change of health is told"""
    tell_again_s: float = 30.0
    """how often all of it is told"""


class Surroundings(Struct, frozen=True):
    """What every endpoint of a push worker shares."""

    worker: str
    poster: Poster
    user_agent: str
    wall_s: Callable[[], float]
    chance: Callable[[], float]
    tuning: PushTuning
    on_gone: Callable[[Endpoint, str, str], None]


class Pushed:
    """`run` ends after `stop`, or when its executor dies because its leases do."""

    def __init__(
        self, endpoint: Endpoint, targets: Targets, orchestrators: Orchestrators, around: Surroundings
    ) -> None:
        self.endpoint = endpoint
        self._targets = targets
        self._around = around
        self._dies = asyncio.Event()
        self._runner: PushRunner | None = None
        spec = ExecutorSpec(around.worker, "", (endpoint.lambda_name,))
        self._seat = SameLoopSeat(MemoryBoard(spec.lambdas), around.chance, _hear, self._die)
        tuning = around.tuning
        self._executor = Executor(
            spec,
            {endpoint.lambda_name: PushedLambda(endpoint)},
            orchestrators,
            self._seat,
            ExecutorTuning(
                namespace=endpoint.namespace,
                version=tuning.version,
                concurrency=endpoint.spec.concurrency * len(endpoint.urls),
                heartbeat_timeout_s=tuning.heartbeat_timeout_s,
                stop_grace_s=tuning.stop_grace_s,
            ),
            plain_runner=self._make_runner,
            coroutine_runner=self._make_runner,
            allowance=lambda: targets.allowance(self._seat.monotonic_s()),
        )

    def stop(self, *, now: bool = False) -> None:
        """Hand back what waits, let requests end; `now`: end them."""
        self._executor.stop(interrupt=now)

    async def run(self) -> None:
        """Until it has left."""
        running = asyncio.create_task(self._executor.run())
        dying = asyncio.create_task(self._dies.wait())
        try:
            await asyncio.wait((running, dying), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (running, dying):
                task.cancel()
            [end, _] = await asyncio.gather(running, dying, return_exceptions=True)
            if self._runner is not None:
                await self._runner.abandon()
        if isinstance(end, Exception):
            raise end

    def _make_runner(self, seat: Seat, turn: Turn, slots: int) -> PushRunner:
        if self._runner is None:
            around = self._around
            attempts = Attempts(
                self.endpoint,
                around.poster,
                around.user_agent,
                seat.monotonic_s,
                around.wall_s,
                around.chance,
                self._is_gone,
            )
            self._runner = PushRunner(seat, turn, slots, self._targets, attempts)
        return self._runner

    def _is_gone(self, target: Target, because: str) -> None:
        target.gone = True
        self._around.on_gone(self.endpoint, target.url, because)

    def _die(self, word: ExecutorWord) -> None:
        _LOG.error("%s: %s: its requests are ended", self.endpoint.lambda_name, word)
        self._dies.set()


def _hear(word: ExecutorWord) -> None:
    """There is no supervisor to be told: what it would look after is not there."""
