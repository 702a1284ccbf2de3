"""Subscriptions in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.rows import SubscriptionRow
from penstock.adapters.memory.trip import Trip
from penstock.model.event import StreamId
from penstock.model.lane import LambdaId
from penstock.model.stream import Stream
from penstock.model.subscription import Subscription, SubscriptionSpec
from penstock.model.subscription_graph import begun, related
from penstock.model.subscription_rules import check_together


class MemorySubscriptions:
    """`Subscriptions` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def declare(
        self, namespace_id: int, specs: Mapping[LambdaId, SubscriptionSpec], others: Sequence[LambdaId]
    ) -> list[Subscription]:
        return await self._trip("subscriptions.declare", lambda: self._declare(namespace_id, specs, others))

    async def all(self) -> list[Subscription]:
        return await self._trip("subscriptions.all", lambda: standing(self._cluster))

    def _declare(
        self, namespace_id: int, specs: Mapping[LambdaId, SubscriptionSpec], others: Sequence[LambdaId]
    ) -> list[Subscription]:
        before = self._cluster.subscriptions
        kept = {
            number: begun(spec, before[number].spec if number in before else None, self._cluster.now_us())
            for number, spec in specs.items()
        }
        now_us = self._cluster.now_us()
        retired = {
            number: replace(before[number], is_retired=True, changed_at_us=now_us)
            for number in others
            if number in before and not before[number].is_retired
        }
        self._refuse_rings(namespace_id, {**before, **retired}, kept)
        for number, spec in kept.items():
            row = SubscriptionRow(namespace_id, self._stream(namespace_id, spec.stream), spec)
            stood = before.get(number)
            same = stood is not None and replace(stood, changed_at_us=0) == row
            before[number] = replace(row, changed_at_us=stood.changed_at_us if same and stood else now_us)
        before.update(retired)
        self._cluster.subscriptions_edition += 1
        return [each for each in standing(self._cluster) if each.lambda_id in specs]

    def _refuse_rings(
        self, namespace_id: int, rows: Mapping[LambdaId, SubscriptionRow], specs: Mapping[LambdaId, SubscriptionSpec]
    ) -> None:
        live = {
            number: row.spec for number, row in rows.items() if row.namespace_id == namespace_id and not row.is_retired
        }
        check_together({self._cluster.lambdas[number].name: spec for number, spec in {**live, **specs}.items()})

    def _stream(self, namespace_id: int, name: str) -> StreamId:
        streams = self._cluster.streams
        new = Stream(StreamId(len(streams) + 1), name, self._cluster.now_us(), 0.0)
        return streams.setdefault((namespace_id, name), new).id


def standing(cluster: MemoryCluster) -> list[Subscription]:
    """All that are not retired."""
    return related(
        [
            Subscription(number, row.namespace_id, cluster.lambdas[number].name, row.stream_id, row.spec)
            for number, row in sorted(cluster.subscriptions.items())
            if not row.is_retired
        ]
    )
