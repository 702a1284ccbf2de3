"""Subscriptions: declared when workers start, read by caches."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.event import StreamId
from penstock.model.lane import LambdaId
from penstock.model.subscription import Subscription, SubscriptionSpec
from penstock.model.subscription_graph import begun, followed, related
from penstock.model.subscription_rules import check_together

_ALL: Final = statement("subscriptions_all")
_LOCK: Final = statement("subscriptions_lock")
_KEEP: Final = statement("subscriptions_keep")
_RETIRE: Final = statement("subscriptions_retire")
_FOLLOW: Final = statement("subscriptions_follow")
_STREAMS_MAKE: Final = statement("streams_make")
_STREAMS: Final = statement("streams_numbers")
_CLOCK: Final = statement("clock")
_RETIRED: Final = 5


class PostgresSubscriptions:
    """See `ports.subscriptions.Subscriptions`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def declare(
        self, namespace_id: int, specs: Mapping[LambdaId, SubscriptionSpec], others: Sequence[LambdaId]
    ) -> list[Subscription]:
        """Keep what workers say of the lambdas they serve, all of it or nothing."""
        if not specs and not others:
            return []
        async with self._pool.transaction() as connection:
            await connection.execute(_LOCK)
            stood = {row[0]: row for row in await connection.fetch(_ALL, namespace_id)}
            retired = [each for each in others if each in stood and not stood[each][_RETIRED]]
            if not specs and not retired:
                return []
            await self._keep(connection, namespace_id, specs, stood)
            await connection.execute(_RETIRE, retired)
            standing = related(_live(await connection.fetch(_ALL, namespace_id)))
            check_together({each.lambda_name: each.spec for each in standing})
            await connection.execute(_FOLLOW, namespace_id, followed(standing))
        return [each for each in standing if each.lambda_id in specs]

    async def all(self) -> list[Subscription]:
        """Every subscription of every namespace that is not retired."""
        return related(_live(await self._pool.fetch(_ALL, None)))

    async def _keep(
        self,
        connection: Connection,
        namespace_id: int,
        specs: Mapping[LambdaId, SubscriptionSpec],
        stood: Mapping[int, Any],
    ) -> None:
        if not specs:
            return
        now_us = (await connection.fetchrow(_CLOCK))[0]
        before = {number: _spec(row) for number, row in stood.items()}
        kept = {number: begun(spec, before.get(number), now_us) for number, spec in specs.items()}
        streams = await _streams(connection, namespace_id, sorted({spec.stream for spec in kept.values()}))
        await connection.execute(
            _KEEP,
            namespace_id,
            list(kept),
            [streams[spec.stream] for spec in kept.values()],
            [msgspec.json.encode(spec).decode() for spec in kept.values()],
        )


async def standing(connection: Connection) -> list[Subscription]:
    """Those that are not retired, as this transaction sees them."""
    return related(_live(await connection.fetch(_ALL, None)))


async def _streams(connection: Connection, namespace_id: int, names: list[str]) -> dict[str, StreamId]:
    """Looks before it writes: a refused insert would burn a number."""
    known = {row[0]: StreamId(row[1]) for row in await connection.fetch(_STREAMS, namespace_id, names)}
    missing = [name for name in names if name not in known]
    if missing:
        await connection.execute(_STREAMS_MAKE, namespace_id, missing)
        known |= {row[0]: StreamId(row[1]) for row in await connection.fetch(_STREAMS, namespace_id, missing)}
    return known


def _live(rows: Sequence[Any]) -> list[Subscription]:
    return [
        Subscription(LambdaId(row[0]), row[1], row[2], StreamId(row[3]), _spec(row))
        for row in rows
        if not row[_RETIRED]
    ]


def _spec(row: Any) -> SubscriptionSpec:
    return msgspec.json.decode(row[4], type=SubscriptionSpec)
