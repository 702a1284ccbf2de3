"""Endpoints, and what is told of their health."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.endpoint import Endpoint, EndpointSpec, Health, TargetHealth
from penstock.model.lane import LambdaId

_READ: Final = statement("endpoints_read")
_KEEP: Final = statement("endpoint_keep")
_REMOVE: Final = statement("endpoint_remove")
_ROTATE: Final = statement("endpoint_rotate")
_ENABLE: Final = statement("endpoint_enable")
_DISABLE: Final = statement("endpoint_disable")
_GONE: Final = statement("endpoint_gone")
_TELL: Final = statement("endpoint_health_tell")
_HEALTH: Final = statement("endpoint_health_read")
_SPEC: Final = msgspec.json.Decoder(EndpointSpec)


class PostgresEndpoints:
    """See `ports.endpoints.Endpoints`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(self, lambda_id: LambdaId, spec: EndpointSpec, secret: bytes) -> Endpoint:
        await self._pool.fetch(_KEEP, lambda_id, msgspec.json.encode(spec).decode(), secret)
        kept = await self._one(lambda_id)
        assert kept is not None, "nobody else removes what was kept a moment ago, but an operator"
        return kept

    async def all(self) -> list[Endpoint]:
        return [_endpoint(row) for row in await self._pool.fetch(_READ, None, "", None)]

    async def of_namespace(self, namespace_id: int, lambda_name: str = "") -> list[Endpoint]:
        return [_endpoint(row) for row in await self._pool.fetch(_READ, namespace_id, lambda_name, None)]

    async def remove(self, lambda_id: LambdaId) -> bool:
        return bool(await self._pool.fetch(_REMOVE, lambda_id))

    async def rotate(self, lambda_id: LambdaId, secret: bytes, both_s: float) -> Endpoint | None:
        return await self._changed(lambda_id, _ROTATE, secret, microseconds(both_s))

    async def enable(self, lambda_id: LambdaId) -> Endpoint | None:
        return await self._changed(lambda_id, _ENABLE)

    async def disable(self, lambda_id: LambdaId, because: str) -> Endpoint | None:
        return await self._changed(lambda_id, _DISABLE, because)

    async def gone(self, lambda_id: LambdaId, url: str, because: str) -> Endpoint | None:
        return await self._changed(lambda_id, _GONE, url, because)

    async def tell(self, health: Sequence[TargetHealth]) -> None:
        # In one order, so that two workers never wait for each other.
        told = sorted(health, key=lambda each: (each.lambda_id, each.url, each.worker))
        await self._pool.fetch(
            _TELL,
            [each.lambda_id for each in told],
            [each.url for each in told],
            [each.worker for each in told],
            [each.health for each in told],
            [each.since_us for each in told],
            [each.next_us or None for each in told],
            [each.in_flight for each in told],
            [each.succeeded for each in told],
            [each.failed for each in told],
            [each.problem for each in told],
        )

    async def health(self, namespace_id: int, lambda_name: str, within_s: float) -> list[TargetHealth]:
        rows = await self._pool.fetch(_HEALTH, namespace_id, lambda_name, microseconds(within_s))
        return [TargetHealth(row[0], row[1], row[2], Health(row[3]), row[4], row[5] or 0, *row[6:11]) for row in rows]

    async def _changed(self, lambda_id: LambdaId, order: Any, *arguments: Any) -> Endpoint | None:
        await self._pool.fetch(order, lambda_id, *arguments)
        return await self._one(lambda_id)

    async def _one(self, lambda_id: LambdaId) -> Endpoint | None:
        rows = await self._pool.fetch(_READ, None, "", lambda_id)
        return _endpoint(rows[0]) if rows else None


def _endpoint(row: Sequence[Any]) -> Endpoint:
    return Endpoint(
        lambda_id=LambdaId(row[0]),
        namespace_id=row[1],
        namespace=row[2],
        lambda_name=row[3],
        spec=_SPEC.decode(row[4]),
        secrets=(row[5],) if row[6] is None else (row[5], row[6]),
        version=row[7],
        created_at_us=row[8],
        changed_at_us=row[9],
        previous_until_us=row[10] or 0,
        gone=tuple(row[11]),
        disabled_because=row[12] or "",
        disabled_at_us=row[13] or 0,
    )
