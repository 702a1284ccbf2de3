"""Children and parents in the store: what has to be done beside the ends of parents, and what may be asked."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.family import ChildrenMoved, Condemned, FamilyCounts
from penstock.model.identity import TaskId
from penstock.model.kin import Link
from penstock.ports.due_work import BucketShare


class ParentAt(Struct, frozen=True):
    """A parent, and where it stands among those of its child, from 0."""

    place: int
    id: TaskId


class Chains(Protocol):
    """All methods raise `Unavailable`."""

    async def latest(self, namespace_id: int, ids: Sequence[TaskId]) -> dict[TaskId, TaskId]:
        """Those that name tasks of the namespace -> the last task that retried it, or itself."""

    async def parents(self, namespace_id: int, child: TaskId, after_place: int, limit: int) -> Sequence[ParentAt]:
        """Its parents in order, behind a place (-1: from the first)."""

    async def counts(self, namespace_id: int, task_id: TaskId) -> FamilyCounts:
        """How large the family of a task is."""

    async def kin(self, namespace_id: int, ids: Sequence[TaskId], limit: int) -> Sequence[Link]:
        """Every link of these tasks upwards; downwards at least `limit` of each where there are so many.

        The tasks are known to be of the namespace.
        """

    async def condemned(self, buckets: BucketShare, limit: int) -> Sequence[Condemned]:
        """Children that are held for a failed parent, with the first parent, in their order, that is the reason."""

    async def look_again(self, children: Sequence[TaskId]) -> ChildrenMoved:
        """Move those of them that are held for their parents by what the parents are now, as `Transitions.apply` would
        have; look at the others in `PARENTS_LOOK_S` again. For ends that nobody told the children of.
        """
