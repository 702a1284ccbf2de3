"""What is known of filters that fail, in memory."""

from collections.abc import Sequence

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.filter_failures import FilterFailures, KnownFilterFailures
from penstock.model.lane import LambdaId


class MemoryFilterFailureCounts:
    """`FilterFailureCounts` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster, self._trip = cluster, trip

    async def add(self, found: Sequence[FilterFailures]) -> None:
        await self._trip("filter_failures.add", lambda: self._add(found))

    async def of(self, lambda_id: LambdaId) -> KnownFilterFailures | None:
        return await self._trip("filter_failures.of", lambda: self._known(lambda_id))

    def _known(self, lambda_id: LambdaId) -> KnownFilterFailures | None:
        known, row = self._cluster.filter_failures.get(lambda_id), self._cluster.subscriptions.get(lambda_id)
        return known if known and row and row.changed_at_us <= known.last_at_us else None

    def _add(self, found: Sequence[FilterFailures]) -> None:
        known, now_us = self._cluster.filter_failures, self._cluster.now_us()
        for each in found:
            before = self._known(each.lambda_id)
            count = each.count + (before.failures.count if before else 0)
            known[each.lambda_id] = KnownFilterFailures(structs.replace(each, count=count), now_us)
