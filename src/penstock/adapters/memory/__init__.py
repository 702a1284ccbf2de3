"""Memory twins of the ports on the path of work: for tests, the simulation and users' own tests, never a deployment."""

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.lane_bus import BusFaults, LaneBus
from penstock.adapters.memory.ping_bus import PingBus, PingFaults
from penstock.adapters.memory.ping_queue import MemoryPingQueue
from penstock.adapters.memory.signals import MemorySignals, SignalBus, SignalFaults
from penstock.adapters.memory.store import MemoryStore
from penstock.adapters.memory.store_time import LoopStoreTime
from penstock.adapters.memory.trip import Trip, plain_trip
from penstock.adapters.memory.work_queue import MemoryWorkQueue

__all__ = [
    "BusFaults",
    "LaneBus",
    "LoopStoreTime",
    "MemoryCluster",
    "MemoryPingQueue",
    "MemorySignals",
    "MemoryStore",
    "MemoryWorkQueue",
    "PingBus",
    "PingFaults",
    "SignalBus",
    "SignalFaults",
    "Trip",
    "plain_trip",
]
