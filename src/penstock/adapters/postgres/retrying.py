"""A retry: a new task of an ended one, linked both ways in one transaction."""

from typing import Final

from penstock.adapters.postgres.admitted_families import Child, add_edges, meet
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import NotFound, NotPossible
from penstock.model.family import Family, place, refuse_condemned
from penstock.model.identity import TaskId, text_of
from penstock.model.lane import LaneId
from penstock.model.lifecycle import ParentFailure, Status
from penstock.ports.admission import Retried

_ORIGINAL: Final = statement("retry_original")
_LINK: Final = statement("retry_link")
_ADMIT: Final = statement("retry_admit")
_EDGES_OF: Final = statement("edges_of")
_HOLD: Final = statement("retry_hold")


async def _wait_for_parents(connection: Connection, namespace_id: int, original: TaskId, new_id: TaskId) -> None:
    """A child that is made anew is a child of the same parents, or of those that were made anew of them."""
    rows = await connection.fetch(_EDGES_OF, original)
    if not rows:
        return
    family = Family(tuple(dict.fromkeys(TaskId(row[0]) for row in rows)), ParentFailure(rows[0][1]))
    live, known = await meet(connection, sorted(family.parents))
    ended = dict.fromkeys(family.parents, Status.SUCCESS) | known  # whose end is forgotten keeps nobody waiting
    begins = place(family, live, ended)
    refuse_condemned(original, begins, ended)
    if begins.held_for:
        await connection.execute(_HOLD, new_id, begins.held_for)
    await add_edges(connection, [Child(new_id, namespace_id, family, begins)], sorted(live))


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
            await _wait_for_parents(connection, namespace_id, original, new_id)
            return Retried(new_id, LaneId(lane), existed=False)
        if retried_as is None:  # somebody else linked it while we looked
            _, _, retried_as = await connection.fetchrow(_ORIGINAL, namespace_id, original)
        return Retried(TaskId(retried_as), LaneId(lane), existed=True)
