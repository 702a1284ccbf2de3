"""The one door through which a live task's row changes."""

from collections.abc import Callable, Sequence
from typing import Protocol

from penstock.model.changes import Change
from penstock.model.family import ChildrenMoved
from penstock.model.identity import TaskId
from penstock.model.task import Claimed, Trigger
from penstock.model.work import Beat, HeartbeatAnswer


class Transitions(Protocol):
    """Duties: guards come from `model.lifecycle`; a change whose row has moved on is refused, not raised.

    `Unavailable` when the store cannot answer: the call may or may not have committed, and the same
    call may be repeated. A beat or a change that names a namespace is refused for a task of another one, and
    then says nothing of it: not even that it was applied before.
    """

    async def claim(self, ids: Sequence[TaskId], lease_s: float) -> list[Claimed]:
        """Claim those that are enqueued (and not cancel-requested): claim + 1, `trigger_at` = clock + lease.

        Those that a gate stops are held for it instead. Ids that are unknown, repeated or not claimable are left out
        of the answer.
        """

    async def heartbeat(self, beats: Sequence[Beat], lease_s: float) -> HeartbeatAnswer:
        """Renew the leases of current claims; `started` moves claimed to processing.

        Who runs it and since when, as the first such beat of a claim says, is kept for people who search; so is the
        last progress that was told under the highest claim. A refused beat's progress changes nothing.
        """

    async def read(self, ids: Sequence[TaskId]) -> dict[TaskId, Trigger]:
        """The live rows among these ids."""

    async def apply(self, changes: Sequence[Change]) -> list[bool]:
        """Apply each change whose guard holds, all in one transaction; says which held.

        A change that was applied before (the caller repeats after an unknown outcome) counts as applied:
        an outcome with the same claim and status, or a history line with the same claim and ending, stands.

        The end of a task moves those children that are held for their parents, in the same transaction: on when it
        was the last parent that lived (to new, in due order, due at their time or now; held for a registration when no
        worker has registered their lambda), or to the failed parent when `lifecycle.condemns` says so.
        """

    def on_children(self, tell: Callable[[ChildrenMoved], None]) -> None:
        """Have it told, after the commit, what an `apply` did to children of what it ended. A hint, which a call that
        fails after its commit does not give.
        """
