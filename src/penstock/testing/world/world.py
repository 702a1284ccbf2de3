"""The world: all layers in one process on one virtual clock, and one seed that decides everything."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVarTuple

from msgspec import Struct

from penstock.adapters.memory import LaneBus, MemoryStore, PingBus, SignalBus
from penstock.model.identity import TaskId
from penstock.model.task import Outcome
from penstock.testing.world.chance import Chance
from penstock.testing.world.chronicle import Chronicle
from penstock.testing.world.clients import Client
from penstock.testing.world.doors import PingsDoor, QueueDoor, SignalsDoor, StoreDoor
from penstock.testing.world.event_lambdas import Handed, SimulatedEventLambda, the_event_lambdas
from penstock.testing.world.executors import ExecutorPlace
from penstock.testing.world.gatekeeper import Gatekeeper
from penstock.testing.world.lambdas import SimulatedLambda, the_lambdas
from penstock.testing.world.link import WorldLink
from penstock.testing.world.places import Places
from penstock.testing.world.processes import SimulatedProcess, outside
from penstock.testing.world.publisher import Publisher
from penstock.testing.world.quota_keeper import QuotaKeeper
from penstock.testing.world.store_time import StoreTime
from penstock.testing.world.timekeeper import Timekeeper
from penstock.testing.world.weather import LaneWeather, PingWeather, SignalWeather, Weather
from penstock.testing.world.weaver import Weaver
from penstock.testing.world.witness import CursorMove, WitnessedCluster, witnessed_store
from penstock.testing.world.workers import WorkerHost

if TYPE_CHECKING:
    from penstock.model.selection import TaskSelection
    from penstock.testing.world.orders import Order

Arguments = TypeVarTuple("Arguments")


class Terms(Struct, frozen=True):
    """The orchestrators' settings. In seconds."""

    lease_s: float
    heartbeat_s: float


class World:
    """Make it on a running `WorldLoop`."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.is_over = False
        self.chance = Chance(seed)
        self.chronicle = Chronicle()
        self.weather = Weather()
        self.store_time = StoreTime()
        self.cluster = WitnessedCluster(self.store_time, self.chronicle)
        self.lane_bus = LaneBus(LaneWeather(self.weather, self.chance, self.chronicle))
        self.signal_bus = SignalBus(SignalWeather(self.weather, self.chance, self.chronicle))
        self.ping_bus = PingBus(PingWeather(self.weather, self.chance, self.chronicle))
        self.terms = self.chance.stream("terms").choice((Terms(6.0, 1.5), Terms(6.0, 1.5), Terms(10.0, 2.0)))
        self.event_lambdas = the_event_lambdas(self)
        self.lambdas: dict[str, SimulatedLambda | SimulatedEventLambda] = {**the_lambdas(self), **self.event_lambdas}
        self.cursor_moves: list[CursorMove] = []
        self.handed: list[Handed] = []
        """what event lambdas were handed"""
        self.orders: list[Order] = []
        self.reads: dict[TaskId, Outcome] = {}
        """what clients were told of ended tasks"""
        self.sweeps_ordered: dict[bytes, float] = {}
        """sweep -> when it was asked for first"""
        self.cancels: list[TaskSelection] = []
        """what was ordered to be cancelled, from before it is asked for"""
        self.kills: Counter[TaskId] = Counter()
        """how often a task's executor was killed from outside while it ran"""
        self.processes: list[SimulatedProcess] = []
        self.executor_places: dict[SimulatedProcess, ExecutorPlace] = {}
        self.places = Places(self, frontends=2, orchestrators=2)
        self.hosts = [WorkerHost(self, f"host-{number}") for number in (1, 2)]
        self.clients = [Client(self, f"client-{number}") for number in (1, 2, 3)]
        self.timekeeper = Timekeeper(self)
        self.gatekeeper = Gatekeeper(self, Client(self, "gatekeeper"))
        self.quota_keeper = QuotaKeeper(self, Client(self, "quota keeper"))
        self.weaver = Weaver(self, Client(self, "weaver"))
        self.publisher = Publisher(self, Client(self, "publisher"))
        self._numbers = 0

    def open(self) -> None:
        """Start every server and every worker."""
        self.places.open()
        for host in self.hosts:
            host.open()

    def adopt(self, process: SimulatedProcess) -> None:
        """Every process is known, so that all of them can be brought to their end."""
        self.processes.append(process)

    @property
    def standstills(self) -> dict[str, list[tuple[float, float]]]:
        """Process -> from when to when it was stopped. Complete when all have gone on."""
        return {process.name: process.standstills for process in self.processes if process.standstills}

    def open_engines(self, process: SimulatedProcess) -> tuple[QueueDoor, SignalsDoor, MemoryStore]:
        """What a server process stands on."""
        trip = StoreDoor(process, self.weather, self.chance, self.chronicle)
        return (
            QueueDoor(process, self.lane_bus, self.chronicle),
            SignalsDoor(process, self.signal_bus),
            witnessed_store(self.cluster, trip, self.chronicle, self.cursor_moves),
        )

    def open_pings(self, process: SimulatedProcess) -> PingsDoor:
        """A server process's way to the pings."""
        return PingsDoor(process, self.ping_bus)

    def new_link(self, host: str) -> WorldLink:
        """A worker process's way to the platform."""
        return WorldLink(self.places, host)

    def executor_of(self, process: SimulatedProcess) -> ExecutorPlace:
        """The executor that lives in a process."""
        return self.executor_places[process]

    def next_number(self) -> int:
        """Of an order."""
        self._numbers += 1
        return self._numbers

    def later(self, delay_s: float, what: Callable[[*Arguments], Any], *args: *Arguments) -> None:
        """Nature does it then, whatever becomes of the caller."""
        with outside():
            asyncio.get_running_loop().call_later(delay_s, what, *args)

    def note_read(self, task_id: TaskId, outcome: Outcome) -> None:
        """A client was told how a task ended: it must never be told anything else."""
        before = self.reads.setdefault(outcome.id, outcome)
        if before != outcome:
            self.chronicle.breach(f"task {task_id.hex()} was read as two different ends")
