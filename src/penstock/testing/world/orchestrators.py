"""An orchestrator process: layers 2 to 4 put together as in `compose.orchestrator`, on memory adapters."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from penstock.adapters.memory import MemoryStore
from penstock.compose.background import crew, forget
from penstock.compose.sources import DeclaredSources
from penstock.delivery.dispatch import Delivery
from penstock.delivery.session import Session
from penstock.flow.children import teller
from penstock.flow.cursor_check import SourcesAgainstCursors
from penstock.flow.delivery_state import DeliveryState
from penstock.flow.filter_failures import FilterFailureBook
from penstock.flow.gauges import Gauges
from penstock.flow.lane_feed import LaneFeed
from penstock.flow.policies import PolicyBook
from penstock.flow.quota_book import QuotaBook
from penstock.flow.range_reader import RangeReader
from penstock.flow.start_quotas import PacedStarts
from penstock.flow.subscription_book import SubscriptionBook
from penstock.flow.task_state import TaskState
from penstock.model.errors import PenstockError, Unavailable
from penstock.model.lane import LambdaId
from penstock.model.work import Hello
from penstock.ports.membership import Member
from penstock.scheduler import EventSockets, RefreshPace, Scheduler, Sockets, Timings
from penstock.testing.world.link import WorldWorkStream
from penstock.testing.world.network import Server
from penstock.testing.world.processes import SimulatedProcess

if TYPE_CHECKING:
    from penstock.testing.world.world import World

FULL_REFRESH_S: Final = 20.0


class OrchestratorServer(Server):
    """`run` is the process's main task; cancelling it is a stop in order."""

    delivery: Delivery
    task_state: TaskState
    scheduler: Scheduler

    def __init__(self, world: "World", process: SimulatedProcess, host: str) -> None:
        super().__init__(process, host)
        self._world = world

    async def run(self) -> None:
        """Serve until cancelled."""
        world, terms = self._world, self._world.terms
        queue, signals, store = world.open_engines(self.process)
        pings, sources = world.open_pings(self.process), DeclaredSources({}, store.journal_source)
        chance = world.chance.stream(f"jitter of {self.host}").random
        async with crew() as start:
            await queue.start()
            await pings.start()
            me = Member(self.process.name, "orchestrator", self.host)
            gauges = Gauges(signals, me.id)
            queue.on_lost(forget(gauges))
            store.transitions.on_children(teller(signals))
            policies = PolicyBook(store.registry, signals)
            await _first_look(policies)
            quotas = QuotaBook(store.quotas, signals)
            filter_failures = FilterFailureBook(store.filter_failures)
            subscriptions = SubscriptionBook(store.subscriptions, signals, filter_failures.of)
            await _first_look(subscriptions)
            delivery_state = DeliveryState(
                store.deliveries,
                RangeReader(sources, subscriptions, store.deliveries),
                subscriptions,
                LaneFeed(queue, gauges, signals, pings),
                policies.policy_of,
                chance,
                terms.lease_s,
            )
            self.task_state = TaskState(
                store.transitions, signals, policies.policy_of, chance, terms.lease_s, delivery_state
            )
            self.delivery = Delivery(
                self.task_state,
                store.transitions,
                queue,
                gauges,
                signals,
                _LambdaIds(store),
                terms.lease_s,
                terms.heartbeat_s,
                store.gates,
                PacedStarts(quotas, store.quotas),
            )
            self.scheduler = Scheduler(
                Sockets(
                    store.due_work,
                    store.transitions,
                    queue,
                    gauges,
                    store.registry,
                    signals,
                    store.clock,
                    store.membership,
                    store.sweeps,
                    store.ticks,
                    store.gates,
                    store.chains,
                    EventSockets(
                        store.deliveries,
                        store.subscriptions,
                        sources,
                        pings,
                        store.refreshes,
                        SourcesAgainstCursors(store.cursors, sources),
                        store.cursors,
                    ),
                ),
                me,
                chance,
                Timings(
                    lease_s=terms.lease_s,
                    heartbeat_s=terms.heartbeat_s,
                    refresh=RefreshPace(full_every_s=FULL_REFRESH_S, stuck_after_s=FULL_REFRESH_S),
                ),
            )
            for loop in (
                gauges.run(),
                policies.run(),
                subscriptions.run(),
                filter_failures.run(),
                quotas.run(),
                self.delivery.run(),
                self.delivery.gates.run(),
                self.scheduler.run(),
            ):
                start(loop)
            self.is_open = True
            try:
                await asyncio.Event().wait()
            finally:
                self.is_open = False
                await self.scheduler.stop()
                await pings.stop()
                await queue.stop()

    async def serve_stream(self, hello: Hello, stream: WorldWorkStream) -> None:
        """Twin of the gRPC service's Work: either half's end ends the stream."""
        try:
            session = await self.delivery.open(hello)
            loop = asyncio.get_running_loop()
            halves = {loop.create_task(_read(session, stream)), loop.create_task(_write(session, stream))}
            try:
                await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self.delivery.close(session)
                for half in halves:
                    half.cancel()
                await asyncio.gather(*halves, return_exceptions=True)
        except PenstockError:
            pass
        finally:
            stream.end("the orchestrator ended the stream")


class _LambdaIds:
    def __init__(self, store: MemoryStore) -> None:
        self._registry = store.registry

    async def __call__(self, namespace: str, names: Sequence[str]) -> dict[str, LambdaId]:
        records = await self._registry.resolve(await self._registry.namespace(namespace), names)
        return {name: record.id for name, record in records.items()}


async def _read(session: Session, stream: WorldWorkStream) -> None:
    while True:
        session.give(*await stream.up.receive())


async def _write(session: Session, stream: WorldWorkStream) -> None:
    async for message in session.messages():
        stream.down.send(message)


async def _first_look(policies: PolicyBook | SubscriptionBook) -> None:
    """A server whose store does not answer does not start; whoever keeps it alive tries again."""
    while True:
        try:
            await policies.refresh()
        except Unavailable:
            await asyncio.sleep(0.2)
        else:
            return
