"""Streams: their numbers, settings and counts. Small, read often by its callers' caches."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.event import StreamId
from penstock.model.limits import STREAM_COUNT_MAX
from penstock.model.stream import Stream, StreamCount, SubjectHead
from penstock.model.stream_hold import NO_CHANGE, HoldChange, StreamHold

_MAKE: Final = statement("streams_make")
_NUMBERS: Final = statement("streams_numbers")
_FIND: Final = statement("stream_find")
_KEEP: Final = statement("stream_keep")
_NAME_SCHEMA: Final = statement("stream_schema")
_WITH_SCHEMAS: Final = statement("streams_with_schemas")
_PAGE: Final = statement("streams_page")
_SUBJECTS: Final = statement("subjects_page")


class PostgresStreams:
    """See `ports.streams.Streams`."""

    def __init__(self, pool: Pool, search: Pool) -> None:
        self._pool, self._search = pool, search

    async def resolve(self, namespace_id: int, names: Sequence[str]) -> dict[str, StreamId]:
        """Numbers by name; streams that nobody knew are made."""
        known = await self._numbers(namespace_id, names)
        missing = sorted(set(names) - known.keys())
        if missing:
            await self._pool.fetch(_MAKE, namespace_id, missing)
            known |= await self._numbers(namespace_id, missing)
        return known

    async def find(self, namespace_id: int, name: str) -> Stream | None:
        """One stream; None: nobody has made it."""
        row = await self._pool.row(_FIND, namespace_id, name)
        return None if row is None else _stream(row)

    async def keep(self, namespace_id: int, name: str, keep_s: float, hold: HoldChange = NO_CHANGE) -> Stream:
        """Set how long a stream keeps its events."""
        holds = [
            None if each is None else microseconds(each) for each in (hold.longest_s, hold.blocked_s, hold.unseen_s)
        ]
        return _stream(
            await self._pool.row(_KEEP, namespace_id, name, microseconds(keep_s) if keep_s else None, *holds)
        )

    async def name_schema(self, namespace_id: int, name: str, subject: str) -> Stream:
        """Set whose schemas the data of a stream's events are of."""
        return _stream(await self._pool.row(_NAME_SCHEMA, namespace_id, name, subject))

    async def schema_subjects(self) -> dict[tuple[int, str], str]:
        """<namespace, stream> -> the subject that it names."""
        return {(row[0], row[1]): row[2] for row in await self._pool.fetch(_WITH_SCHEMAS)}

    async def page(self, namespace_id: int, after: str, limit: int) -> list[StreamCount]:
        """Streams whose names follow `after`, by name, with bounded counts."""
        rows = await self._search.fetch(_PAGE, namespace_id, after, "", limit, STREAM_COUNT_MAX)
        return [_count(row) for row in rows]

    async def count(self, namespace_id: int, name: str) -> StreamCount | None:
        """One stream with its counts; None: nobody has made it."""
        row = await self._search.row(_PAGE, namespace_id, "", name, 1, STREAM_COUNT_MAX)
        return None if row is None else _count(row)

    async def subjects(self, stream_id: StreamId, after: bytes, limit: int) -> Sequence[SubjectHead]:
        """Heads whose hashes follow `after`, in the order of their hashes."""
        rows = await self._search.fetch(_SUBJECTS, stream_id, after.ljust(16, b"\x00"), limit)
        return [SubjectHead(*row) for row in rows]

    async def _numbers(self, namespace_id: int, names: Sequence[str]) -> dict[str, StreamId]:
        return {row[0]: row[1] for row in await self._pool.fetch(_NUMBERS, namespace_id, list(names))}


def _stream(row: Any) -> Stream:
    hold = StreamHold(*(each / 1_000_000 for each in row[4:7]))
    return Stream(row[0], row[1], row[2], (row[3] or 0) / 1_000_000, hold, row[7] or "")


def _count(row: Any) -> StreamCount:
    return StreamCount(_stream(row), row[8], row[9], row[10] or 0)
