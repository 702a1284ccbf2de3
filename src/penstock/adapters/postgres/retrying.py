"""A retry: a new task of an ended one, linked both ways in one transaction."""

from typing import Final

from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import NotFound, NotPossible
from penstock.model.identity import TaskId, text_of
from penstock.model.lane import LaneId
from penstock.ports.admission import Retried

_ORIGINAL: Final = statement("retry_original")
_LINK: Final = statement("retry_link")
_ADMIT: Final = statement("retry_admit")


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
            return Retried(new_id, LaneId(lane), existed=False)
        if retried_as is None:  # somebody else linked it while we looked
            _, _, retried_as = await connection.fetchrow(_ORIGINAL, namespace_id, original)
        return Retried(TaskId(retried_as), LaneId(lane), existed=True)
