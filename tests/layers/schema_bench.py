"""The registry's desks on a memory store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemorySignals, MemoryStore, SignalBus
from penstock.compose.schemas import schema_desks
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.schema_calls import Registered, SchemaCall
from penstock.testing.virtual_loop import run_virtual
from tests.layers.plain_schemas import plain_formats
from tests.layers.scheduler_bench import Trips

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from penstock.model.schema import SchemaReference

ORDERS = "orders-value"


class SchemaBench:
    """`desks` are those of one frontend; `another` makes those of another on the same store."""

    def __init__(self) -> None:
        self.cluster = MemoryCluster(LoopStoreTime())
        self.trips = Trips()
        self.store = MemoryStore(self.cluster, self.trips)
        self.formats = plain_formats()
        self.desks = self.another()

    def another(self) -> Any:
        names = LambdaBook(self.store.registry, MemorySignals(SignalBus()))
        return schema_desks(self.store.schemas, names, self.formats)

    async def register(self, text: str, subject: str = ORDERS, **fields: Any) -> Registered:
        registered: Registered = await self.desks.schemas.register(call(text, subject, **fields))
        return registered

    def away(self, error: Exception) -> None:
        """No question about schemas or names is answered from now on."""
        for port in ("schemas", "registry"):
            for method in dir(getattr(self.store, port)):
                self.trips.before[f"{port}.{method}"] = error

    def back(self) -> None:
        self.trips.before.clear()


def call(text: str, subject: str = ORDERS, *references: SchemaReference, **fields: Any) -> SchemaCall:
    fields.setdefault("type", "AVRO")
    fields.setdefault("namespace", "")
    fields.setdefault("references", references)
    return SchemaCall(subject=subject, text=text, **fields)


def on_schemas(test: Callable[[SchemaBench], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Runs a test in virtual time."""

    def run() -> None:
        async def program() -> None:
            await test(SchemaBench())

        run_virtual(program())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run
