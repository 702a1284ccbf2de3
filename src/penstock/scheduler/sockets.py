"""What the scheduler is plugged into, and its times."""

from dataclasses import dataclass

from msgspec import Struct

from penstock.ports.chains import Chains
from penstock.ports.clock import StoreClock
from penstock.ports.cursor_check import CursorCheck
from penstock.ports.cursors import Cursors
from penstock.ports.deliveries import Deliveries
from penstock.ports.due_work import DueWork
from penstock.ports.gates import Gates
from penstock.ports.lanes import LaneGauges
from penstock.ports.membership import Membership
from penstock.ports.periodic import Ticks
from penstock.ports.pings import PingQueue
from penstock.ports.refreshes import Refreshes
from penstock.ports.registry import Registry
from penstock.ports.signals import Signals
from penstock.ports.source_book import SourceBook
from penstock.ports.subscriptions import Subscriptions
from penstock.ports.sweeps import Sweeps
from penstock.ports.transitions import Transitions
from penstock.ports.work_queue import WorkQueue
from penstock.scheduler.refresh_rounds import RefreshPace


@dataclass(frozen=True, slots=True)
class EventSockets:
    """What the dispatcher uses besides."""

    deliveries: Deliveries
    subscriptions: Subscriptions
    sources: SourceBook
    pings: PingQueue
    refreshes: Refreshes
    check: CursorCheck
    cursors: Cursors


@dataclass(frozen=True, slots=True)
class Sockets:
    """The ports that layer 2 uses."""

    due_work: DueWork
    transitions: Transitions
    queue: WorkQueue
    gauges: LaneGauges
    registry: Registry
    signals: Signals
    clock: StoreClock
    membership: Membership
    sweeps: Sweeps
    ticks: Ticks
    gates: Gates
    chains: Chains
    events: EventSockets


class Timings(Struct, frozen=True):
    """In seconds."""

    lease_s: float = 30.0
    """of a claim"""
    heartbeat_s: float = 5.0
    enqueue_timeout_s: float = 5.0
    """must be the one that admission writes"""
    bucket_lease_s: float = 6.0
    """how long the buckets of a server that died stay unserved; renewed every third of it"""
    safety_look_s: float = 0.5
    overdue_look_s: float = 1.0
    sweep_look_s: float = 1.0
    """how long an order over many tasks may wait for its first step"""
    periodic_look_s: float = 1.0
    """a safety net: a look wakes itself for the next tick, and a change of a schedule wakes it"""
    gates_look_s: float = 0.5
    """the end of a gate's time is seen so late at most"""

    chains_look_s: float = 1.0
    """a safety net: the end of a parent that condemns children is told"""
    refresh_look_s: float = 0.5
    """how late a step of refresh may be seen"""
    refresh: RefreshPace = RefreshPace()
    idle_rows_look_s: float = 3_600.0
    """how often cursors of subjects that are gone are looked for"""

    @property
    def overdue_look_every_s(self) -> float:
        """Several times in a heartbeat: a look that comes later than one after the last ends no lease, for a lease."""
        return min(self.overdue_look_s, self.heartbeat_s / 4)
