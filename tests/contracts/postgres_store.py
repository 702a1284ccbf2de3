"""A migrated database, a store on it, and a clock that tests move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg

from penstock.adapters.postgres.codecs import teach
from penstock.model.changes import Finish
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LaneId, Priority, lane_of
from penstock.model.lifecycle import Event, Status
from penstock.model.task import Claimed, NewTask
from penstock.ports.admission import AdmitReply, AdmitRequest, Admitted

if TYPE_CHECKING:
    from penstock.adapters.postgres import PostgresStore

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
CLOCK_TABLE = """
create table penstock.test_clock (at timestamptz not null);
insert into penstock.test_clock values (clock_timestamp());
create or replace function penstock.clock() returns timestamptz
    language sql volatile parallel safe as 'select at from penstock.test_clock'
"""


class Bench:
    """Short words for what these tests do over and over. Its clock stands still until it is moved."""

    def __init__(self, store: PostgresStore, sql: asyncpg.Connection, namespace_id: int, lane: LaneId) -> None:
        self.store, self.sql, self.namespace_id, self.lane = store, sql, namespace_id, lane
        self._calls = 0

    async def now_us(self) -> int:
        now_us: int = await self.sql.fetchval("select penstock.clock()")
        return now_us

    async def move_clock(self, seconds: float) -> None:
        await self.sql.execute("update penstock.test_clock set at = at + $1", round(seconds * SECOND_US))

    async def ids(self, count: int) -> list[TaskId]:
        self._calls += 1
        return make_ids(await self.now_us() // 1000, b"call %d" % self._calls, count)

    def request(self, *tasks: NewTask, token: bytes = b"", content_hash: bytes = b"") -> AdmitRequest:
        minted_at_ms = int.from_bytes(tasks[0].id[:6], "big")
        return AdmitRequest(self.namespace_id, list(tasks), minted_at_ms, token, content_hash)

    async def admit(self, *tasks: NewTask, room: int = 1000, **call: bytes) -> tuple[Admitted, AdmitReply]:
        lanes = {task.lane: room for task in tasks}
        admitted = await self.store.admission.admit([self.request(*tasks, **call)], lanes)
        return admitted, admitted.replies[0]

    async def schedule(self, count: int = 1, room: int = 1000, **options: Any) -> list[TaskId]:
        ids = await self.ids(count)
        await self.admit(*[NewTask(i, self.lane, b"payload", **options) for i in ids], room=room)
        return ids

    async def tasks(self, count: int) -> list[NewTask]:
        return [NewTask(task_id, self.lane, b"payload") for task_id in await self.ids(count)]

    async def claim(self, ids: list[TaskId], lease_s: float = 30) -> list[Claimed]:
        return sorted(await self.store.transitions.claim(ids, lease_s), key=lambda claimed: claimed.id)

    async def run(self, ids: list[TaskId]) -> None:
        """Claim them and end them in success."""
        assert all(await self.store.transitions.apply([success(c) for c in await self.claim(ids)]))

    async def status(self, task_id: TaskId) -> Status | None:
        row = (await self.store.transitions.read([task_id])).get(task_id)
        return row.status if row else None


def success(claimed: Claimed, **more: Any) -> Finish:
    return Finish(claimed.id, Event.SUCCEEDED, Status.SUCCESS, claimed.claim, add_attempts=1, **more)


async def sql_connection(dsn: str) -> asyncpg.Connection:
    connection = await asyncpg.connect(dsn)
    await teach(connection)
    return connection


async def open_bench(store: PostgresStore, sql: asyncpg.Connection) -> Bench:
    namespace_id = await store.registry.namespace("default")
    record = (await store.registry.resolve(namespace_id, ["mail.send"]))["mail.send"]
    return Bench(store, sql, namespace_id, lane_of(record.id, Priority.NORMAL))
