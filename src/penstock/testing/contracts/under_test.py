"""What a suite needs of an adapter beyond its port: time that can be moved, eyes, and a way to break things."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.progress import Progress
from penstock.model.task import Attempt
from penstock.ports.access_tokens import AccessTokens
from penstock.ports.admission import Admission
from penstock.ports.chains import Chains
from penstock.ports.clock import StoreClock
from penstock.ports.cursors import Cursors
from penstock.ports.deliveries import Deliveries
from penstock.ports.due_work import DueWork
from penstock.ports.endpoints import Endpoints
from penstock.ports.event_holds import EventHolds
from penstock.ports.filter_failures import FilterFailureCounts
from penstock.ports.gates import Gates
from penstock.ports.journal import Journal
from penstock.ports.lane_counts import LaneCounts
from penstock.ports.membership import Membership
from penstock.ports.periodic import Schedules, Ticks
from penstock.ports.quotas import Quotas
from penstock.ports.refreshes import Refreshes
from penstock.ports.registry import Registry
from penstock.ports.replays import Replays
from penstock.ports.results import Results
from penstock.ports.schemas import Schemas
from penstock.ports.signals import Signals
from penstock.ports.streams import Streams
from penstock.ports.subscriptions import Subscriptions
from penstock.ports.sweeps import Sweeps
from penstock.ports.transitions import Transitions
from penstock.ports.work_queue import WorkQueue


class Store(Protocol):
    """All roles of a store on the path of work, as one process holds them."""

    @property
    def admission(self) -> Admission: ...
    @property
    def due_work(self) -> DueWork: ...
    @property
    def transitions(self) -> Transitions: ...
    @property
    def results(self) -> Results: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def membership(self) -> Membership: ...
    @property
    def sweeps(self) -> Sweeps: ...
    @property
    def clock(self) -> StoreClock: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def ticks(self) -> Ticks: ...
    @property
    def access_tokens(self) -> AccessTokens: ...
    @property
    def gates(self) -> Gates: ...
    @property
    def lane_counts(self) -> LaneCounts: ...
    @property
    def quotas(self) -> Quotas: ...
    @property
    def endpoints(self) -> Endpoints: ...
    @property
    def chains(self) -> Chains: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def streams(self) -> Streams: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def replays(self) -> Replays: ...
    @property
    def schemas(self) -> Schemas: ...
    @property
    def cursors(self) -> Cursors: ...
    @property
    def refreshes(self) -> Refreshes: ...
    @property
    def event_holds(self) -> EventHolds: ...
    @property
    def filter_failures(self) -> FilterFailureCounts: ...


class StoreUnderTest(ABC):
    """An empty store whose clock the test moves."""

    enqueue_timeout_s: float = 5.0
    """what its admission was opened with"""

    @property
    @abstractmethod
    def store(self) -> Store:
        """The adapter."""

    @abstractmethod
    async def advance(self, seconds: float) -> None:
        """The store's clock jumps by so much, for all that it does from now on."""

    @abstractmethod
    async def dump(self) -> object:
        """Every row of tasks, triggers, outcomes, attempts, keys and tokens, so that two dumps can be compared."""

    @abstractmethod
    async def history(self, task_id: TaskId) -> Sequence[Attempt]:
        """The lines of a task's history, the first one first."""

    @abstractmethod
    async def progress(self, task_id: TaskId) -> Progress | None:
        """The last word of a task's code about how far it is."""


class QueueUnderTest(ABC):
    """An engine with empty lanes, up and ready."""

    ack_wait_s: float
    """the acknowledgement time its clients are opened with; in real time keep it short, but over 0.5"""

    @abstractmethod
    async def client(self) -> WorkQueue:
        """One more client, started and connected: what it publishes now arrives."""

    @abstractmethod
    async def lose(self, lane: LaneId) -> None:
        """What waits in the lane is gone, and nobody is told."""

    @abstractmethod
    async def wipe(self) -> None:
        """Streams, consumers and messages are gone; the engine is up."""

    @abstractmethod
    async def stop_engine(self) -> None:
        """The engine is down when it returns."""

    @abstractmethod
    async def start_engine(self) -> None:
        """It starts again, empty. Clients come back by themselves."""


class SignalsUnderTest(ABC):
    """A network between processes."""

    @abstractmethod
    async def client(self) -> Signals:
        """One more process."""

    @abstractmethod
    async def stop_engine(self) -> None:
        """The network is down when it returns."""

    @abstractmethod
    async def start_engine(self) -> None:
        """It comes back."""
