"""Layer 2 as one piece: its parts on one set of sockets, and the loops that keep them going."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from penstock.model.errors import PenstockError
from penstock.ports.membership import Member
from penstock.ports.signals import Topic
from penstock.scheduler.alarm import Alarm
from penstock.scheduler.bucket_holder import BucketHolder
from penstock.scheduler.chain_rounds import ChainRounds
from penstock.scheduler.clock_guard import ClockGuard
from penstock.scheduler.dispatcher import Dispatcher
from penstock.scheduler.gate_rounds import GateRounds
from penstock.scheduler.held_rows import HeldRows
from penstock.scheduler.idle_rows import IdleRows
from penstock.scheduler.lambda_list import LambdaList
from penstock.scheduler.lane_publisher import LanePublisher
from penstock.scheduler.lost_deliveries import LostDeliveries
from penstock.scheduler.lost_leases import LostLeases
from penstock.scheduler.lost_references import LostReferences
from penstock.scheduler.overdue_rounds import OverdueRounds
from penstock.scheduler.periodic_rounds import PeriodicRounds
from penstock.scheduler.refresh_rounds import RefreshRounds
from penstock.scheduler.republisher import Republisher
from penstock.scheduler.rounds import keep_doing
from penstock.scheduler.sockets import Sockets, Timings
from penstock.scheduler.store_consumer import StoreConsumer
from penstock.scheduler.subscription_list import SubscriptionList
from penstock.scheduler.sweeper import Sweeper

STOP_S: Final = 1.0

log = logging.getLogger(__name__)


class Scheduler:
    """`chance` gives numbers from 0 to 1. Its parts are public: a test calls their rounds singly."""

    def __init__(
        self, sockets: Sockets, member: Member, chance: Callable[[], float], timings: Timings | None = None
    ) -> None:
        times = timings or Timings()
        self._times, self._chance = times, chance
        self._probe_now, self._republish_now = Alarm(), Alarm()
        self._tick_now, self._settle_now = Alarm(), Alarm()
        self._unlisten = sockets.signals.listen(Topic.GATES, lambda _: self._settle_now.ring())
        self._cancel_now = Alarm()
        self._unlisten_chains = sockets.signals.listen(Topic.CHAINS, lambda _: self._cancel_now.ring())
        self._loops: list[asyncio.Task[None]] = []
        self._ended: asyncio.Future[None] | None = None
        self._lambdas = LambdaList(sockets.registry, sockets.signals)
        publisher = LanePublisher(sockets.queue, sockets.gauges)
        references = LostReferences(sockets.due_work, sockets.queue, publisher, times.enqueue_timeout_s)
        self.buckets = BucketHolder(sockets.membership, member, times.bucket_lease_s, self._look_anew)
        self.guard = ClockGuard(sockets.clock, times.lease_s, times.heartbeat_s)
        self.consumer = StoreConsumer(
            sockets, self._lambdas, self.buckets.share, chance, times.enqueue_timeout_s, self._settle_now.ring
        )
        hear = self.consumer.hear
        events = sockets.events
        lost_deliveries = LostDeliveries(
            events.deliveries, events.sources, self._lambdas, publisher, sockets.gauges, chance, hear
        )
        self._subscriptions = SubscriptionList(events.subscriptions, sockets.signals)
        self.dispatcher = Dispatcher(
            events.deliveries, self._subscriptions, events.sources, events.pings, publisher, sockets.gauges, hear
        )
        self.refresh = RefreshRounds(
            events.refreshes,
            events.check,
            events.sources,
            self._subscriptions,
            self.dispatcher,
            sockets.clock,
            member.id,
            times.refresh,
        )
        self.idle_rows = IdleRows(events.cursors, events.sources, self.buckets.share)
        self.gates = GateRounds(sockets.gates, sockets.signals, hear, lost_deliveries)
        self.chains = ChainRounds(
            sockets.chains, sockets.transitions, sockets.due_work, sockets.signals, self.buckets.share, hear
        )
        self.overdue = OverdueRounds(
            sockets.due_work,
            self.buckets.share,
            self.guard,
            self._lambdas,
            references,
            LostLeases(
                sockets.due_work,
                sockets.transitions,
                sockets.signals,
                self._lambdas,
                self.guard,
                chance,
                hear,
                times.lease_s,
                lost_deliveries,
            ),
            HeldRows(sockets.due_work, self._lambdas, self.chains, hear),
        )
        self.periodic = PeriodicRounds(sockets.ticks, sockets.signals, self.buckets.share, self._tick_now)
        self.republisher = Republisher(
            sockets.due_work, self.buckets.share, publisher, references, times.enqueue_timeout_s
        )
        self.sweeper = Sweeper(sockets.sweeps, sockets.signals, sockets.clock, hear)
        sockets.queue.on_lost(self._on_queue_lost)

    @property
    def members(self) -> Sequence[Member]:
        """All servers known at the last renewal, this one included."""
        return self.buckets.members

    async def run(self) -> None:
        """Until it is cancelled, or `stop` is called from elsewhere."""
        self._ended = asyncio.get_running_loop().create_future()
        self._loops = [
            self._loop("bucket leases", self.buckets.renew, self._times.bucket_lease_s / 3),
            self._loop("the look for due tasks", self.consumer.probe, self._times.safety_look_s, self._probe_now),
            self._loop("the look for overdue tasks", self.overdue.look, self._times.overdue_look_every_s),
            self._loop("sweeps", self.sweeper.look, self._times.sweep_look_s),
            self._loop("periodic schedules", self.periodic.look, self._times.periodic_look_s, self._tick_now),
            self._loop("the look at gates", self.gates.look, self._times.gates_look_s, self._settle_now),
            self._loop("the look at condemned children", self.chains.look, self._times.chains_look_s, self._cancel_now),
            self._loop("publishing again", self.republisher.make_good, None, self._republish_now),
            self._loop("moving due tasks", self.consumer.run, None),
            self._loop("refresh", self.refresh.look, self._times.refresh_look_s),
            self._loop("the look for cursors of nothing", self.idle_rows.look, self._times.idle_rows_look_s),
            self._loop("the dispatcher", self.dispatcher.run, None),
        ]
        try:
            await asyncio.wait(self._loops)
        finally:
            try:
                await self._wind_down()
            finally:
                self._ended.set_result(None)

    async def stop(self) -> None:
        """Returns when `run` has ended: prompt, and what was moved in the store is published."""
        for loop in self._loops:
            loop.cancel()
        if self._ended is not None:
            await asyncio.shield(self._ended)

    async def _wind_down(self) -> None:
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._lambdas.stop()
        self._subscriptions.stop()
        self.periodic.stop()
        self._unlisten()
        self._unlisten_chains()
        await self.consumer.stop(STOP_S)
        try:
            await asyncio.wait_for(self.buckets.leave(), STOP_S)
        except (PenstockError, TimeoutError) as trouble:
            log.warning("the buckets were not given up, their lease will end: %s", trouble)

    def _loop(
        self, name: str, do_round: Callable[[], Awaitable[object]], every_s: float | None, alarm: Alarm | None = None
    ) -> "asyncio.Task[None]":
        return asyncio.ensure_future(keep_doing(name, do_round, every_s, self._chance, alarm or Alarm()))

    def _look_anew(self) -> None:
        """Our buckets have changed: what is due in the new ones is not known yet."""
        self._probe_now.ring()
        self._tick_now.ring()
        self._cancel_now.ring()

    async def _on_queue_lost(self) -> None:
        self.republisher.was_lost()
        self._republish_now.ring()
