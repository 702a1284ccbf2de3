"""Namespaces, lambdas and their numbers. Small, read often by its callers' caches, written when workers start."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.lane import LambdaId
from penstock.model.policy import DEFAULT_POLICY, LambdaPolicy
from penstock.ports.registry import LambdaRecord, Registration

_NAMESPACE_FIND: Final = statement("namespace_find")
_NAMESPACE_MAKE: Final = statement("namespace_make")
_FIND: Final = statement("lambdas_find")
_MAKE: Final = statement("lambdas_make")
_REGISTER: Final = statement("lambdas_register")
_ALL: Final = statement("lambdas_all")


class PostgresRegistry:
    """See `ports.registry.Registry`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def namespace(self, name: str) -> int:
        """The number of a namespace; made when it is new."""
        number = await self.find_namespace(name)
        if number is None:
            await self._pool.fetch(_NAMESPACE_MAKE, name)
            number = await self.find_namespace(name)
        assert number is not None
        return number

    async def find_namespace(self, name: str) -> int | None:
        """The number of a namespace; None when nobody has made it."""
        number: int | None = await self._pool.value(_NAMESPACE_FIND, name)
        return number

    async def register(self, namespace_id: int, registrations: Sequence[Registration]) -> list[LambdaRecord]:
        """Keep registrations; the latest wins. In the order given."""
        latest = {registration.name: registration for registration in registrations}
        async with self._pool.transaction() as connection:
            await _find_or_make(connection, namespace_id, list(latest))
            await connection.execute(
                _REGISTER,
                namespace_id,
                list(latest),
                [registration.version for registration in latest.values()],
                [_json(registration.policy) for registration in latest.values()],
                [registration.signature for registration in latest.values()],
                [registration.description for registration in latest.values()],
            )
            records = await _find(connection, namespace_id, list(latest))
        return [records[registration.name] for registration in registrations]

    async def resolve(self, namespace_id: int, names: Sequence[str]) -> dict[str, LambdaRecord]:
        """Records by name; names nobody knew get a number and an unregistered record."""
        async with self._pool.connection() as connection:
            return await _find_or_make(connection, namespace_id, list(set(names)))

    async def find(self, namespace_id: int, names: Sequence[str]) -> dict[str, LambdaRecord]:
        """Records by name; names nobody knew are left out."""
        async with self._pool.connection() as connection:
            return await _find(connection, namespace_id, list(set(names)))

    async def all(self) -> list[LambdaRecord]:
        """Every lambda of every namespace."""
        return [_record(row) for row in await self._pool.fetch(_ALL)]


async def _find_or_make(connection: Connection, namespace_id: int, names: list[str]) -> dict[str, LambdaRecord]:
    """Looks before it writes: most names are known, and a refused insert would burn a number."""
    found = await _find(connection, namespace_id, names)
    missing = [name for name in names if name not in found]
    if missing:
        await connection.execute(_MAKE, namespace_id, missing, _json(DEFAULT_POLICY))
        found |= await _find(connection, namespace_id, missing)
    return found


async def _find(connection: Connection, namespace_id: int, names: list[str]) -> dict[str, LambdaRecord]:
    return {row[2]: _record(row) for row in await connection.fetch(_FIND, namespace_id, names)}


def _json(policy: LambdaPolicy) -> str:
    return msgspec.json.encode(policy).decode()


def _record(row: Sequence[Any]) -> LambdaRecord:
    policy = msgspec.json.decode(row[4], type=LambdaPolicy)
    return LambdaRecord(LambdaId(row[0]), row[1], row[2], row[3], policy, row[5], row[6])
