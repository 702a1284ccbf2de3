"""Rows of <subscription, subject>. Ids travel sorted, so that two batches never wait in a ring.

What others go after changes in a transaction of several statements; all else in one.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

import msgspec

from penstock.adapters.postgres.codecs import microseconds, optional_column
from penstock.adapters.postgres.delivery_columns import (
    aside_columns,
    letter_columns,
    new_columns,
    raised_of,
    row_of,
    settle_columns,
    together,
)
from penstock.adapters.postgres.delivery_followers import Followers, Ranged, ranged_of
from penstock.adapters.postgres.delivery_room import Rooms
from penstock.adapters.postgres.low_water import LowWater
from penstock.adapters.postgres.mixed_changes import add_attempts
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.replays import Places
from penstock.adapters.postgres.statements import statement
from penstock.model.delivery import is_replay
from penstock.model.delivery_row import (
    Advance,
    ClaimedRange,
    DeliveryChange,
    DeliveryRow,
    NewDelivery,
    Part,
    Rise,
    Settle,
    Standing,
)
from penstock.model.event import StreamId
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.limits import GATE_LOOK_S
from penstock.model.ordering import done_by
from penstock.ports.deliveries import Moved, Raised, Room, no_room

_RAISE: Final = statement("delivery_raise")
_MAKE: Final = statement("delivery_make")
_CLAIM: Final = statement("delivery_claim")
_ADVANCE: Final = statement("delivery_advance")
_SETTLE: Final = statement("delivery_settle")
_LOWER: Final = statement("delivery_lower")
_ROWS: Final = statement("delivery_rows")
_CONDEMNED: Final = statement("delivery_condemned")
_LETTERS: Final = statement("event_letters_add")
_SET_ASIDE: Final = statement("delivery_set_aside")
_HELD: Final = 7
"""where the columns of an advance begin that say of which rows it was"""
_id: Final[Callable[[Any], TaskId]] = attrgetter("id")
_STANDING: Final = statement("delivery_standing")
_GATE_LOOK_US: Final = microseconds(GATE_LOOK_S)


class PostgresDeliveries:
    """See `ports.deliveries.Deliveries`.

    What a ping has led to may be lost as the ping may: so `raises` need not wait for the disk, and rows that are raised
    are locked for so much less.
    """

    def __init__(self, pool: Pool, raises: Pool, marks: LowWater, enqueue_timeout_s: float) -> None:
        self._pool = pool
        self._raises = raises
        self._rooms = Rooms(marks, microseconds(enqueue_timeout_s))

    async def raise_heads(self, rises: Sequence[Rise], room: Room) -> Raised:
        """Heads only rise here."""
        if not rises:
            return Raised()
        in_order = sorted(rises, key=_id)
        asked = self._rooms.ask([rise.lane for rise in in_order], room)
        ids, heads = [rise.id for rise in in_order], [rise.head for rise in in_order]
        row = await self._raises.row(_RAISE, asked.lanes, asked.since, ids, heads, asked.has_room, *asked.times)
        asked.learn(row)
        return raised_of(row)

    async def make(self, rows: Sequence[NewDelivery], room: Room) -> Raised:
        """Rows that are behind from their start."""
        if not rows:
            return Raised()
        in_order = sorted(rows, key=_id)
        async with self._raises.connection() as connection:
            made = await self._make(connection, in_order, room, followed_too=False)
        left = [row for row in in_order if row.id in made.missing]
        if not left:
            return made
        async with self._raises.transaction() as connection:
            others = await self._make(connection, left, room, followed_too=True)
            ranged = [Ranged(row.lane, row.stream_id, row.subject, row.subject_hash, row.id) for row in left]
            lifted = await Followers(connection, self._rooms, room).lift_all_of(ranged)
        return together([msgspec.structs.replace(made, missing=frozenset()), others, lifted])

    async def claim(self, ids: Sequence[TaskId], lease_s: float) -> list[ClaimedRange]:
        """Claim those that are enqueued."""
        if not ids:
            return []
        if any(map(is_replay, ids)):
            return await self._claim_with_replays(ids, lease_s)
        rows = await self._pool.fetch(_CLAIM, sorted(set(ids)), microseconds(lease_s), _GATE_LOOK_US)
        return [ClaimedRange(*row) for row in rows]

    async def lower(self, claimed: Sequence[ClaimedRange], found: Sequence[int]) -> None:
        """The source has less than the heads of these claims say."""
        pairs = sorted(zip(claimed, found, strict=True), key=lambda pair: pair[0].id)
        if pairs:
            await self._pool.fetch(
                _LOWER,
                [each.id for each, _ in pairs],
                [each.claim for each, _ in pairs],
                [each.head for each, _ in pairs],
                [head for _, head in pairs],
            )

    async def condemned(self, limit: int) -> list[DeliveryRow]:
        """Rows that were due while a gate dropped."""
        return [row_of(row) for row in await self._pool.fetch(_CONDEMNED, limit)]

    async def read(self, ids: Sequence[TaskId]) -> dict[TaskId, DeliveryRow]:
        """The rows among these ids, idle ones too."""
        rows = await self._pool.fetch(_ROWS, sorted(set(ids))) if ids else []
        return {row.trigger.id: row for row in map(row_of, rows)}

    async def standing(self, parts: Sequence[Part]) -> list[Standing]:
        """How rows stand with parts of their subjects."""
        if not parts:
            return []
        ids, after, upto = zip(*((part.id, part.after, part.upto) for part in parts), strict=True)
        rows = await self._pool.fetch(_STANDING, ids, after, upto)
        return [Standing(cursor or 0, frozenset(given_up or ())) for cursor, given_up in rows]

    async def apply(self, changes: Sequence[DeliveryChange], room: Room) -> Moved:
        """Each change whose guard holds."""
        if not changes:
            return Moved([])
        if any(map(is_replay, map(_id, changes))):
            return await self._apply_with_replays(changes, room)
        advances = sorted([change for change in changes if isinstance(change, Advance)], key=_id)
        settles = sorted([change for change in changes if isinstance(change, Settle)], key=_id)
        held: set[TaskId] = set()
        parts: list[Raised] = []
        if advances:
            async with self._pool.connection() as connection:
                row = await self._advance(connection, advances, room, followed_too=False)
            held.update(row[_HELD] or ())
            parts.append(raised_of(row[:_HELD]))
            advances = [change for change in advances if change.id not in held]
        if advances or settles:
            async with self._pool.transaction() as connection:
                moved = []
                if advances:
                    row = await self._advance(connection, advances, room, followed_too=True)
                    parts.append(raised_of(row[:_HELD]))
                    moved += ranged_of(row[_HELD:])
                settled = await _settle(connection, settles)
                moved += [Ranged(LaneId(row[1]), StreamId(row[3]), row[4], row[5], TaskId(row[0])) for row in settled]
                parts.append(await Followers(connection, self._rooms, room).lift_after(moved))
            held.update([each.id for each in moved])
            parts.append(Raised(waiting=frozenset([row[1] for row in settled if row[2]])))
        return Moved([change.id in held for change in changes], together(parts))

    async def _claim_with_replays(self, ids: Sequence[TaskId], lease_s: float) -> list[ClaimedRange]:
        """What a gate stops, or somebody else has claimed, leaves its subject's row where it was."""
        claimed = await self.claim([each for each in ids if not is_replay(each)], lease_s)
        async with self._pool.transaction() as connection:
            places = Places(connection)
            lent = await places.lend([each for each in ids if is_replay(each)])
            rows = await connection.fetch(_CLAIM, lent, microseconds(lease_s), _GATE_LOOK_US) if lent else []
            taken = {row[0] for row in rows}
            await places.give_back([each for each in lent if each not in taken])
        return claimed + [ClaimedRange(*row) for row in rows]

    async def _apply_with_replays(self, changes: Sequence[DeliveryChange], room: Room) -> Moved:
        """Replays in a transaction of their own. Nobody goes after them, and they make room for others in between."""
        others = [change for change in changes if not is_replay(change.id)]
        moved = await self.apply(others, room)
        held = {change.id for change, holds in zip(others, moved.held, strict=True) if holds}
        ends = sorted([change for change in changes if is_replay(change.id)], key=_id)
        async with self._pool.transaction() as connection:
            places = Places(connection)
            stood = await places.stood(ends)
            advances = [change for change in ends if isinstance(change, Advance)]
            settles = [change for change in ends if isinstance(change, Settle)]
            row = await self._advance(connection, advances, no_room, followed_too=True)
            settled = await _settle(connection, settles, await places.tellers(settles))
            ended = {*(row[_HELD] or ()), *(each[0] for each in settled)}
            lanes = await places.end([done_by(each, *stood[each.id]) for each in ends if each.id in ended])
        waiting = Raised(waiting=frozenset(lanes) | {each[1] for each in settled if each[2]})
        raised = together([moved.raised, raised_of(row[:_HELD]), waiting])
        return Moved([change.id in held or change.id in ended for change in changes], raised)

    async def _make(
        self, connection: Connection, rows: Sequence[NewDelivery], room: Room, *, followed_too: bool
    ) -> Raised:
        asked = self._rooms.ask([row.lane for row in rows], room)
        ids, heads = [row.id for row in rows], [row.head for row in rows]
        answer = await connection.fetchrow(
            _MAKE, asked.lanes, asked.since, ids, heads, asked.has_room, *asked.times, *new_columns(rows), followed_too
        )
        asked.learn(answer)
        return raised_of(answer)

    async def _advance(
        self, connection: Connection, advances: Sequence[Advance], room: Room, *, followed_too: bool
    ) -> Any:
        known = [change for change in advances if change.lane is not None]
        asked = self._rooms.ask([change.lane for change in known if change.lane is not None], room)
        has_room = {change.id for change, has in zip(known, asked.has_room, strict=True) if has}
        row = await connection.fetchrow(
            _ADVANCE,
            [change.id for change in advances],
            [change.claim for change in advances],
            [change.upto for change in advances],
            optional_column([change.namespace_id for change in advances]),
            followed_too,
            [change.id in has_room for change in advances],
            asked.lanes,
            asked.since,
            *asked.times,
        )
        asked.learn(row)
        return row


async def _settle(
    connection: Connection, settles: Sequence[Settle], tellers: Mapping[TaskId, TaskId] = MappingProxyType({})
) -> list[Any]:
    """`tellers`: by which rows dead events are told, where not by their own."""
    if not settles:
        return []
    rows: list[Any] = await connection.fetch(_SETTLE, *settle_columns(settles))
    ids = {row[0] for row in rows}
    await add_attempts(connection, [each.history for each in settles if each.history and each.id in ids])
    letters = [(tellers.get(each.id, each.id), each.letter) for each in settles if each.letter and each.id in ids]
    if letters:
        await connection.execute(_LETTERS, *letter_columns(letters))
    asides = [(each.id, each.aside) for each in settles if each.aside and each.id in ids]
    if asides:
        await connection.execute(_SET_ASIDE, *aside_columns(asides))
    return rows
