"""The lambdas that take events in this world. Each writes down what it is handed, and what it says of it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from penstock.model.event import StoredEvent
from penstock.model.event_filter import matcher
from penstock.model.outcomes import EventFailed, FatalFailure
from penstock.model.policy import LambdaPolicy
from penstock.model.running import RUNNING
from penstock.model.subscription import START_AT_THE_BEGINNING, EventFilter, Order, SubscriptionSpec, WhenDead
from penstock.testing.world.chronicle import Interval, now_s
from penstock.testing.world.processes import current_process

if TYPE_CHECKING:
    from random import Random

    from penstock.model.event import Event
    from penstock.testing.world.world import World

STREAM: Final = "files"
POISON: Final = b'"poison"'
WANTED_TYPE: Final = "changed"
_FEW: Final = LambdaPolicy(attempts_max=2, timeout_s=60.0, backoff_base_s=0.2, backoff_max_s=1.0)
_INNOCENT: Final = LambdaPolicy(attempts_max=30, timeout_s=60.0, backoff_base_s=0.2, backoff_max_s=1.0)


def _spec(**fields: Any) -> SubscriptionSpec:
    return SubscriptionSpec(STREAM, start_at_us=START_AT_THE_BEGINNING, **fields)


INDEX: Final = _spec(batch_max=5)
"""all events in order; it stumbles now and then"""
_AUDITED: Final = EventFilter(tree='{"any":[{"exact":{"type":"changed"}},{"sql":"nothing = \'has it\'"}]}')
"""of `WANTED_TYPE`; for all others its expression fails"""
AUDIT: Final = _spec(batch_max=8, wanted=_AUDITED, when_dead=WhenDead.SKIP)
"""some events; those that are poison kill themselves, and are skipped"""
REPORT: Final = _spec(batch_max=4, after=("sim.index", "sim.audit"), when_dead=WhenDead.SKIP)
GUARD: Final = _spec(batch_max=8)
"""as `AUDIT`, but what is dead blocks its subject"""
DIGEST: Final = _spec(order=Order.LATEST)
TALLY: Final = _spec(batch_max=6, order=Order.NONE)
"""in any order; what is poison is set aside, and dies apart"""


@dataclass(slots=True, eq=False)
class Handed:
    """One execution of an event lambda."""

    lambda_name: str
    subject: str
    interval: Interval
    sequences: tuple[int, ...]
    failed_at: int = 0
    """the event that it named"""

    def done(self) -> tuple[int, ...]:
        """What counts as done by its own word."""
        if self.interval.how == "returned":
            return self.sequences
        return tuple(each for each in self.sequences if each < self.failed_at)


class SimulatedEventLambda:
    """A `Runnable`."""

    is_async = True
    cancel_grace_s = None
    stream = STREAM

    def __init__(
        self, world: "World", name: str, subscription: SubscriptionSpec, policy: LambdaPolicy, stumbles: float = 0.0
    ) -> None:
        self.world, self.name, self.subscription, self.policy = world, name, subscription, policy
        self.timeout_s = policy.timeout_s
        self._wants = matcher(subscription.wanted, subscription.stream)
        self._stumbles = stumbles
        self._random: Random = world.chance.stream(name)

    @property
    def kind(self) -> str:
        """The name without its app."""
        return self.name.partition(".")[2]

    def wants(self, event: StoredEvent) -> bool:
        """By its filter."""
        return self._wants is None or self._wants(event)

    def decode(self, events: "list[Event]") -> "list[Event]":
        return events

    def call(self, events: "list[Event]") -> Awaitable[object]:
        return self._run(events)

    def encode(self, _result: Any) -> bytes:
        return b""

    async def _run(self, events: "list[Event]") -> None:
        running = RUNNING.get()
        assert running is not None
        place, chronicle = self.world.executor_of(current_process()), self.world.chronicle
        interval = chronicle.begin(
            Interval(
                running.id,
                running.claim,
                -1,
                self.kind,
                place.spec.name,
                place.spec.quarantine,
                now_s(),
                self.world.store_time(),
            )
        )
        handed = Handed(self.name, events[0].subject, interval, tuple(event.sequence for event in events))
        self.world.handed.append(handed)
        place.running[interval] = None
        how = "returned"
        try:
            await self._look_at(events)
        except BaseException as error:
            how = type(error).__name__
            handed.failed_at = error.sequence if isinstance(error, EventFailed) else 0
            raise
        finally:
            chronicle.finish(interval, how)
            place.running.pop(interval, None)

    async def _look_at(self, events: "list[Event]") -> None:
        await asyncio.sleep(self._random.uniform(0.001, 0.2) if self._random.random() < 0.9 else 3.0)
        if self._random.random() < self._stumbles:
            guilty = self._random.choice(events)
            if self._random.random() < 0.5:
                raise EventFailed(guilty)
            raise ValueError("one of them")
        poison = next((event for event in events if event.data == POISON), None)
        if poison is not None and self.policy is _FEW:
            if self._random.random() < 0.5:
                raise EventFailed(poison) from (FatalFailure("never") if self._random.random() < 0.3 else None)
            raise ValueError("poison")


def the_event_lambdas(world: "World") -> dict[str, SimulatedEventLambda]:
    """All of them by name."""
    made = [
        SimulatedEventLambda(world, "sim.index", INDEX, _INNOCENT, stumbles=0.2),
        SimulatedEventLambda(world, "sim.audit", AUDIT, _FEW),
        SimulatedEventLambda(world, "sim.report", REPORT, _INNOCENT, stumbles=0.1),
        SimulatedEventLambda(world, "sim.guard", GUARD, _FEW),
        SimulatedEventLambda(world, "sim.digest", DIGEST, _INNOCENT, stumbles=0.1),
        SimulatedEventLambda(world, "sim.tally", TALLY, _FEW),
    ]
    return {each.name: each for each in made}
