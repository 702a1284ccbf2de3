"""Endpoints in memory."""

from collections.abc import Callable, Sequence

import msgspec
from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.endpoint import Endpoint, EndpointSpec, TargetHealth
from penstock.model.lane import LambdaId


class MemoryEndpoints:
    """`Endpoints` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def keep(self, lambda_id: LambdaId, spec: EndpointSpec, secret: bytes) -> Endpoint:
        return await self._trip("endpoints.keep", lambda: self._keep(lambda_id, spec, secret))

    async def all(self) -> list[Endpoint]:
        return await self._trip("endpoints.all", lambda: self._select(None, ""))

    async def of_namespace(self, namespace_id: int, lambda_name: str = "") -> list[Endpoint]:
        return await self._trip("endpoints.of_namespace", lambda: self._select(namespace_id, lambda_name))

    async def remove(self, lambda_id: LambdaId) -> bool:
        return await self._trip("endpoints.remove", lambda: self._remove(lambda_id))

    async def rotate(self, lambda_id: LambdaId, secret: bytes, both_s: float) -> Endpoint | None:
        until_us = self._cluster.now_us() + round(both_s * 1_000_000)
        return await self._change(
            "endpoints.rotate",
            lambda_id,
            lambda kept: (
                kept
                if kept.secrets[0] == secret
                else structs.replace(kept, secrets=(secret, kept.secrets[0]), previous_until_us=until_us)
            ),
        )

    async def enable(self, lambda_id: LambdaId) -> Endpoint | None:
        return await self._change(
            "endpoints.enable",
            lambda_id,
            lambda kept: structs.replace(kept, disabled_because="", disabled_at_us=0, gone=()),
        )

    async def disable(self, lambda_id: LambdaId, because: str) -> Endpoint | None:
        return await self._change("endpoints.disable", lambda_id, lambda kept: self._disabled(kept, because))

    async def gone(self, lambda_id: LambdaId, url: str, because: str) -> Endpoint | None:
        return await self._change("endpoints.gone", lambda_id, lambda kept: self._without(kept, url, because))

    async def tell(self, health: Sequence[TargetHealth]) -> None:
        await self._trip("endpoints.tell", lambda: self._tell(health))

    async def health(self, namespace_id: int, lambda_name: str, within_s: float) -> list[TargetHealth]:
        return await self._trip("endpoints.health", lambda: self._health(namespace_id, lambda_name, within_s))

    def _keep(self, lambda_id: LambdaId, spec: EndpointSpec, secret: bytes) -> Endpoint:
        rows, now_us = self._cluster.endpoints, self._cluster.now_us()
        spec = msgspec.json.decode(msgspec.json.encode(spec), type=EndpointSpec)  # as a store would give it back
        kept = rows.get(lambda_id)
        if kept is None:
            record = self._cluster.lambdas[lambda_id]
            namespace = next(name for name, id_ in self._cluster.namespaces.items() if id_ == record.namespace_id)
            rows[lambda_id] = Endpoint(
                lambda_id, record.namespace_id, namespace, record.name, spec, (secret,), 1, now_us, now_us
            )
        elif kept.spec != spec or kept.gone:
            self._put(kept, structs.replace(kept, spec=spec, gone=()))
        return self._seen(rows[lambda_id])

    def _select(self, namespace_id: int | None, lambda_name: str) -> list[Endpoint]:
        chosen = [
            self._seen(each)
            for each in self._cluster.endpoints.values()
            if namespace_id in {None, each.namespace_id} and lambda_name in {"", each.lambda_name}
        ]
        return sorted(chosen, key=lambda each: (each.namespace_id, each.lambda_name))

    def _remove(self, lambda_id: LambdaId) -> bool:
        told = self._cluster.endpoint_health
        for key in [key for key in told if key[0] == lambda_id]:
            del told[key]
        return self._cluster.endpoints.pop(lambda_id, None) is not None

    async def _change(
        self, operation: str, lambda_id: LambdaId, change: Callable[[Endpoint], Endpoint]
    ) -> Endpoint | None:
        def effect() -> Endpoint | None:
            kept = self._cluster.endpoints.get(lambda_id)
            return None if kept is None else self._seen(self._put(kept, change(kept)))

        return await self._trip(operation, effect)

    def _put(self, kept: Endpoint, changed: Endpoint) -> Endpoint:
        if changed != kept:
            changed = structs.replace(changed, version=kept.version + 1, changed_at_us=self._cluster.now_us())
            self._cluster.endpoints[kept.lambda_id] = changed
        return changed

    def _disabled(self, kept: Endpoint, because: str) -> Endpoint:
        if not kept.enabled:
            return kept
        return structs.replace(kept, disabled_because=because, disabled_at_us=self._cluster.now_us())

    def _without(self, kept: Endpoint, url: str, because: str) -> Endpoint:
        if url not in kept.urls:
            return kept
        less = structs.replace(kept, gone=(*kept.gone, url))
        return less if less.urls else self._disabled(less, because)

    def _seen(self, kept: Endpoint) -> Endpoint:
        """A previous secret whose time is over is not told of."""
        if kept.previous_until_us > self._cluster.now_us():
            return kept
        return structs.replace(kept, secrets=kept.secrets[:1], previous_until_us=0)

    def _tell(self, health: Sequence[TargetHealth]) -> None:
        now_us = self._cluster.now_us()
        for each in health:
            if each.lambda_id in self._cluster.endpoints:
                key = (each.lambda_id, each.url, each.worker)
                self._cluster.endpoint_health[key] = structs.replace(each, told_at_us=now_us)

    def _health(self, namespace_id: int, lambda_name: str, within_s: float) -> list[TargetHealth]:
        since_us = self._cluster.now_us() - round(within_s * 1_000_000)
        shown = {each.lambda_id for each in self._select(namespace_id, lambda_name)}
        return [
            told
            for key, told in sorted(self._cluster.endpoint_health.items())
            if key[0] in shown and told.told_at_us >= since_us
        ]
