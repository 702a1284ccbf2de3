"""A frontend process: layer 1 put together as in `compose.frontend`, on memory adapters."""

import asyncio
from typing import TYPE_CHECKING

from msgspec import Struct

from penstock.adapters.memory import MemoryStore
from penstock.compose.background import crew, forget, quietly
from penstock.compose.frontend import COMPARE_EVERY_S, Roster
from penstock.flow.children import teller
from penstock.flow.gauges import Gauges
from penstock.flow.quota_book import QuotaBook
from penstock.flow.schedule_quotas import MeteredSchedules
from penstock.frontend.admission_pump import AdmissionPump
from penstock.frontend.announcer import Announcer
from penstock.frontend.cancel import CancelDesk
from penstock.frontend.gates import GateDesk
from penstock.frontend.journal_pump import JournalPump
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.periodic import PeriodicDesk
from penstock.frontend.ping import JournalPings
from penstock.frontend.publish import PublishDesk
from penstock.frontend.quotas import QuotaDesk
from penstock.frontend.register import RegisterDesk
from penstock.frontend.retry import RetryDesk
from penstock.frontend.schedule import ScheduleDesk
from penstock.frontend.stream_book import StreamBook
from penstock.frontend.subscribe import SubscribeDesk
from penstock.frontend.sweeps import SweepDesk
from penstock.frontend.waiting_room import WaitingRoom
from penstock.model.errors import Unavailable
from penstock.model.limits import EVENT_ID_WINDOW_S_DEFAULT
from penstock.ports.clock import StoreClock
from penstock.ports.membership import Member
from penstock.testing.world.network import Server
from penstock.testing.world.processes import SimulatedProcess

if TYPE_CHECKING:
    from penstock.testing.world.world import World

MEMBER_LEASE_S = 6.0
PAGE_KEY = bytes(16)


class Desks(Struct, frozen=True):
    """What clients and workers may call."""

    schedule: ScheduleDesk
    register: RegisterDesk
    cancel: CancelDesk
    retry: RetryDesk
    sweeps: SweepDesk
    periodic: PeriodicDesk
    gates: GateDesk
    waiting: WaitingRoom
    roster: Roster
    quotas: QuotaDesk
    publish: PublishDesk


class FrontendServer(Server):
    """`run` is the process's main task; cancelling it is a stop in order."""

    desks: Desks

    def __init__(self, world: "World", process: SimulatedProcess, host: str) -> None:
        super().__init__(process, host)
        self._world = world

    async def run(self) -> None:
        """Serve until cancelled."""
        world = self._world
        queue, signals, store = world.open_engines(self.process)
        async with crew() as start:
            pings = world.open_pings(self.process)
            await queue.start()
            await pings.start()
            random = world.chance.stream("tokens")
            roster = Roster(store.membership, Member(self.process.name, "frontend", self.host), MEMBER_LEASE_S)
            gauges = Gauges(signals, roster.me.id)
            queue.on_lost(forget(gauges))
            store.transitions.on_children(teller(signals))
            book = LambdaBook(store.registry, signals)
            quotas = QuotaBook(store.quotas, signals)
            pump = AdmissionPump(store.admission, gauges, Announcer(queue, gauges, signals).stored)
            self.desks = Desks(
                schedule=ScheduleDesk(
                    pump,
                    book,
                    store.clock,
                    lambda: random.randbytes(16),
                    store.chains,
                    MeteredSchedules(quotas, store.quotas),
                ),
                register=RegisterDesk(
                    store.registry,
                    store.due_work,
                    book,
                    store.clock,
                    signals,
                    roster.orchestrator_addresses,
                    SubscribeDesk(store.subscriptions, book, store.clock),
                ),
                cancel=CancelDesk(store.transitions, store.results, book, signals),
                retry=RetryDesk(store.admission, book, store.clock, signals, lambda: random.randbytes(16)),
                sweeps=SweepDesk(store.sweeps, book, lambda: random.randbytes(16)),
                periodic=PeriodicDesk(store.schedules, book, store.clock, signals, PAGE_KEY),
                gates=GateDesk(store.gates, book, store.clock, signals),
                waiting=WaitingRoom(store.results, book, signals),
                roster=roster,
                quotas=QuotaDesk(store.quotas, book, signals),
                publish=PublishDesk(
                    JournalPump(store.journal, stored=JournalPings(pings).stored),
                    StreamBook(store.streams, book),
                    EVENT_ID_WINDOW_S_DEFAULT,
                ),
            )
            await _first_look(store)
            start(quotas.run())
            start(roster.run())
            start(_compare_now_and_then(store.clock))
            self.is_open = True
            try:
                await asyncio.Event().wait()
            finally:
                self.is_open = False
                await self.desks.waiting.stop()
                await self.desks.register.stop()
                await book.stop()
                await pings.stop()
                await queue.stop()


async def _first_look(store: MemoryStore) -> None:
    """A server whose store does not answer does not start; whoever keeps it alive tries again."""
    while True:
        try:
            await store.clock.compare()
        except Unavailable:
            await asyncio.sleep(0.2)
        else:
            return


async def _compare_now_and_then(clock: StoreClock) -> None:
    while True:
        await asyncio.sleep(COMPARE_EVERY_S)
        await quietly(clock.compare())
