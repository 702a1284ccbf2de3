"""Rows whose subjects are gone: forgotten, so that the table grows with subjects that live.

A cursor says what was completed; whoever forgets it while its source still has the events would deliver them again. So
a row goes when it has been idle for long and its source knows nothing of its subject any more. Comes the subject back,
its row begins anew at the subscription's start, and its source has nothing older than what is new.

The row of an event that was set aside is done for good when it is idle: nobody asks for it again.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from penstock.model.cursors import IdleRow
from penstock.model.delivery import is_aside
from penstock.model.identity import TaskId
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.ports.cursors import Cursors
from penstock.ports.due_work import BucketShare
from penstock.ports.event_source import SubjectKey
from penstock.ports.source_book import SourceBook

IDLE_S: Final = 86_400.0
PAGE_PAUSE_S: Final = 0.2
"""between two pages: nobody waits for this"""
_FIRST: Final = TaskId(bytes(16))

log = logging.getLogger(__name__)


class IdleRows:
    """One server does it: whoever holds the first bucket."""

    def __init__(self, cursors: Cursors, sources: SourceBook, share: Callable[[], BucketShare]) -> None:
        self._cursors = cursors
        self._sources = sources
        self._share = share

    async def look(self) -> int:
        """Go over all rows once; answers how many were forgotten. Raises `Unavailable`: the next look goes over all."""
        reached, forgotten = _FIRST, 0
        while any(first <= 0 <= last for first, last in self._share()):
            page = await self._cursors.page(reached, BATCH_ROWS_MAX)
            done = [row for row in page if is_aside(row.id) and row.idle_us >= 0]
            forgotten += await self._cursors.forget(done) if done else 0
            idle = [row for row in page if row.idle_us >= IDLE_S * 1_000_000 and not is_aside(row.id)]
            forgotten += await self._forget(idle)
            if len(page) < BATCH_ROWS_MAX:
                break
            reached = page[-1].id
            await asyncio.sleep(PAGE_PAUSE_S)
        if forgotten:
            log.info("%d cursors of subjects that are gone were forgotten", forgotten)
        return forgotten

    async def _forget(self, rows: Sequence[IdleRow]) -> int:
        gone: list[IdleRow] = []
        for stream_id in {row.stream_id for row in rows}:
            some = [row for row in rows if row.stream_id == stream_id]
            keys = [SubjectKey(row.subject, row.subject_hash) for row in some]
            heads = await self._sources.source_of(stream_id).heads(keys)
            gone += [row for row, head in zip(some, heads, strict=True) if not head]
        return await self._cursors.forget(gone) if gone else 0
