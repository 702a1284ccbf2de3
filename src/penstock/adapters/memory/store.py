"""One process's door to a simulated store."""

from penstock.adapters.memory.access_tokens import MemoryAccessTokens
from penstock.adapters.memory.admission import MemoryAdmission
from penstock.adapters.memory.chains import MemoryChains
from penstock.adapters.memory.clock import MemoryClock
from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.cursors import MemoryCursors
from penstock.adapters.memory.deliveries import MemoryDeliveries
from penstock.adapters.memory.due_work import MemoryDueWork
from penstock.adapters.memory.endpoints import MemoryEndpoints
from penstock.adapters.memory.event_holds import MemoryEventHolds
from penstock.adapters.memory.filter_failures import MemoryFilterFailureCounts
from penstock.adapters.memory.gates import MemoryGates
from penstock.adapters.memory.journal import MemoryJournal
from penstock.adapters.memory.journal_source import MemoryJournalSource
from penstock.adapters.memory.lane_counts import MemoryLaneCounts
from penstock.adapters.memory.membership import MemoryMembership
from penstock.adapters.memory.periodic import MemorySchedules, MemoryTicks
from penstock.adapters.memory.quotas import MemoryQuotas
from penstock.adapters.memory.refreshes import MemoryRefreshes
from penstock.adapters.memory.registry import MemoryRegistry
from penstock.adapters.memory.replays import MemoryReplays
from penstock.adapters.memory.results import MemoryResults
from penstock.adapters.memory.schemas import MemorySchemas
from penstock.adapters.memory.streams import MemoryStreams
from penstock.adapters.memory.subscriptions import MemorySubscriptions
from penstock.adapters.memory.sweeps import MemorySweeps
from penstock.adapters.memory.transitions import MemoryTransitions
from penstock.adapters.memory.trip import Trip, plain_trip
from penstock.model.event import StreamId


class MemoryStore:
    """The same roles, under the same names, as the PostgreSQL store.

    Open as many on one cluster as there are processes. `trip` is where a simulation puts what goes wrong.
    """

    def __init__(self, cluster: MemoryCluster, trip: Trip = plain_trip, enqueue_timeout_s: float = 5.0) -> None:
        self._cluster, self._trip = cluster, trip
        self.admission = MemoryAdmission(cluster, trip, enqueue_timeout_s)
        self.due_work = MemoryDueWork(cluster, trip)
        self.transitions = MemoryTransitions(cluster, trip)
        self.results = MemoryResults(cluster, trip)
        self.registry = MemoryRegistry(cluster, trip)
        self.membership = MemoryMembership(cluster, trip)
        self.sweeps = MemorySweeps(cluster, trip)
        self.gates = MemoryGates(cluster, trip)
        self.lane_counts = MemoryLaneCounts(cluster, trip)
        self.clock = MemoryClock(cluster, trip)
        self.schedules = MemorySchedules(cluster, trip)
        self.ticks = MemoryTicks(cluster, trip)
        self.access_tokens = MemoryAccessTokens(cluster, trip)
        self.quotas = MemoryQuotas(cluster, trip)
        self.chains = MemoryChains(cluster, trip)
        self.journal = MemoryJournal(cluster, trip)
        self.streams = MemoryStreams(cluster, trip)
        self.subscriptions = MemorySubscriptions(cluster, trip)
        self.deliveries = MemoryDeliveries(cluster, trip, enqueue_timeout_s)
        self.cursors = MemoryCursors(cluster, trip, self.deliveries)
        self.replays = MemoryReplays(cluster, trip)
        self.refreshes = MemoryRefreshes(cluster, trip)
        self.event_holds = MemoryEventHolds(cluster, trip, self.deliveries)
        self.schemas = MemorySchemas(cluster, trip)
        self.endpoints = MemoryEndpoints(cluster, trip)
        self.filter_failures = MemoryFilterFailureCounts(cluster, trip)

    def journal_source(self, stream_id: StreamId) -> MemoryJournalSource:
        """The native journal's events of one stream."""
        return MemoryJournalSource(self._cluster, self._trip, stream_id)
