"""Namespaces and lambdas in memory."""

from collections.abc import Sequence

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.lane import LambdaId
from penstock.model.policy import DEFAULT_POLICY
from penstock.ports.registry import LambdaRecord, Registration


class MemoryRegistry:
    """`Registry` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def namespace(self, name: str) -> int:
        known = self._cluster.namespaces
        return await self._trip("registry.namespace", lambda: known.setdefault(name, len(known) + 1))

    async def find_namespace(self, name: str) -> int | None:
        return await self._trip("registry.find_namespace", lambda: self._cluster.namespaces.get(name))

    async def register(self, namespace_id: int, registrations: Sequence[Registration]) -> list[LambdaRecord]:
        return await self._trip(
            "registry.register", lambda: [self._register(namespace_id, each) for each in registrations]
        )

    async def resolve(self, namespace_id: int, names: Sequence[str]) -> dict[str, LambdaRecord]:
        return await self._trip(
            "registry.resolve", lambda: {name: self._known_or_new(namespace_id, name) for name in names}
        )

    async def find(self, namespace_id: int, names: Sequence[str]) -> dict[str, LambdaRecord]:
        return await self._trip("registry.find", lambda: self._known(namespace_id, names))

    async def all(self) -> list[LambdaRecord]:
        return await self._trip("registry.all", lambda: list(self._cluster.lambdas.values()))

    def _register(self, namespace_id: int, registration: Registration) -> LambdaRecord:
        record = structs.replace(
            self._known_or_new(namespace_id, registration.name),
            registered=True,
            policy=registration.policy,
            version=registration.version,
            signature=registration.signature,
        )
        self._cluster.lambdas[record.id] = record
        return record

    def _known(self, namespace_id: int, names: Sequence[str]) -> dict[str, LambdaRecord]:
        numbers = {name: self._cluster.lambda_ids.get((namespace_id, name)) for name in names}
        return {name: self._cluster.lambdas[number] for name, number in numbers.items() if number is not None}

    def _known_or_new(self, namespace_id: int, name: str) -> LambdaRecord:
        number = self._cluster.lambda_ids.get((namespace_id, name))
        if number is not None:
            return self._cluster.lambdas[number]
        record = LambdaRecord(
            id=LambdaId(len(self._cluster.lambdas) + 1),
            namespace_id=namespace_id,
            name=name,
            registered=False,
            policy=DEFAULT_POLICY,
        )
        self._cluster.lambda_ids[namespace_id, name] = record.id
        self._cluster.lambdas[record.id] = record
        return record
