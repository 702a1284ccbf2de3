"""Looks at cursors while everything is killed, and at all there is when it is over. By SQL of its own."""

import asyncio
from collections import defaultdict
from typing import Any, Final

import asyncpg

from penstock.model.identity import TaskId
from tests.processes.fault_run.events.history import Place, Row, Sample, Truth
from tests.processes.fault_run.events.lambdas import ORDERS, PAPERS
from tests.processes.fault_run.records import now_us

EVERY_S: Final = 0.1
_CURSORS: Final = "select id, cursor from penstock.delivery"
_JOURNAL: Final = """
    select s.name, e.subject, e.sequence, convert_from(e.data, 'utf8')::jsonb ->> 'number', e.type
    from penstock.event e join penstock.stream s on s.id = e.stream_id order by e.sequence
"""
_TABLE: Final = "select order_id, number, body ->> 'number' from shop.order_event order by number"
_ROWS: Final = """
    select d.id, l.name, s.name, d.subject, d.cursor, d.status not in (12) as waits
    from penstock.delivery d join penstock.lambda l on l.id = d.lane / 4 join penstock.stream s on s.id = d.stream_id
"""
_HEADS: Final = "select l.name, d.subject, d.head from penstock.delivery d join penstock.lambda l on l.id = d.lane / 4"


class CursorWatch:
    """`samples` fills while `run` runs."""

    def __init__(self, dsn: str) -> None:
        self.samples: list[Sample] = []
        self._dsn = dsn

    async def run(self, over: asyncio.Event) -> None:
        """Until it is over; whatever is down, it asks again."""
        while not over.is_set():
            try:
                await self._look(over)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(EVERY_S)

    async def _look(self, over: asyncio.Event) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=2)
        try:
            while not over.is_set():
                rows = await connection.fetch(_CURSORS, timeout=2)
                at_us = now_us()
                self.samples += [Sample(TaskId(row["id"].bytes), row["cursor"], at_us) for row in rows]
                await asyncio.sleep(EVERY_S)
        finally:
            connection.terminate()


async def truth_of(connection: Any) -> dict[Place, list[Truth]]:
    """What the journal and the shop's table hold, in order."""
    truth: dict[Place, list[Truth]] = defaultdict(list)
    for stream, subject, sequence, number, kind in await connection.fetch(_JOURNAL):
        truth[stream, subject].append(Truth(sequence, int(number), kind))
    for order, number, own in await connection.fetch(_TABLE):
        truth[ORDERS, order].append(Truth(number, int(own), "row.changed"))
    return dict(truth)


async def rows_of(connection: Any) -> dict[TaskId, Row]:
    """Every row of a <subscription, subject>."""
    return {
        TaskId(task_id.bytes): Row(name.partition(".")[2], stream, subject, cursor, waits)
        for task_id, name, stream, subject, cursor, waits in await connection.fetch(_ROWS)
    }


async def unheard(connection: Any, subscribed: dict[str, str]) -> int:
    """Rows that do not know how far their source has come, or are not there."""
    heads = {place: events[-1].sequence for place, events in (await truth_of(connection)).items()}
    rows = await connection.fetch(_HEADS)
    known = {(name.partition(".")[2], subject): head for name, subject, head in rows}
    return sum(
        known.get((name, subject), 0) < head
        for name, of in subscribed.items()
        for (stream, subject), head in heads.items()
        if stream == of
    )


async def behind(connection: Any, subscribed: dict[str, str]) -> list[str]:
    """Rows that have not come as far as their source, or are not there. `subscribed`: stream by subscription."""
    heads = {place: events[-1].sequence for place, events in (await truth_of(connection)).items()}
    rows = {(row.subscription, row.subject): row for row in (await rows_of(connection)).values()}
    told = [f"{row.subscription} {row.subject} waits" for row in rows.values() if row.waits]
    for name, of in subscribed.items():
        for (stream, subject), head in heads.items():
            row = rows.get((name, subject))
            if stream == of and stream != PAPERS and (row is None or row.cursor < head):
                told.append(f"{name} {subject} {row.cursor if row else 'is missing'} of {head}")
    return told


async def letters_of(connection: Any) -> frozenset[tuple[TaskId, int]]:
    """Deliveries and sequences of what was given up."""
    rows = await connection.fetch("select delivery_id, sequence from penstock.event_letter")
    return frozenset((TaskId(row["delivery_id"].bytes), row["sequence"]) for row in rows)
