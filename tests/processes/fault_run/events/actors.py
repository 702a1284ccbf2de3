"""Who makes events while everything is killed: publishers, a shop with a table of its own, a clerk with files."""

import asyncio
import contextlib
import json
import random
from pathlib import Path
from typing import Any, Final

import asyncpg

from penstock import Event, PenstockError
from tests.processes.fault_run.events import lambdas
from tests.processes.fault_run.features.operators import insist

SUBJECTS: Final = 12
MANY: Final = 10
MAKE_TABLE: Final = """
create schema shop;
create table shop.order_event (
    number bigint generated always as identity primary key, order_id text not null, body jsonb not null
);
create unique index on shop.order_event (order_id, number);
"""
_INSERT: Final = "insert into shop.order_event (order_id, body) values ($1, $2) returning number"
_PAUSE_S: Final = 0.2


async def make_table(dsn: str) -> None:
    """Of the shop's own; the platform only reads it."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(MAKE_TABLE)
    await connection.close()


class Publishers:
    """One publishes event by event, one ten at a time. `acknowledged`: stream, subject, sequence, number of each."""

    def __init__(self, seed: int) -> None:
        self.acknowledged: list[tuple[str, str, int, int]] = []
        self._chance = random.Random(seed)
        self._number = 0

    async def run(self, stopped: asyncio.Event, per_s: float) -> None:
        """Until stopped."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._singly(stopped, 2 / per_s))
            group.create_task(self._by_tens(stopped, 2 * MANY / per_s))

    async def publish(self, count: int) -> None:
        """So many, ten at a time."""
        for _ in range(count // MANY):
            await self._ten()

    async def _singly(self, stopped: asyncio.Event, pause_s: float) -> None:
        while not stopped.is_set():
            event = self._event()
            if event.data["number"] % 2:
                self._note(event, await insist(lambda event=event: _publish(event)))  # type: ignore[misc]
            else:
                await self._once(event)
            await asyncio.sleep(pause_s)

    async def _once(self, event: lambdas.Change) -> None:
        """Without an id: who is not answered does not know whether it stands."""
        try:
            what = {"subject": event.subject, "type": event.type, "data": event.data}
            self._note(event, await lambdas.app.publish(event.stream, **what))  # type: ignore[arg-type]
        except PenstockError:
            await asyncio.sleep(0.1)

    async def _by_tens(self, stopped: asyncio.Event, pause_s: float) -> None:
        while not stopped.is_set():
            await self._ten()
            await asyncio.sleep(pause_s)

    async def _ten(self) -> None:
        events = [self._event() for _ in range(MANY)]
        for event, sequence in zip(events, await insist(lambda: lambdas.app.publish_many(events)), strict=True):
            self._note(event, sequence)

    def _event(self) -> lambdas.Change:
        self._number += 1
        subject = f"s{min(self._chance.randrange(SUBJECTS), self._chance.randrange(SUBJECTS))}"
        kind = lambdas.WANTED if self._chance.random() < 0.3 else lambdas.OTHER
        return Event(lambdas.CHANGES, subject, kind, {"number": self._number}, id=f"n{self._number}")

    def _note(self, event: lambdas.Change, sequence: int) -> None:
        self.acknowledged.append((event.stream, event.subject, sequence, event.data["number"]))


async def _publish(event: lambdas.Change) -> int:
    return await lambdas.app.publish(event.stream, subject=event.subject, type=event.type, data=event.data, id=event.id)


class Shop:
    """Writes orders: some at once, some in a transaction that it holds open for long. `overtaken`: rows with a higher
    number that others had committed before such a transaction was. `committed`: order, number, and its own number.
    """

    def __init__(self, dsn: str, hold_s: float) -> None:
        self.committed: list[tuple[str, int, int]] = []
        self.overtaken: list[int] = []
        self._dsn, self._hold_s = dsn, hold_s
        self._is_over = asyncio.Event()
        self._number = 0

    async def run(self, stopped: asyncio.Event) -> None:
        """Until stopped, and until one that was held open has been committed."""
        slowly = asyncio.create_task(self._slowly(stopped))
        while not stopped.is_set() or not self.overtaken:
            await self._write([f"o{self._number % 4}"], 0.0)
            await asyncio.sleep(_PAUSE_S / 4)
        self._is_over.set()  # one that is open is committed
        await slowly

    async def _slowly(self, stopped: asyncio.Event) -> None:
        while not stopped.is_set() or not self.overtaken:
            written = await self._write(["o0", "o1", "quiet"], self._hold_s)
            if written and not self._is_over.is_set():
                self.overtaken.append(sum(number > max(written) for _, number, _ in self.committed))

    async def write(self, count: int) -> None:
        """So many at once, and nobody is told of them."""
        for _ in range(count):
            while not await self._write([f"o{self._number % 4}"], 0.0, ping=False):
                pass

    async def _write(self, orders: list[str], hold_s: float, ping: bool = True) -> list[int]:
        """One transaction; the numbers that its rows got, none when it did not come to its commit."""
        try:
            connection = await asyncpg.connect(self._dsn, timeout=2)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            await asyncio.sleep(_PAUSE_S)
            return []
        written: list[tuple[str, int, int]] = []
        try:
            async with connection.transaction():
                for order in orders:
                    self._number = own = self._number + 1
                    body = json.dumps({"number": own})
                    written.append((order, await connection.fetchval(_INSERT, order, body), own))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._is_over.wait(), hold_s)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return []
        finally:
            connection.terminate()
        self.committed += written
        if ping:
            for order, number, _ in written:
                await lambdas.app.ping(lambdas.ORDERS, subject=order, sequence=number)
        return [number for _, number, _ in written]


class Clerk:
    """Writes files, again and again, with ever more in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written = 0

    async def run(self, stopped: asyncio.Event) -> None:
        """Until stopped."""
        while not stopped.is_set():
            self._written += 1
            (self.folder / f"paper-{self._written % 5}.txt").write_text("x" * self._written)
            await asyncio.sleep(_PAUSE_S)

    def sizes(self) -> dict[str, int]:
        """Of all that are there."""
        return {file.name: file.stat().st_size for file in self.folder.iterdir()}


def source_settings(papers: Path) -> dict[str, Any]:
    """Where the streams stand that are not native."""
    return {
        lambdas.ORDERS: {
            "kind": "journal_table",
            "table": "shop.order_event",
            "subject": "order_id",
            "sequence": "number",
            "recent": "number",
            "data": "body",
            "order": "horizon",
        },
        lambdas.PAPERS: {"kind": "folder", "folder": str(papers), "look_every_s": 0.2},
    }
