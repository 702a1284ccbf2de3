"""What the platform holds at the end: by direct SQL, and by its API."""

import json
from typing import Any

import asyncpg
import grpc

from penstock.model.lifecycle import Event, Status
from penstock.wire.numbers import status_of_wire
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.fault_run.history import Outcome, Stored, Tried

_STORED = """
    select t.id, l.name, t.payload, t.scheduled_at
    from penstock.task t join penstock.lambda l on l.id = t.lane / 4
"""
_OUTCOMES = """
    select id, status, claim, attempts, crashes, lapses, coalesce(reason, ''), coalesce(result, '')
    from penstock.outcome
"""
_LIVE = """
    select t.id, t.status, t.claim, t.attempts, t.crashes, t.lapses, t.suspect, t.trigger_at, l.name
    from penstock.trigger t join penstock.lambda l on l.id = t.lane / 4 order by t.trigger_at limit 20
"""


async def live_count(connection: Any) -> int:
    count: int = await connection.fetchval("select count(*) from penstock.trigger")
    return count


async def live_rows(connection: Any) -> list[str]:
    """Some of those that still wait, for a person to read."""
    return [str(dict(row)) for row in await connection.fetch(_LIVE)]


async def stored(connection: Any) -> list[Stored]:
    rows = await connection.fetch(_STORED)
    return [
        Stored(task_id.bytes, name.partition(".")[2], json.loads(payload)["number"], _microseconds(scheduled_at))
        for task_id, name, payload, scheduled_at in rows
    ]


async def outcomes(connection: Any) -> list[Outcome]:
    rows = await connection.fetch(_OUTCOMES)
    return [Outcome(task_id.bytes, Status(status), *rest) for task_id, status, *rest in rows]


async def tried(connection: Any) -> list[Tried]:
    rows = await connection.fetch("select id, claim, ending, ended_at from penstock.attempt")
    return [Tried(task_id.bytes, claim, Event(ending), _microseconds(at)) for task_id, claim, ending, at in rows]


async def listed(address: str) -> dict[bytes, Status]:
    """Every task's status by ListTasks."""
    found: dict[bytes, Status] = {}
    async with grpc.aio.insecure_channel(address) as channel:
        stub = pb_grpc.FrontendStub(channel)
        token = ""
        while True:
            page = await stub.ListTasks(pb.ListTasksRequest(page_size=1000, page_token=token), timeout=60)
            found.update({task.task_id: status_of_wire(task.status) for task in page.tasks})
            token = page.next_page_token
            if not token:
                break
    return found


def _microseconds(at: Any) -> int:
    seconds: float = at.timestamp()
    return round(seconds * 1_000_000)


async def connect(dsn: str) -> Any:
    return await asyncpg.connect(dsn)
