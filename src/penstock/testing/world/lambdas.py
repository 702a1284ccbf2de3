"""The lambdas of this world. Each writes down when it begins and ends, outside of the platform."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from penstock.model.outcomes import FatalFailure, RetriableFailure, Undecodable
from penstock.model.policy import LambdaPolicy
from penstock.model.progress import Progress
from penstock.model.running import RUNNING, RunningTask
from penstock.testing.world.chronicle import Interval, now_s
from penstock.testing.world.processes import DOMAIN, current_process

if TYPE_CHECKING:
    from penstock.testing.world.world import World

CRASH_STATUS = -11


class Arguments(msgspec.Struct, frozen=True):
    """A payload: which order it is, and what it is to do."""

    n: int
    run_s: float = 0.0
    fails: int = 0
    """so many attempts fail before one succeeds"""


Body = Callable[["SimulatedLambda", Arguments, RunningTask], Awaitable[object]]


class SimulatedLambda:
    """A `Runnable`. A plain function (`is_async` False) is a coroutine too, run by a simulated thread."""

    def __init__(
        self,
        world: "World",
        name: str,
        body: Body,
        policy: LambdaPolicy,
        is_async: bool = True,
        cancel_grace_s: float | None = None,
    ) -> None:
        self.world, self.name, self.policy, self.is_async = world, name, policy, is_async
        self.timeout_s, self.cancel_grace_s = policy.timeout_s, cancel_grace_s
        self.stream = ""
        self.subscription = None
        self._body = body

    @property
    def kind(self) -> str:
        """The name without its app."""
        return self.name.partition(".")[2]

    def decode(self, payload: bytes) -> Arguments:
        try:
            return msgspec.json.decode(payload, type=Arguments)
        except msgspec.ValidationError as error:
            raise Undecodable(str(error)) from None

    def call(self, arguments: Arguments) -> Awaitable[object]:
        return self._run(arguments)

    def encode(self, result: Any) -> bytes:
        return msgspec.json.encode(result)

    async def _run(self, arguments: Arguments) -> object:
        running = RUNNING.get()
        assert running is not None
        place = self.world.executor_of(current_process())
        chronicle = self.world.chronicle
        interval = chronicle.begin(
            Interval(
                running.id,
                running.claim,
                arguments.n,
                self.kind,
                place.spec.name,
                place.spec.quarantine,
                now_s(),
                self.world.store_time(),
            )
        )
        place.running[interval] = None
        how = "returned"
        try:
            return await self._body(self, arguments, running)
        except BaseException as error:
            how = type(error).__name__
            raise
        finally:
            chronicle.finish(interval, how)
            place.running.pop(interval, None)


async def work(_me: SimulatedLambda, arguments: Arguments, running: RunningTask) -> object:
    """Takes its time, says how far it is, and succeeds."""
    running.progress = Progress(0, arguments.run_s, str(running.claim))
    if arguments.run_s:
        await asyncio.sleep(arguments.run_s)
    return arguments.n


async def flaky(_me: SimulatedLambda, arguments: Arguments, running: RunningTask) -> object:
    """Fails for now, the first few times."""
    await asyncio.sleep(arguments.run_s)
    if running.attempt <= arguments.fails:
        raise RetriableFailure("not yet", delay=0.3 if arguments.fails % 2 else None)
    return arguments.n


async def fatal(_me: SimulatedLambda, arguments: Arguments, _running: RunningTask) -> NoReturn:
    """Fails for good."""
    await asyncio.sleep(arguments.run_s)
    raise FatalFailure("never")


async def raising(_me: SimulatedLambda, arguments: Arguments, _running: RunningTask) -> NoReturn:
    """Raises, every time."""
    await asyncio.sleep(arguments.run_s)
    raise ValueError("again")


async def stubborn(me: SimulatedLambda, arguments: Arguments, running: RunningTask) -> object:
    """Runs past its timeout and swallows every cancellation, until its process ends; succeeds the second time."""
    if running.attempt > 1:
        return arguments.n
    while not me.world.is_over:
        try:
            await asyncio.sleep(3600.0)
        except asyncio.CancelledError:
            me.world.chronicle.provoked("cancellation swallowed", "lambda", running.id)
    return arguments.n


async def crashing(me: SimulatedLambda, arguments: Arguments, running: RunningTask) -> NoReturn:
    """Takes its whole process down, every time."""
    await asyncio.sleep(arguments.run_s)
    me.world.chronicle.provoked("executor crashed by a lambda", "lambda", running.id)
    current_process().end(CRASH_STATUS)
    await asyncio.Event().wait()
    raise AssertionError("the dead make no steps")


async def blocking(me: SimulatedLambda, arguments: Arguments, running: RunningTask) -> object:
    """Blocks the thread that it runs on: its loop, when it is a coroutine. Nothing else of that thread goes on."""
    domain = DOMAIN.get()
    assert domain is not None
    me.world.chronicle.provoked("thread blocked by a lambda", "lambda", running.id)
    me.world.later(arguments.run_s, domain.release)
    domain.hold()
    await asyncio.sleep(0)
    return arguments.n


def the_lambdas(world: "World") -> dict[str, SimulatedLambda]:
    """All of them by name. Innocent ones have generous budgets, so that only their own doing could end them."""
    innocent = LambdaPolicy(attempts_max=20, timeout_s=60.0, backoff_base_s=0.2, backoff_max_s=1.0)
    few = LambdaPolicy(attempts_max=4, timeout_s=60.0, backoff_base_s=0.2, backoff_max_s=1.0)
    short = LambdaPolicy(attempts_max=5, timeout_s=1.0, backoff_base_s=0.2, backoff_max_s=1.0)
    made = [
        SimulatedLambda(world, "sim.quick", work, innocent),
        SimulatedLambda(world, "sim.slow", work, innocent),
        SimulatedLambda(world, "sim.flaky", flaky, few),
        SimulatedLambda(world, "sim.fatal", fatal, few),
        SimulatedLambda(world, "sim.raising", raising, few),
        SimulatedLambda(world, "sim.stubborn", stubborn, short, cancel_grace_s=0.3),
        SimulatedLambda(world, "sim.crashing", crashing, innocent),
        SimulatedLambda(world, "sim.blocking", blocking, innocent),
        SimulatedLambda(world, "sim.plain", blocking, innocent, is_async=False, cancel_grace_s=0.3),
    ]
    return {each.name: each for each in made}


GROUPS = {
    "shared": (
        *("sim.quick", "sim.slow", "sim.flaky", "sim.fatal", "sim.raising", "sim.crashing", "sim.plain"),
        *("sim.index", "sim.audit", "sim.report", "sim.guard", "sim.digest", "sim.tally"),
    ),
    "odd": ("sim.stubborn", "sim.blocking"),
}
