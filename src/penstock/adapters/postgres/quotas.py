"""Quotas: the orders, their trail, and the buckets of tokens."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.gate import token_was_used
from penstock.model.lane import LambdaId
from penstock.model.limits import TOKEN_LIFE_S
from penstock.model.policy import LambdaPolicy
from penstock.model.quota import Quota, QuotaKind, QuotaLine, QuotaOrder, in_order
from penstock.model.token_bucket import BucketKey, Draw, Grant

_ORDER: Final = statement("quota_order")
_ORDERED: Final = statement("quotas_ordered")
_DECLARED: Final = statement("quotas_declared")
_TRAIL: Final = statement("quota_trail")
_DRAW: Final = statement("quota_draw")
_MAKE: Final = statement("quota_buckets_make")
_TOKEN_LIFE_US: Final = microseconds(TOKEN_LIFE_S)


class PostgresQuotas:
    """See `ports.quotas.Quotas`. `draws` carries what calls and executors wait for."""

    def __init__(self, pool: Pool, draws: Pool) -> None:
        self._pool, self._draws = pool, draws

    async def order(self, order: QuotaOrder) -> None:
        """Set or clear an operator's quota, with a line in the trail."""
        async with self._pool.transaction() as connection:
            used_for = await connection.fetchval(
                _ORDER,
                order.namespace_id,
                order.lambda_id,
                order.kind,
                order.priority,
                order.amount,
                order.burst,
                order.reason,
                order.who,
                order.token,
                order.content_hash,
                _TOKEN_LIFE_US,
            )
            if used_for not in {None, order.content_hash}:
                raise token_was_used()

    async def standing(self, namespace_id: int, lambda_name: str) -> list[Quota]:
        """Operators' quotas and those that code declares."""
        return await self._standing(namespace_id, lambda_name)

    async def all(self) -> list[Quota]:
        """Of every namespace."""
        return await self._standing(None, "")

    async def trail(self, namespace_id: int, lambda_name: str, before_version: int, limit: int) -> list[QuotaLine]:
        """Orders, the latest first."""
        rows = await self._pool.fetch(_TRAIL, namespace_id, lambda_name, before_version, limit)
        return [QuotaLine(row[0], row[1], row[2], QuotaKind(row[3]), *row[4:9]) for row in rows]

    async def draw(self, draws: Sequence[Draw]) -> list[Grant]:
        """Take tokens out of buckets."""
        granted = await self._draw(draws)
        missing = [draw for draw in draws if draw.limit.key not in granted]
        if missing:
            bursts = [draw.limit.burst for draw in missing]
            await self._draws.fetch(_MAKE, *_columns(missing), bursts)
            granted |= await self._draw(missing)
        return [granted[draw.limit.key] for draw in draws]

    async def _draw(self, draws: Sequence[Draw]) -> dict[BucketKey, Grant]:
        rows = await self._draws.fetch(
            _DRAW,
            *_columns(draws),
            [draw.limit.per_s for draw in draws],
            [draw.limit.burst for draw in draws],
            [draw.least for draw in draws],
            [draw.wanted for draw in draws],
        )
        return {(LambdaId(row[0]), QuotaKind(row[1]), row[2]): Grant(row[3], row[4]) for row in rows}

    async def _standing(self, namespace_id: int | None, lambda_name: str) -> list[Quota]:
        ordered = await self._pool.fetch(_ORDERED, namespace_id, lambda_name)
        declared = await self._pool.fetch(_DECLARED, namespace_id, lambda_name, list(QuotaKind))
        return in_order([*map(_ordered, ordered), *[quota for row in declared for quota in _declared(row)]])


def _columns(draws: Sequence[Draw]) -> tuple[list[int], list[int], list[int]]:
    lambdas, kinds, priorities = zip(*[draw.limit.key for draw in draws], strict=True)
    return list(lambdas), list(kinds), list(priorities)


def _ordered(row: Sequence[Any]) -> Quota:
    """lambda id and name, kind, priority, amount, burst, since, reason, who, denied."""
    return Quota(
        LambdaId(row[0]),
        row[1],
        QuotaKind(row[2]),
        row[3],
        row[4],
        row[5],
        since_us=row[6],
        reason=row[7],
        who=row[8],
        denied_us=row[9] or 0,
    )


def _declared(row: Sequence[Any]) -> list[Quota]:
    """lambda id and name, policy, kind, denied: the quota of this kind, if the policy has one."""
    policy = msgspec.json.decode(row[2], type=LambdaPolicy)
    quotas = policy.quota.quotas(LambdaId(row[0]), row[1], row[4] or 0)
    return [quota for quota in quotas if quota.kind == row[3]]
