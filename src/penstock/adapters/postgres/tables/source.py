"""A table of somebody's own PostgreSQL, read in place: each row, or each revision of a row, is an event."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import msgspec
from msgspec import Struct

from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.tables.columns import facts_of, problems_of, remarks_on
from penstock.adapters.postgres.tables.horizon import Horizon
from penstock.adapters.postgres.tables.rows import range_answers
from penstock.adapters.postgres.tables.shape import TableOrder, TableShape
from penstock.adapters.postgres.tables.statements import TableStatements
from penstock.adapters.postgres.tables.subjects import is_subject, to_column
from penstock.model.errors import PenstockError, SourceUnreadable, Unavailable
from penstock.model.event import hash_of_subject
from penstock.model.limits import EVENT_BYTES_MAX
from penstock.model.stream import SubjectHead
from penstock.ports.event_source import Heads, RangeRead, SubjectKey, SubjectRange

_logger = logging.getLogger(__name__)
_ENCODER: Final = msgspec.msgpack.Encoder()


class _Mark(Struct, frozen=True, array_like=True):
    """Where a look through what has changed stands. `next`: where the look after it begins."""

    next: str | None
    recent: str | None
    sequence: int | None = None
    subject: str | None = None


_MARKS: Final = msgspec.msgpack.Decoder(_Mark)


class TableSource:
    """`EventSource`. `name` is what it is called where it was declared; `shape` was checked.

    The table is looked at when it is first needed, and again until it is as it was said to be;
    `SourceUnreadable` says why.
    """

    def __init__(self, name: str, pool: Pool, shape: TableShape) -> None:
        self.strays = 0
        """rows that cannot be told of, as far as they were met"""
        self._name, self._pool, self._shape = name, pool, shape
        self._horizon = Horizon(pool)
        self._prepared: TableStatements | None = None
        self._preparing = asyncio.Lock()

    async def problems(self) -> list[str]:
        """Why it cannot be read now, for people; empty when it can."""
        try:
            await self._statements()
        except Unavailable as error:
            return [str(error)]
        return []

    async def read(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """The rows of each range, in order, as far as that can be trusted."""
        sql = await self._statements()
        return await self._read(sql.ranges, ranges, [each.events_max for each in ranges], bytes_max)

    async def read_latest(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """The latest row of each range."""
        sql = await self._statements()
        return await self._read(sql.ranges_latest, ranges, [1] * len(ranges), bytes_max)

    async def heads(self, keys: Sequence[SubjectKey]) -> list[int]:
        """The last sequence of each subject that can be read now."""
        sql = await self._statements()
        rows = await self._fetch(sql.heads, await self._settled(), self._columns(sql, keys))
        return [row[0] for row in rows]

    async def positions_at(self, keys: Sequence[SubjectKey], at_us: int) -> list[int]:
        """What each subject had reached; 0 where no column tells the time."""
        sql = await self._statements()
        if not self._shape.time:
            return [0] * len(keys)
        at_us = max(0, at_us - round(self._shape.time_lag_s * 1_000_000))
        rows = await self._fetch(sql.positions, await self._settled(), self._columns(sql, keys), at_us)
        return [row[0] for row in rows]

    async def changed(self, mark: bytes, limit: int) -> Heads:
        """Subjects with rows that were written since a mark; all subjects, where no column tells the order."""
        sql = await self._statements()
        try:
            place = _MARKS.decode(mark)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return Heads([], _ENCODER.encode(await self._fresh_mark(sql)), is_end=True)
        if not self._shape.recent:
            page = await self._subjects(sql, place.subject, limit)
            last = None if page.is_end else page.heads[-1].subject
            return Heads(page.heads, _ENCODER.encode(_Mark(None, None, None, last)), page.is_end)
        return await self._changed_since(sql, place, limit)

    async def scan(self, mark: bytes, limit: int) -> Heads:
        """All subjects in the order of their column."""
        sql = await self._statements()
        try:
            after = mark.decode() or None
        except UnicodeDecodeError:
            after = None
        if after is None:
            self._count_strays((await self._fetch(sql.strays))[0][0], "without a subject")
        return await self._subjects(sql, after, limit)

    async def _read(
        self, statement: str, ranges: Sequence[SubjectRange], limits: Sequence[int], bytes_max: int
    ) -> list[RangeRead]:
        sql = await self._statements()
        rows = await self._fetch(
            statement,
            await self._settled(),
            self._columns(sql, [each.key for each in ranges]),
            [each.after for each in ranges],
            [each.upto for each in ranges],
            limits,
            max(bytes_max, 1),
            EVENT_BYTES_MAX,
        )
        return range_answers(self._shape, ranges, rows, bytes_max, is_latest=statement is sql.ranges_latest)

    async def _subjects(self, sql: TableStatements, after: str | None, limit: int) -> Heads:
        settled = await self._settled()
        if after is None:
            rows = await self._fetch(sql.scan_first, settled, None, limit)
        else:
            rows = await self._fetch(sql.scan_next, settled, after, limit)
        is_end = len(rows) < limit
        mark = b"" if is_end else rows[-1][0].encode()
        return Heads(self._heads_of(rows), mark, is_end)

    async def _fresh_mark(self, sql: TableStatements) -> _Mark:
        floor = await self._floor(sql) if self._shape.recent else None
        return _Mark(floor, floor)

    async def _changed_since(self, sql: TableStatements, place: _Mark, limit: int) -> Heads:
        following = place.next
        if place.sequence is None:  # a pass begins: the next one goes on from what is settled by now
            following = await self._floor(sql)
        statement = sql.changed_next if place.sequence is not None else sql.changed_since
        if place.recent is None:
            statement = sql.changed_all
        rows = await self._fetch(statement, await self._settled(), place.recent, place.sequence, place.subject, limit)
        heads = self._heads_of([(row[4], row[5]) for row in rows])
        if not rows or rows[0][0] < limit:
            return Heads(heads, _ENCODER.encode(_Mark(following, following)), is_end=True)
        return Heads(heads, _ENCODER.encode(_Mark(following, *rows[0][1:4])), is_end=False)

    async def _floor(self, sql: TableStatements) -> str | None:
        rows = await self._fetch(sql.floor, await self._horizon_now())
        return rows[0][0] if rows else None

    async def _settled(self) -> int:
        """A lock needs no horizon."""
        return 0 if self._shape.order is TableOrder.LOCKED else await self._horizon_now()

    async def _horizon_now(self) -> int:
        async with self._in_words():
            return await self._horizon.advance()

    def _columns(self, sql: TableStatements, keys: Sequence[SubjectKey]) -> list[Any]:
        convert = to_column(sql.subject_type)
        return [convert(key.subject) for key in keys]

    def _heads_of(self, rows: Sequence[Any]) -> list[SubjectHead]:
        told = [(subject, head) for subject, head in rows if is_subject(subject)]
        self._count_strays(len(rows) - len(told), "whose subject is empty or too long")
        return [SubjectHead(subject, hash_of_subject(subject), head, 0, 0) for subject, head in told if head]

    def _count_strays(self, count: int, kind: str) -> None:
        if count and not self.strays:
            _logger.warning("source %s: %d rows %s cannot be told of", self._name, count, kind)
        self.strays += count

    async def _fetch(self, statement: str, *arguments: Any) -> list[Any]:
        async with self._in_words():
            return await self._pool.fetch(statement, *arguments)

    async def _statements(self) -> TableStatements:
        async with self._preparing:
            if self._prepared is None:
                async with self._in_words(), self._pool.connection() as connection:
                    facts = await facts_of(connection, self._shape)
                problems = problems_of(self._shape, facts)
                if problems:
                    raise SourceUnreadable(f"source {self._name}: {'; '.join(problems)}")
                for remark in remarks_on(self._shape, facts):
                    _logger.warning("source %s: %s", self._name, remark)
                self._prepared = TableStatements(self._shape, facts)
            return self._prepared

    @asynccontextmanager
    async def _in_words(self) -> AsyncIterator[None]:
        """Whatever a foreign database answers is why the source cannot be read now."""
        try:
            yield
        except (PenstockError, asyncpg.PostgresError) as error:
            if isinstance(error, asyncpg.UndefinedTableError | asyncpg.UndefinedColumnError):
                self._prepared = None  # somebody has changed the table: look at it again
            text = "; ".join(str(error).split("\n"))
            raise SourceUnreadable(f"source {self._name}: {text}") from error
