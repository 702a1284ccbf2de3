"""The lambdas' and namespaces' numbers, kept here so that a call needs no trip for them."""

import asyncio
from collections.abc import Iterable

from penstock.model.lane import LambdaId
from penstock.model.names import check_namespace
from penstock.ports.registry import LambdaRecord, Registry
from penstock.ports.signals import Signals, Topic

UNREGISTERED_TRUSTED_S = 5.0
"""A registration's signal may be lost: after this the store is asked again."""
UNREGISTERED_KEPT_MAX = 10_000
NO_NAMESPACE = 0
"""Holds no task: the store counts from 1."""


class LambdaBook:
    """A registration stands for ever, so a registered lambda is asked for once.

    That a lambda is *not* registered is believed until somebody registers any, at most for
    `UNREGISTERED_TRUSTED_S`.
    """

    def __init__(self, registry: Registry, signals: Signals) -> None:
        self._registry = registry
        self._namespaces: dict[str, int] = {}
        self._registered: dict[tuple[int, str], LambdaRecord] = {}
        self._unregistered: dict[tuple[int, str], tuple[LambdaRecord, float]] = {}
        self._namespace_of: dict[LambdaId, int] = {}
        self._edition = 0
        self._one_at_a_time = asyncio.Lock()
        self._unlisten = signals.listen(Topic.LAMBDAS, lambda _: self.forget_unregistered())

    async def stop(self) -> None:
        """Listen no more."""
        self._unlisten()

    async def namespace_id(self, name: str) -> int:
        """The number of a namespace, "" for the default one; raises `InvalidInput`, `Unavailable`."""
        name = check_namespace(name)
        number = self._namespaces.get(name)
        if number is None:
            number = self._namespaces[name] = await self._registry.namespace(name)
        return number

    async def known_namespace_id(self, name: str) -> int:
        """The same for who only looks or changes what is there: a namespace that nobody has made is `NO_NAMESPACE`,
        and stays unmade.
        """
        name = check_namespace(name)
        number = self._namespaces.get(name)
        if number is None:
            number = await self._registry.find_namespace(name)
            if number is None:
                return NO_NAMESPACE
            self._namespaces[name] = number
        return number

    async def resolve(self, namespace_id: int, names: Iterable[str]) -> dict[str, LambdaRecord]:
        """Records by name; raises `Unavailable`."""
        wanted = set(names)
        known = self._known(namespace_id, wanted)
        if len(known) < len(wanted):
            async with self._one_at_a_time:
                known = self._known(namespace_id, wanted)
                missing = sorted(wanted - known.keys())
                if missing:
                    known |= await self._ask(namespace_id, missing)
        return known

    async def known(self, namespace_id: int, names: Iterable[str]) -> dict[str, LambdaRecord]:
        """Records of those that anybody has named; none is made. Raises `Unavailable`."""
        wanted = set(names)
        found = self._known(namespace_id, wanted)
        missing = sorted(wanted - found.keys())
        return found | await self._registry.find(namespace_id, missing) if missing else found

    async def registered(self, namespace_id: int, names: Iterable[str]) -> dict[str, LambdaRecord]:
        """Records of those that a worker has registered; the others are left out, and none is made."""
        wanted = set(names)
        known = self._known(namespace_id, wanted)
        missing = sorted(wanted - known.keys())
        if missing:
            known |= await self._registry.find(namespace_id, missing)
        return {name: record for name, record in known.items() if record.registered}

    async def find(self, namespace_id: int, name: str) -> LambdaRecord | None:
        """One lambda, registered or not; None: nobody has ever named it, and it stays unmade. Raises `Unavailable`."""
        known = self._known(namespace_id, [name]) or await self._registry.find(namespace_id, [name])
        return known.get(name)

    async def namespace_of(self, lambda_id: LambdaId) -> int | None:
        """Whose lambda it is; None: nobody's. Raises `Unavailable`."""
        if lambda_id not in self._namespace_of:
            for record in await self._registry.all():
                self._namespace_of[record.id] = record.namespace_id
        return self._namespace_of.get(lambda_id)

    def forget_unregistered(self) -> None:
        """Somebody has registered lambdas: what was missing may be there now."""
        self._edition += 1
        self._unregistered.clear()

    def _known(self, namespace_id: int, names: Iterable[str]) -> dict[str, LambdaRecord]:
        found: dict[str, LambdaRecord] = {}
        now_s = asyncio.get_running_loop().time()
        for name in names:
            record = self._registered.get((namespace_id, name))
            if record is None and (note := self._unregistered.get((namespace_id, name))):
                record = note[0] if now_s < note[1] else None
            if record is not None:
                found[name] = record
        return found

    async def _ask(self, namespace_id: int, names: list[str]) -> dict[str, LambdaRecord]:
        edition = self._edition
        records = await self._registry.resolve(namespace_id, names)
        until_s = asyncio.get_running_loop().time() + UNREGISTERED_TRUSTED_S
        if len(self._unregistered) > UNREGISTERED_KEPT_MAX:
            self._unregistered.clear()
        for name, record in records.items():
            if record.registered:
                self._registered[(namespace_id, name)] = record
            elif edition == self._edition:  # otherwise the answer may be older than the registration
                self._unregistered[(namespace_id, name)] = (record, until_s)
        return records
