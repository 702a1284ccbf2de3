"""What the end of parents means to their children: told to them in the transaction that ends the parents."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.finishing import finish
from penstock.adapters.postgres.pools import Connection
from penstock.adapters.postgres.statements import statement
from penstock.model.changes import Finish
from penstock.model.family import NO_CHILDREN, ChildrenMoved
from penstock.model.identity import TaskId
from penstock.model.lifecycle import Status
from penstock.model.limits import PARENTS_LOOK_S

_LOCK: Final = statement("family_lock")
_LOCK_THESE: Final = statement("parents_lock")
_MET: Final = statement("children_met")
_COUNTED: Final = statement("children_counted")
_MOVE: Final = statement("children_move")
_LOOK_US: Final = microseconds(PARENTS_LOOK_S)


class FamilyEnds:
    """Ends tasks that may have children, in one transaction. `moved`: what that did to the children so far."""

    def __init__(self) -> None:
        self.moved = NO_CHILDREN

    async def end(self, connection: Connection, finishes: Sequence[Finish]) -> list[TaskId]:
        """Any endings, each of another task; answers the ids whose guard held.

        All locks are taken first, and in one order. From then on nobody can give these parents another child, and what
        others did before is seen by the statements that follow.
        """
        await connection.execute(_LOCK, [each.id for each in finishes])
        ended, parents = await finish(connection, finishes, locked=True)
        if parents:
            status_of = {each.id: each.status for each in finishes}
            self.moved |= await _settle(connection, {parent: status_of[parent] for parent in parents})
        return ended


async def count_again(connection: Connection, children: Sequence[TaskId]) -> ChildrenMoved:
    """Move waiting children by what their parents are now, whatever was told of them before."""
    locked = [row[0] for row in await connection.fetch(_LOCK_THESE, children)]
    return await _move(connection, await connection.fetch(_COUNTED, locked), look_us=_LOOK_US)


async def _settle(connection: Connection, ended: Mapping[TaskId, Status]) -> ChildrenMoved:
    return await _move(connection, await connection.fetch(_MET, list(ended), list(ended.values())), look_us=None)


async def _move(connection: Connection, rows: Sequence[Sequence[Any]], look_us: int | None) -> ChildrenMoved:
    """Rows as (child, parents left, condemned, registered), in due order."""
    if not rows:
        return NO_CHILDREN
    lanes, condemned = await connection.fetchrow(_MOVE, *zip(*rows, strict=True), look_us)
    return ChildrenMoved(frozenset(lanes), condemned)
