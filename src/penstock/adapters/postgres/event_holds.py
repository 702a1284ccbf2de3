"""For whom streams keep their events longer: who was seen, what is still needed, and what is given up."""

from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import Any, Final

from penstock.adapters.postgres.delivery_columns import letter_columns
from penstock.adapters.postgres.delivery_followers import Followers, Ranged
from penstock.adapters.postgres.delivery_room import Rooms
from penstock.adapters.postgres.journal import event_of
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.adapters.postgres.subscriptions import standing
from penstock.model.cursors import CursorOrderKind
from penstock.model.delivery_row import EventLetter
from penstock.model.event import StoredEvent, StreamId
from penstock.model.event_filter import matcher
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId, lanes_of
from penstock.model.stream_hold import (
    EXPIRED,
    GIVEN_UP_BY,
    LOST_AT_ONCE_MAX,
    GivenUp,
    GiveUp,
    HeldStream,
    StreamHold,
    why_given_up,
)
from penstock.ports.deliveries import no_room

_SEEN: Final = statement("event_holds_seen")
_STREAMS: Final = statement("event_holds_streams")
_SEEN_AT: Final = statement("event_holds_seen_at")
_NEEDED: Final = statement("event_holds_needed")
_BLOCKED: Final = statement("event_holds_blocked")
_LOCK: Final = statement("event_holds_lock")
_READ: Final = statement("journal_read")
_LETTERED: Final = statement("event_holds_lettered")
_LETTERS: Final = statement("event_letters_add")
_GO_ON: Final = statement("event_holds_go_on")
_NOTE: Final = statement("cursors_note")
_BYTES_MAX: Final = 1 << 23


class PostgresEventHolds:
    """See `ports.event_holds.EventHolds`."""

    def __init__(self, pool: Pool, rooms: Rooms) -> None:
        self._pool = pool
        self._rooms = rooms

    async def seen(self, lambda_ids: Collection[LambdaId]) -> None:
        """Workers serve these now."""
        if lambda_ids:
            await self._pool.fetch(_SEEN, sorted(lambda_ids))

    async def held(self) -> list[HeldStream]:
        """The streams that wait for cursors."""
        async with self._pool.transaction("repeatable_read") as connection:
            streams = await connection.fetch(_STREAMS)
            if not streams:
                return []
            subscriptions = await standing(connection)
            seen_at_us: dict[LambdaId, int] = {row[0]: row[1] for row in await connection.fetch(_SEEN_AT)}
        return [
            HeldStream(
                row[0],
                row[2],
                (row[3] or 0) / 1_000_000,
                StreamHold(*(each / 1_000_000 for each in row[4:7])),
                row[7],
                tuple(each for each in subscriptions if each.stream_id == row[0]),
                seen_at_us,
                row[8] or 0,
                row[9] or 0,
            )
            for row in streams
        ]

    async def needed_from(self, stream_id: StreamId, lambda_ids: Sequence[LambdaId], before_us: int) -> int:
        """When the oldest event was stored that a row has not passed."""
        lanes = [lane for each in lambda_ids for lane in lanes_of(each)]
        oldest_us: int | None = await self._pool.value(_NEEDED, stream_id, lanes, before_us)
        return before_us if oldest_us is None else oldest_us

    async def give_up(self, wish: GiveUp, limit: int) -> GivenUp:
        """Blocked subjects lose their events."""
        stream_id, lanes = wish.subscription.stream_id, list(lanes_of(wish.subscription.lambda_id))
        times = (wish.blocked_before_us, wish.events_before_us)
        rows = await self._pool.fetch(_BLOCKED, stream_id, lanes, *times, limit)
        subjects = events = 0
        for row in rows:
            async with self._pool.transaction() as connection:
                lost = await self._lose(connection, wish, row)
            if lost is not None:
                subjects, events = subjects + 1, events + lost
        return GivenUp(subjects, events)

    async def _lose(self, connection: Connection, wish: GiveUp, row: Any) -> int | None:
        """How many events became dead letters; None: the row has moved on."""
        task_id, cursor, lane, subject, subject_hash = row
        stream_id, number = wish.subscription.stream_id, wish.subscription.lambda_id
        if await connection.fetchval(_LOCK, task_id, cursor) is None:
            return None
        place = (stream_id, subject_hash, cursor)
        read = [event_of(each) for each in await connection.fetch(_READ, *place, LOST_AT_ONCE_MAX, _BYTES_MAX)]
        lost = list(takewhile(lambda event: event.appended_at_us < wish.events_before_us, read))
        if not lost:
            return None
        upto, is_more = lost[-1].sequence, len(lost) == len(read)
        known = {each[0] for each in await connection.fetch(_LETTERED, task_id, upto)}
        letters = _letters(wish, [event for event in lost if event.sequence not in known])
        if letters:
            await connection.execute(_LETTERS, *letter_columns([(TaskId(task_id), each) for each in letters]))
        await connection.execute(_GO_ON, task_id, upto, is_more and await self._has_more(connection, wish, row, upto))
        said = (CursorOrderKind.SKIP, subject, GIVEN_UP_BY, why_given_up(len(lost)))
        await connection.execute(_NOTE, task_id, upto, number, *said)
        moved = Ranged(LaneId(lane), stream_id, subject, subject_hash, TaskId(task_id))
        await Followers(connection, self._rooms, no_room).lift_after([moved])
        return len(letters)

    async def _has_more(self, connection: Connection, wish: GiveUp, row: Any, upto: int) -> bool:
        """Whether the next event goes, too."""
        after = await connection.fetch(_READ, wish.subscription.stream_id, row[4], upto, 1, 1)
        return bool(after) and event_of(after[0]).appended_at_us < wish.events_before_us


def _letters(wish: GiveUp, lost: Sequence[StoredEvent]) -> list[EventLetter]:
    """Of those that the subscription would have been given."""
    wants = matcher(wish.subscription.spec.wanted, wish.subscription.spec.stream)
    return [EventLetter(event, 0, 0, False, EXPIRED) for event in lost if wants is None or wants(event)]
