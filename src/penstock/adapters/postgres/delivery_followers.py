"""The rows that go after others: lifted to the least cursor of those, in the transaction in which a cursor moves."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from msgspec import Struct

from penstock.adapters.postgres.delivery_columns import raised_of
from penstock.adapters.postgres.delivery_room import Rooms
from penstock.adapters.postgres.pools import Connection
from penstock.adapters.postgres.statements import statement
from penstock.adapters.postgres.subscriptions import standing
from penstock.model.delivery import delivery_id
from penstock.model.event import StreamId
from penstock.model.identity import TaskId, bucket_of
from penstock.model.lane import LambdaId, LaneId, Priority, lambda_of, lane_of
from penstock.model.subscription import Subscription
from penstock.ports.deliveries import Raised, Room

_LOCK: Final = statement("delivery_lock")
_LIFT: Final = statement("delivery_lift")


class Ranged(Struct, frozen=True, gc=False):
    """A row whose cursor has moved, or that was made."""

    lane: LaneId
    stream_id: StreamId
    subject: str
    subject_hash: bytes
    id: TaskId


def ranged_of(columns: Sequence[Any]) -> list[Ranged]:
    """ids, lanes, streams, subjects, hashes."""
    ids, lanes, streams, subjects, hashes = (column or () for column in columns)
    return list(map(Ranged, lanes, streams, subjects, hashes, ids))


class _Lift(Struct, frozen=True, gc=False):
    """A row that goes after others, and one of those."""

    id: TaskId
    after_id: TaskId
    lane: LaneId
    place: tuple[StreamId, str]


class Followers:
    """Within the transaction of `connection`, in which whatever moved has moved."""

    def __init__(self, connection: Connection, rooms: Rooms, room: Room) -> None:
        self._connection, self._rooms, self._room = connection, rooms, room

    async def lift_after(self, moved: Sequence[Ranged]) -> Raised:
        """What goes after these."""
        known = await self._known() if moved else {}
        return await self._lift(
            {
                lift
                for each in moved
                if (subscription := known.get(lambda_of(each.lane)))
                for lift in _lifts(each, subscription.before, known)
            }
        )

    async def lift_all_of(self, made: Sequence[Ranged]) -> Raised:
        """These, as far as they go after others, and what goes after them."""
        known = await self._known()
        return await self._lift(
            {
                lift
                for each in made
                if (subscription := known.get(lambda_of(each.lane)))
                for lift in _lifts(each, (subscription.lambda_id, *subscription.before), known)
            }
        )

    async def _known(self) -> dict[LambdaId, Subscription]:
        """Only those that have to do with others."""
        return {each.lambda_id: each for each in await standing(self._connection) if each.before or each.after}

    async def _lift(self, lifts: Collection[_Lift]) -> Raised:
        if not lifts:
            return Raised()
        in_order = sorted(lifts, key=lambda lift: (lift.id, lift.after_id))
        lanes = {lift.id: lift.lane for lift in in_order}
        asked = self._rooms.ask(list(lanes.values()), self._room)
        has_room = dict(zip(lanes, asked.has_room, strict=True))
        await self._connection.fetch(_LOCK, list(lanes))
        row = await self._connection.fetchrow(
            _LIFT,
            asked.lanes,
            asked.since,
            [lift.id for lift in in_order],
            [lift.after_id for lift in in_order],
            [has_room[lift.id] for lift in in_order],
            *asked.times,
        )
        asked.learn(row)
        raised = raised_of(row)
        places = [lift.place for lift in in_order if lift.id in raised.missing or lift.after_id in raised.missing]
        return Raised(raised.references, raised.enqueued_at_us, raised.waiting, unmade=tuple(dict.fromkeys(places)))


def _lifts(each: Ranged, lambdas: Iterable[LambdaId], known: dict[LambdaId, Subscription]) -> list[_Lift]:
    """Of the rows of one subject."""
    bucket = bucket_of(each.id)

    def row_of(lambda_id: LambdaId) -> TaskId:
        return delivery_id(lambda_id, each.stream_id, each.subject_hash, bucket)

    return [
        _Lift(row_of(number), row_of(other), lane_of(number, Priority.NORMAL), (each.stream_id, each.subject))
        for number in lambdas
        if number in known and known[number].stream_id == each.stream_id
        for other in known[number].after
    ]
