"""The journal: one statement for what is plain, a transaction around it for events with ids and expectations."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from penstock.adapters.postgres.journal_batch import Batch, answered, unmet
from penstock.adapters.postgres.journal_keys import known_keys, note_keys, who_stood
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import Unavailable
from penstock.model.event import HASH_BYTES, StoredEvent, StreamId
from penstock.model.event_rules import SEQUENCE_MAX, TIME_US_MAX
from penstock.ports.journal import AppendReply, AppendRequest, Position, Unmet

_APPEND: Final = statement("journal_append")
_ANSWERED: Final = statement("journal_answered")
_READ: Final = statement("journal_read")
_LATEST: Final = statement("journal_latest")
_HEAD: Final = statement("journal_head")
_TRIES: Final = 3
_NEWEST: Final = Position(TIME_US_MAX, b"\xff" * HASH_BYTES, SEQUENCE_MAX)


class _Abandoned(Exception):
    """What was done in a transaction must not stand."""


class _SomeStand(_Abandoned):
    """Calls with these numbers were answered before."""

    def __init__(self, calls: Sequence[int]) -> None:
        self.calls = frozenset(call - 1 for call in calls)


class _NotAsExpected(_Abandoned):
    def __init__(self, conflict: Unmet) -> None:
        self.conflict = conflict


class _Overtaken(_Abandoned):
    """Somebody else noted the same source and id at the same moment."""


class PostgresJournal:
    """See `ports.journal.Journal`."""

    def __init__(self, pool: Pool, reads: Pool) -> None:
        self._pool, self._reads = pool, reads

    async def append(self, requests: Sequence[AppendRequest]) -> list[AppendReply]:
        """Store the events of all requests."""
        repeated = _repeated_within(requests)
        if repeated:  # the first of each token goes before the others, which then find its answer
            replies = dict(zip(_others(requests, repeated), await self._append(_pick(requests, repeated)), strict=True))
            replies |= dict(
                zip(sorted(repeated), await self.append([requests[n] for n in sorted(repeated)]), strict=True)
            )
            return [replies[n] for n in range(len(requests))]
        return await self._append(requests)

    async def read(
        self, stream_id: StreamId, subject_hash: bytes, after: int, limit: int, bytes_max: int
    ) -> list[StoredEvent]:
        """A subject's events after a sequence, in order."""
        rows = await self._reads.fetch(_READ, stream_id, subject_hash, after, limit, bytes_max)
        return [event_of(row) for row in rows]

    async def latest(
        self, stream_id: StreamId, before: Position | None, limit: int, bytes_max: int
    ) -> list[StoredEvent]:
        """A stream's events, the latest stored first."""
        at = before or _NEWEST
        place = (at.appended_at_us, at.subject_hash, at.sequence)
        rows = await self._reads.fetch(_LATEST, stream_id, *place, limit, bytes_max)
        return [event_of(row) for row in rows]

    async def head(self, stream_id: StreamId, subject_hash: bytes) -> int:
        """The last sequence of a subject."""
        return await self._reads.value(_HEAD, stream_id, subject_hash) or 0

    async def _append(self, requests: Sequence[AppendRequest]) -> list[AppendReply]:
        for _ in range(_TRIES):
            try:
                if any(request.expects for request in requests) or _have_keys(requests):
                    return await self._append_carefully(requests)
                async with self._pool.connection() as connection:
                    batch = Batch(requests)
                    return batch.replies((await _store(connection, batch))["sequences"])
            except _SomeStand as some:
                return await self._answer_again(requests, some.calls)
            except _NotAsExpected as refusal:
                return [AppendReply(conflict=refusal.conflict)]
            except (asyncpg.UniqueViolationError, _Overtaken):
                continue  # a call with the same token, or an event with the same id, was stored at the same moment
        raise Unavailable("others stored the same events at the same moment; try again")

    async def _append_carefully(self, requests: Sequence[AppendRequest]) -> list[AppendReply]:
        async with self._pool.transaction() as connection:
            batch = Batch(requests, who_stood(requests, await known_keys(connection, requests)))
            row = await _store(connection, batch)
            if any(request.expects for request in requests):
                conflict = unmet(batch, row["head"] or (), row["appended"] or ())
                if conflict is not None:
                    raise _NotAsExpected(conflict)
            sequences = row["sequences"]
            if not await note_keys(connection, requests, sequences):
                raise _Overtaken
        return batch.replies(sequences)

    async def _answer_again(self, requests: Sequence[AppendRequest], calls: frozenset[int]) -> list[AppendReply]:
        """What stands is answered as it was; the others are stored."""
        rows = await self._pool.fetch(
            _ANSWERED, [requests[n].namespace_id for n in sorted(calls)], [requests[n].token for n in sorted(calls)]
        )
        kept = {(row["namespace_id"], row["token"]): row for row in rows}
        others = [n for n in range(len(requests)) if n not in calls]
        fresh = dict(zip(others, await self._append([requests[n] for n in others]) if others else (), strict=True))
        return [fresh[n] if n in fresh else _repeat(request, kept) for n, request in enumerate(requests)]


async def _store(connection: Connection, batch: Batch) -> Any:
    row = await connection.fetchrow(_APPEND, *batch.arguments())
    if row["calls"]:
        raise _SomeStand(row["calls"])
    return row


def _repeat(request: AppendRequest, kept: Mapping[tuple[int, bytes], Any]) -> AppendReply:
    row = kept.get((request.namespace_id, request.token))
    if row is None:
        raise Unavailable("what this call was answered has just expired; make it anew")
    if row["content_hash"] != request.content_hash:
        return AppendReply(token_conflict=True)
    return answered(row["sequences"])


def _have_keys(requests: Sequence[AppendRequest]) -> bool:
    return any(event.key for request in requests for event in request.events)


def _repeated_within(requests: Sequence[AppendRequest]) -> frozenset[int]:
    """The requests whose token one before them has."""
    seen: set[tuple[int, bytes]] = set()
    repeated = set()
    for number, request in enumerate(requests):
        token = (request.namespace_id, request.token)
        if request.token and token in seen:
            repeated.add(number)
        seen.add(token)
    return frozenset(repeated)


def _others(requests: Sequence[AppendRequest], numbers: frozenset[int]) -> list[int]:
    return [n for n in range(len(requests)) if n not in numbers]


def _pick(requests: Sequence[AppendRequest], left_out: frozenset[int]) -> list[AppendRequest]:
    return [requests[n] for n in _others(requests, left_out)]


def event_of(row: Any) -> StoredEvent:
    """A row of `journal_read`."""
    subject, subject_hash, sequence, appended_at_us, kind, data, source, event_id, time_us, content_type, more = row
    return StoredEvent(
        subject,
        subject_hash,
        sequence,
        appended_at_us,
        kind,
        data,
        source or "",
        event_id or "",
        time_us or 0,
        content_type or "",
        more or b"",
    )
