"""Quotas in memory."""

from collections.abc import Sequence

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.rows import TokenRow
from penstock.adapters.memory.trip import Trip
from penstock.model.gate import token_was_used
from penstock.model.limits import TOKEN_LIFE_S
from penstock.model.quota import Quota, QuotaLine, QuotaOrder, in_order
from penstock.model.token_bucket import BucketKey, Draw, Grant, full


class MemoryQuotas:
    """`Quotas` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def order(self, order: QuotaOrder) -> None:
        await self._trip("quotas.order", lambda: self._order(order))

    async def standing(self, namespace_id: int, lambda_name: str) -> list[Quota]:
        return await self._trip("quotas.standing", lambda: self._standing(namespace_id, lambda_name))

    async def all(self) -> list[Quota]:
        return await self._trip("quotas.all", lambda: self._standing(None, ""))

    async def trail(self, namespace_id: int, lambda_name: str, before_version: int, limit: int) -> list[QuotaLine]:
        return await self._trip(
            "quotas.trail",
            lambda: [
                line
                for lambda_id, line in reversed(self._cluster.quota_lines)
                if self._cluster.lambdas[lambda_id].namespace_id == namespace_id
                and lambda_name in {"", line.lambda_name}
                and (not before_version or line.version < before_version)
            ][:limit],
        )

    async def draw(self, draws: Sequence[Draw]) -> list[Grant]:
        return await self._trip("quotas.draw", lambda: [self._draw(draw) for draw in draws])

    def _order(self, order: QuotaOrder) -> None:
        cluster, now_us = self._cluster, self._cluster.now_us()
        if order.token:
            place = (order.namespace_id, order.token)
            used = cluster.tokens.get(place)
            if used is not None:
                if used.content_hash != order.content_hash:
                    raise token_was_used()
                return
            cluster.tokens[place] = TokenRow(0, order.content_hash, now_us + TOKEN_LIFE_S * 1_000_000)
        key: BucketKey = (order.lambda_id, order.kind, order.priority)
        name = cluster.lambdas[order.lambda_id].name
        if order.amount is not None:
            cluster.quotas[key] = Quota(
                order.lambda_id,
                name,
                order.kind,
                order.priority,
                order.amount,
                order.burst,
                since_us=now_us,
                reason=order.reason,
                who=order.who,
            )
        elif cluster.quotas.pop(key, None) is None:
            return
        line = QuotaLine(
            len(cluster.quota_lines) + 1,
            now_us,
            name,
            order.kind,
            order.priority,
            order.amount,
            order.burst,
            order.reason,
            order.who,
        )
        cluster.quota_lines.append((order.lambda_id, line))

    def _standing(self, namespace_id: int | None, lambda_name: str) -> list[Quota]:
        records = [
            record
            for record in self._cluster.lambdas.values()
            if namespace_id in {None, record.namespace_id} and lambda_name in {"", record.name}
        ]
        shown = {record.id for record in records}
        ordered = [quota for quota in self._cluster.quotas.values() if quota.lambda_id in shown]
        declared = [quota for record in records for quota in record.policy.quota.quotas(record.id, record.name)]
        return in_order([quota.denied_at(self._denied_us(quota)) for quota in (*ordered, *declared)])

    def _denied_us(self, quota: Quota) -> int:
        level = self._cluster.quota_levels.get((quota.lambda_id, quota.kind, quota.priority))
        return level.denied_us if level else 0

    def _draw(self, draw: Draw) -> Grant:
        now_us, key = self._cluster.now_us(), draw.limit.key
        level = self._cluster.quota_levels.get(key) or full(draw.limit, now_us)
        self._cluster.quota_levels[key], grant = level.drawn(draw, now_us)
        return grant
