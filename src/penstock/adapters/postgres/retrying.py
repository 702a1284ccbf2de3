"""A retry: a new task of an ended one, linked both ways in one transaction."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from penstock.adapters.postgres.admitted_families import Child, add_edges, meet
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import NotFound, NotPossible
from penstock.model.family import Family, place, refuse_condemned
from penstock.model.identity import TaskId, text_of
from penstock.model.lane import LaneId
from penstock.model.lifecycle import HELD_FOR_FAILED_PARENT, ParentFailure, Status
from penstock.ports.admission import Retried

_ORIGINAL: Final = statement("retry_original")
_LINK: Final = statement("retry_link")
_ADMIT: Final = statement("retry_admit")
_EDGES_OF: Final = statement("edges_of")
_HOLD: Final = statement("retry_hold")
_CHILDREN: Final = statement("retried_children")
_UNMAKE: Final = statement("retry_unmake")


class _Again(Struct, frozen=True):
    """A child that is made anew, as a child of the same parents, or of those that were made anew of them."""

    child: Child
    live: list[TaskId]
    ended: dict[TaskId, Status]

    async def join(self, connection: Connection) -> None:
        """It waits for them."""
        if self.child.place.held_for:
            await connection.execute(_HOLD, self.child.id, self.child.place.held_for)
        await add_edges(connection, [self.child], self.live)


async def join_parents(
    connection: Connection, namespace_id: int, originals: Sequence[TaskId], new_ids: Sequence[TaskId]
) -> int:
    """Those of these retries that were made of children wait for their parents.

    Answers how many were taken back: a parent that failed and has not been tried again would condemn them at once.
    """
    taken_back = 0
    for original, new_id in await connection.fetch(_CHILDREN, originals, new_ids):
        again = await _placed(connection, namespace_id, TaskId(original), TaskId(new_id))
        if again is None:
            continue
        if again.child.place.held_for == HELD_FOR_FAILED_PARENT:
            await connection.execute(_UNMAKE, original, new_id)
            taken_back += 1
        else:
            await again.join(connection)
    return taken_back


async def _placed(connection: Connection, namespace_id: int, original: TaskId, new_id: TaskId) -> _Again | None:
    """Where it begins; None: it has no parents."""
    rows = await connection.fetch(_EDGES_OF, original)
    if not rows:
        return None
    family = Family(tuple(dict.fromkeys(TaskId(row[0]) for row in rows)), ParentFailure(rows[0][1]))
    live, known = await meet(connection, sorted(family.parents))
    ended = dict.fromkeys(family.parents, Status.SUCCESS) | known  # whose end is forgotten keeps nobody waiting
    return _Again(Child(new_id, namespace_id, family, place(family, live, ended)), sorted(live), ended)


async def retry(pool: Pool, namespace_id: int, original: TaskId, new_id: TaskId) -> Retried:
    """See `ports.admission.Admission.retry`."""
    async with pool.transaction() as connection:
        row = await connection.fetchrow(_ORIGINAL, namespace_id, original)
        if row is None:
            raise NotFound(f"no task {text_of(original)}")
        lane, lives, retried_as = row
        if lives:
            raise NotPossible(f"task {text_of(original)} has not ended; only an ended task can be retried")
        if retried_as is None and await connection.fetchval(_LINK, original, new_id) is not None:
            await connection.execute(_ADMIT, original, new_id)
            again = await _placed(connection, namespace_id, original, new_id)
            if again:
                refuse_condemned(original, again.child.place, again.ended)
                await again.join(connection)
            return Retried(new_id, LaneId(lane), existed=False)
        if retried_as is None:  # somebody else linked it while we looked
            _, _, retried_as = await connection.fetchrow(_ORIGINAL, namespace_id, original)
        return Retried(TaskId(retried_as), LaneId(lane), existed=True)
